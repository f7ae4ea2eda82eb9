import { LRUCache } from 'lru-cache'
import { READ_BYTES, type ListPage, type ListRange, type ListRow, type Page } from '../backbone.ts'
import { listKey } from './keys.ts'
import { earliestOf, isByMinute, lastScoreIn, minuteOf, scoreIn, secondIn, secondOf, startOf } from './list-seconds.ts'
import {
  entryBytes,
  lastMessagesOf,
  lastPageOf,
  LATER_ROWS,
  listOp,
  readOp,
  repairOp,
  rowOp,
  type ListedRow,
  type ListPart,
  type LogEnd,
} from './operations.ts'
import type { Router } from './router.ts'
import type { Scripts } from './scripts.ts'

/** Each new row triggers one check of a few rows, so a list shrinks faster than it grows. */
const CHECK_COUNT = 4
const PENDING_CHECKS_MAX = 100
const RANKS_MAX = 1000

export interface ListReaderOptions {
  readonly reads: Router
  readonly scripts: Scripts
  /** Lists and conversations are on the same server, and scripts reach both. */
  readonly isOneServer: boolean
  readonly now: () => number
  /** See settings.ts. */
  readonly unansweredMs: number
}

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
  readonly #options: ListReaderOptions
  /** By list that is being cleaned: how many checks are still to run. */
  readonly #pendingChecks = new Map<string, number>()
  /** By list: the rank at which its next check begins. */
  readonly #ranks = new LRUCache<string, number>({ max: RANKS_MAX })

  constructor(options: ListReaderOptions) {
    this.#options = options
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
      await Promise.all(
        wrong.map(({ conversation, score, at }) =>
          this.#options.reads.run(
            repairOp(this.#options.scripts.repair, list, {
              conversation,
              seen: String(score),
              right: at === undefined ? '' : String(scoreIn(secondOf(at), conversation)),
            }),
          ),
        ),
      )
    }
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
    const { reads, scripts, isOneServer } = this.#options
    const { count, rows: listed } = await reads.run(listOp(scripts.list, list, part, isOneServer))
    if (listed.every(isRead)) return { count, rows: listed }
    const rows = await Promise.all(listed.map((row, i) => (isRead(row) ? row : this.#read(row, i < part.count ? part.most : undefined))))
    return { count, rows }
  }

  async #read({ conversation, score }: Row, most: number | undefined): Promise<ReadRow> {
    return { conversation, score, end: await this.#options.reads.run(rowOp(this.#options.scripts.rows, conversation, most)) }
  }

  /** Removes a few rows whose conversation is forgotten; checks of one list run one after the other. */
  async tidy(side: string): Promise<void> {
    const list = listKey(side)
    const isRunning = this.#pendingChecks.has(list)
    this.#pendingChecks.set(list, Math.min(PENDING_CHECKS_MAX, (this.#pendingChecks.get(list) ?? 0) + 1))
    if (isRunning) return
    try {
      for (let left: number; (left = this.#pendingChecks.get(list)!) > 0;) {
        this.#pendingChecks.set(list, left - 1)
        await this.#check(list)
      }
    } finally {
      this.#pendingChecks.delete(list)
    }
  }

  /** Checks the next few rows, from the oldest to the newest and then from the start again. */
  async #check(list: string): Promise<void> {
    const { reads, scripts } = this.#options
    const rank = this.#ranks.get(list) ?? 0
    this.#ranks.delete(list)
    const flat = await reads.run({
      key: list,
      keys: [],
      weight: 0.3,
      parse: (reply) => (reply as unknown[]).flat() as string[],
      args: ['ZRANGE', list, String(rank), String(rank + CHECK_COUNT - 1), 'WITHSCORES'],
    })
    const gone = await Promise.all(
      Array.from({ length: flat.length / 2 }, async (_, i) => {
        const [conversation, score] = [flat[i * 2]!, Number(flat[i * 2 + 1])]
        const page = await reads.run(readOp(scripts.read, conversation, { limit: 1, bytes: 0 }))
        if (!this.#isForgotten({ conversation, score, page })) return 0
        await reads.run(repairOp(scripts.repair, list, { conversation, seen: String(score), right: '' }))
        return 1
      }),
    )
    if (gone.length < CHECK_COUNT) return
    this.#ranks.set(list, rank + gone.filter((count) => count === 0).length)
  }

  #isForgotten(entry: Entry): boolean {
    return entry.page.head.seq === 0 && this.#isOver(entry)
  }

  /** So old that nothing is left of a conversation that nobody answered. */
  #isOver({ score }: Row): boolean {
    const { unansweredMs, now } = this.#options
    return unansweredMs > 0 && now() - earliestOf(score) >= unansweredMs
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
    return isByMinute(score) || this.#options.now() - Math.max(score, at) > UNDER_WAY_MS
  }

  /** As many as fit into `bytes`, and at least one. What is longer than `most` is read once it is known to fit. */
  async #entries(rows: readonly ReadRow[], { bytes, most }: { bytes: number; most: number }): Promise<{ entries: readonly Entry[]; isCut: boolean }> {
    const { reads, scripts } = this.#options
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
