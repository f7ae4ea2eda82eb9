import { LRUCache } from 'lru-cache'
import { READ_BYTES, type ListPage, type ListRange, type ListRow, type Page } from '../backbone.ts'
import type { RedisContext } from './context.ts'
import { listKey } from './keys.ts'
import { earliestOf, isByMinute, lastScoreIn, minuteOf, scoreIn, secondIn, secondOf, startOf } from './list-seconds.ts'
import {
  commandOp,
  entryBytes,
  keyOp,
  lastMessagesOf,
  lastPageOf,
  LATER_ROWS,
  listOp,
  readOp,
  rowOp,
  type ListedRow,
  type ListPart,
  type LogEnd,
} from './operations.ts'

/** Each new row triggers one check of a few rows, so a list shrinks faster than it grows. */
const CHECK_COUNT = 4
const LOOKS_MAX = 1000
/** Looks that wait for those before them in one list. */
const WAITING_MAX = 100

type Row = Pick<ListedRow, 'conversation' | 'score'>

interface ReadRow extends ListedRow {
  readonly end: LogEnd
}

interface Entry extends Row {
  readonly page: Page
}

/** A row that is elsewhere than its last message says, or without one. */
interface Wrong extends Row {
  readonly at: number | undefined
}

/**
 * Reads a side's list. The list is an index by the second that may disagree with the logs (after a repeated append, a failover, an expired log):
 * the order is that of the heads, and rows of the page that disagree are repaired and the page is read again, so that `before` never
 * skips or repeats a row.
 */
export class ListReader {
  readonly #context: RedisContext
  /** Lists and conversations are on the same server, and scripts reach both. */
  readonly #isOneServer: boolean
  /** After so long a row without a head is of a conversation that Redis has forgotten, for the one reason or the other. */
  readonly #forgetMs: number
  /** By list. `rank`: resolves when its last look has ended, with where the next one begins. */
  readonly #looks = new LRUCache<string, { rank: Promise<number>; waitingCount: number }>({ max: LOOKS_MAX })

  constructor(context: RedisContext) {
    const { ring, settings } = context
    this.#context = context
    this.#isOneServer = !ring.isSharded && ring.places.length === 1
    this.#forgetMs = Math.min(...[settings.unansweredMs, settings.keepMs].filter((ms) => ms > 0))
  }

  async read(side: string, { before = Infinity, limit, bytes = READ_BYTES }: ListRange): Promise<ListPage> {
    const list = listKey(side)
    for (let attempt = 1; ; attempt++) {
      // one row more than asked for tells whether there are any
      const count = Math.min(ROWS_MAX, Math.max(limit + 1, ROWS_MIN))
      // so that all entries together are not too many bytes
      const most = Math.floor(bytes / Math.max(limit, count))
      const { rows: newest, wrong: wrongRows, isAll } = await this.#newest(list, before, { limit, count, most })
      const { entries, isCut } = await this.#entries(newest, { bytes, most })
      const rows = rowsOf(entries, before)
      const wrong = [...wrongRows, ...entries.filter((entry) => this.#isWrong(entry)).map((entry) => ({ ...entry, at: entry.page.messages[0]?.at }))]
      const isShort = !isCut && !isAll && rows.length < limit
      if (attempt === 3 || (wrong.length === 0 && !isShort)) return isCut ? { rows, isCut } : { rows }
      await Promise.all(wrong.map((row) => this.#repair(list, row)))
    }
  }

  async #repair(list: string, { conversation, score, at }: Wrong): Promise<void> {
    const right = at === undefined ? '' : String(scoreIn(secondOf(at), conversation))
    await this.#context.reads.run(keyOp(this.#context.scripts.repair, list, [conversation, String(score), right], 0.2))
  }

  /**
   * The newest `limit` rows below `before` by the heads of their logs, newest first. Rows are read from the list until there are so many, and all others of the
   * last one's second.
   */
  async #newest(
    list: string,
    before: number,
    { limit, count, most }: { limit: number; count: number; most: number },
  ): Promise<{ rows: ReadRow[]; wrong: Wrong[]; isAll: boolean }> {
    const found = new Map<string, { readonly at: number; readonly row: ReadRow }>()
    const wrong: Wrong[] = []
    // the script leaves out rows where it has read more than `count`, so these must be enough
    let part: ListPart = { ...startBelow(before), offset: 0, count, most: count > limit ? most : undefined, before }
    let isAll = false
    while (!isAll) {
      const { count: there, rows } = await this.#rows(list, part)
      isAll = there < part.count
      const isWhole = there < part.count + LATER_ROWS
      // of a second with many rows only some are in the page, so only their heads are read until it is known which
      part = { from: part.from, minute: undefined, offset: part.offset + there, count: LATER_ROWS, most: undefined, before }
      for (const row of rows) {
        const { seq, at } = row.end.head
        if (seq === 0) {
          // its first append is under way, unless it was forgotten
          if (this.#isOver(row)) wrong.push({ ...row, at: undefined })
          continue
        }
        if (this.#isElsewhere(row, at)) wrong.push({ ...row, at })
        const time = timeOf(row, at)
        if (time < before) found.set(row.conversation, { at: time, row })
      }
      // those of later seconds than the last row's, or also its own where all of them are there
      const second = secondIn(rows.at(-1)?.score ?? NaN)
      const oldest = isAll ? -Infinity : isWhole ? startOf(second) : second
      let complete = 0
      for (const { at } of found.values()) if (at >= oldest) complete++
      if (complete >= limit) break
    }
    const rows = [...found.values()].sort((a, b) => b.at - a.at || (a.row.conversation < b.row.conversation ? 1 : -1)).slice(0, limit)
    return { rows: rows.map(({ row }) => row), wrong, isAll: isAll && found.size <= limit }
  }

  /** One round trip where all is on one server; else one for the list and one for all conversations. */
  async #rows(list: string, part: ListPart): Promise<{ count: number; rows: readonly ReadRow[] }> {
    const { reads, scripts } = this.#context
    const { count, rows: listed } = await reads.run(listOp(scripts.list, list, part, this.#isOneServer))
    if (listed.every(isRead)) return { count, rows: listed }
    const rows = await Promise.all(listed.map((row, i) => (isRead(row) ? row : this.#read(row, i < part.count ? part.most : undefined))))
    return { count, rows }
  }

  async #read({ conversation, score }: Row, most: number | undefined): Promise<ReadRow> {
    return { conversation, score, end: await this.#context.reads.run(rowOp(this.#context.scripts.rows, conversation, most)) }
  }

  /** Removes a few rows whose conversation is forgotten; looks at one list follow each other, and of a wave of newcomers only some look. */
  tidy(side: string): Promise<unknown> {
    const list = listKey(side)
    const look = this.#looks.get(list) ?? { rank: Promise.resolve(0), waitingCount: 0 }
    this.#looks.set(list, look)
    if (look.waitingCount >= WAITING_MAX) return look.rank
    look.waitingCount++
    look.rank = look.rank
      .catch(() => 0)
      .then((rank) => this.#lookFrom(rank, list))
      .finally(() => look.waitingCount--)
    return look.rank
  }

  /** Looks at the next few rows, from the oldest to the newest and then from the start again. Resolves with where to go on. */
  async #lookFrom(rank: number, list: string): Promise<number> {
    const { reads, scripts } = this.#context
    const reply = await reads.run(commandOp(list, ['ZRANGE', list, String(rank), String(rank + CHECK_COUNT - 1), 'WITHSCORES'], 0.3))
    const flat = (reply as unknown[]).flat() as string[]
    const gone = await Promise.all(
      Array.from({ length: flat.length / 2 }, async (_, i) => {
        const row = { conversation: flat[i * 2]!, score: Number(flat[i * 2 + 1]), at: undefined }
        const { head } = await reads.run(rowOp(scripts.rows, row.conversation, undefined))
        if (head.seq > 0 || !this.#isOver(row)) return false
        await this.#repair(list, row)
        return true
      }),
    )
    return gone.length < CHECK_COUNT ? 0 : rank + gone.filter((isGone) => !isGone).length
  }

  /** So old that nothing is left of a conversation that nobody answered. */
  #isOver({ score }: Row): boolean {
    return this.#context.now() - earliestOf(score) >= this.#forgetMs
  }

  /** A log whose entries expired leaves the list. */
  #isWrong(entry: Entry): boolean {
    const {
      page: {
        messages: [last],
        head,
      },
    } = entry
    return last === undefined ? head.seq > 0 : this.#isElsewhere(entry, last.at)
  }

  /** Elsewhere than its log says, and not because an append is under way, of which the list or the log was written sooner. */
  #isElsewhere({ conversation, score }: Row, at: number): boolean {
    if (scoreIn(secondOf(at), conversation) === score) return false
    return isByMinute(score) || this.#context.now() - Math.max(score, at) > UNDER_WAY_MS
  }

  /** As many as fit into `bytes`, and at least one. What is longer than `most` is read once it is known to fit. */
  async #entries(rows: readonly ReadRow[], { bytes, most }: { bytes: number; most: number }): Promise<{ entries: readonly Entry[]; isCut: boolean }> {
    const { reads, scripts } = this.#context
    const isWhole = rows.every(({ end }) => end.last !== undefined)
    const complete = isWhole ? rows : await Promise.all(rows.map((row) => (row.end.last === undefined ? this.#read(row, most) : row)))
    let left = bytes
    const end = complete.findIndex(({ conversation, end }, i) => (left -= entryBytes(conversation, end)) < 0 && i > 0)
    const fitting = end < 0 ? complete : complete.slice(0, end)
    const messages = lastMessagesOf(fitting)
    const entries = fitting.map(({ conversation, score, end }, i) =>
      typeof end.last === 'number'
        ? reads.run(readOp(scripts.read, conversation, { limit: 1 })).then((page) => ({ conversation, score, page }))
        : { conversation, score, page: lastPageOf(conversation, end, messages[i]) },
    )
    return { entries: await Promise.all(entries), isCut: end >= 0 }
  }
}

const isRead = (row: ListedRow): row is ReadRow => row.end !== undefined

/** Where rows below a time begin in the list, and which of format 2 stand above. */
function startBelow(before: number): Pick<ListPart, 'from' | 'minute'> {
  if (before === Infinity) return { from: before, minute: undefined }
  const from = lastScoreIn(secondOf(before - 1))
  const minute = minuteOf(before - 1)
  return { from, minute: minute > from ? minute : undefined }
}

/** Rows read from a list at once: a page is usually one read. */
const ROWS_MIN = 32
/** The most that are read together with their logs: a running script blocks the server. */
const ROWS_MAX = 200

/** An append writes log and list at the same time, perhaps on two servers: for so long a list may be ahead of its log. */
const UNDER_WAY_MS = 10_000

/** A row that is ahead of its log is where the list says: an append is under way. */
const timeOf = ({ score }: Row, at: number): number => Math.max(at, earliestOf(score))

/**
 * By the logs as they were read, which may have grown since their heads were. A row that is ahead of its log must not be the last: the next page
 * would begin below the log's older time.
 */
function rowsOf(entries: readonly Entry[], before: number): ListRow[] {
  const sorted: { time: number; row: ListRow }[] = []
  for (const entry of entries) {
    const { messages, head, cursors, names, assignment } = entry.page
    const [last] = messages
    if (last === undefined || last.at >= before) continue
    const { conversation } = entry
    const row = { conversation, head, last, cursors, names, ...(assignment === undefined ? {} : { assignment }) }
    sorted.push({ time: timeOf(entry, last.at), row })
  }
  sorted.sort((a, b) => b.time - a.time)
  const end = sorted.at(-1)
  if (sorted.length > 1 && end!.time > end!.row.last.at) sorted.splice(-2, 0, sorted.pop()!)
  return sorted.map(({ row }) => row)
}
