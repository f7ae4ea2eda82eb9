import { LRUCache } from 'lru-cache'
import { READ_BYTES, type ListPage, type ListRange, type ListRow, type Page } from '../backbone.ts'
import { listKey } from './keys.ts'
import { minuteOf, startOf } from './list-minutes.ts'
import { parseHead } from './log-head.ts'
import { headOp, readOp, repairOp } from './operations.ts'
import type { Router } from './router.ts'
import type { Scripts } from './scripts.ts'

/** Each new row triggers one check of a few rows, so a list shrinks faster than it grows. */
const CHECK_COUNT = 4
const PENDING_CHECKS_MAX = 100
const RANKS_MAX = 1000

export interface ListReaderOptions {
  readonly reads: Router
  readonly scripts: Scripts
  readonly now: () => number
  /** See settings.ts. */
  readonly unansweredMs: number
}

interface Row {
  readonly conversation: string
  /** As it is in the list. */
  readonly score: string
}

interface Entry extends Row {
  readonly page: Page
}

/** A row that is in another minute than its last message, or without one. */
interface Wrong extends Row {
  readonly at: number | undefined
}

/**
 * Reads a side's list. The list is an index by the minute that may disagree with the logs (after a repeated append, a failover, an expired log):
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
      const { rows: newest, wrong: wrongRows, isAll } = await this.#newest(list, before, limit)
      const { entries, isCut } = await this.#entries(newest, bytes)
      const rows = rowsOf(entries, before)
      const wrong = [...wrongRows, ...entries.filter((entry) => this.#isWrong(entry)).map((entry) => ({ ...entry, at: entry.page.messages[0]?.at }))]
      const isShort = !isCut && !isAll && rows.length < limit
      if (attempt === 3 || (wrong.length === 0 && !isShort)) return isCut ? { rows, isCut } : { rows }
      await Promise.all(
        wrong.map(({ conversation, score, at }) =>
          this.#options.reads.run(
            repairOp(this.#options.scripts.repair, list, { conversation, seen: score, right: at === undefined ? '' : String(minuteOf(at)) }),
          ),
        ),
      )
    }
  }

  /**
   * The newest `limit` rows below `before` by the heads of their logs, newest first. Rows are read from the list until there are so many, and all others of the
   * last one's minute.
   */
  async #newest(list: string, before: number, limit: number): Promise<{ rows: Row[]; wrong: Wrong[]; isAll: boolean }> {
    const { reads, scripts } = this.#options
    const found = new Map<string, Row & { at: number }>()
    const wrong: Wrong[] = []
    // one row more than asked for: usually it is of an earlier minute, and tells that the last one's is complete
    const count = Math.max(limit + 1, ROWS_MIN)
    let isAll = false
    for (let offset = 0; !isAll; offset += count) {
      const rows = await this.#rows(list, before, { offset, count })
      isAll = rows.length < count
      const heads = await Promise.all(rows.map(({ conversation }) => reads.run(headOp(scripts.heads, conversation))))
      rows.forEach((row, i) => {
        const { seq, at } = parseHead(heads[i]!)
        if (seq === 0) {
          // its first append is under way, unless it was forgotten
          if (this.#isOver(row)) wrong.push({ ...row, at: undefined })
          return
        }
        if (this.#isElsewhere(row, at)) wrong.push({ ...row, at })
        const time = timeOf(row, at)
        if (time < before) found.set(row.conversation, { ...row, at: time })
      })
      const minute = Number(rows.at(-1)?.score)
      const complete = [...found.values()].filter(({ at }) => isAll || at >= minute).length
      if (complete >= limit) break
    }
    const rows = [...found.values()].toSorted((a, b) => b.at - a.at || (a.conversation < b.conversation ? 1 : -1)).slice(0, limit)
    return { rows, wrong, isAll: isAll && found.size <= limit }
  }

  async #rows(list: string, before: number, { offset, count }: { offset: number; count: number }): Promise<Row[]> {
    const from = before === Infinity ? '+inf' : String(minuteOf(before - 1))
    const flat = await this.#options.reads.run({
      key: list,
      keys: [],
      weight: 1 + count / 50,
      parse: (reply) => (reply as unknown[]).flat() as string[],
      args: ['ZREVRANGEBYSCORE', list, from, '-inf', 'WITHSCORES', 'LIMIT', String(offset), String(count)],
    })
    return Array.from({ length: flat.length / 2 }, (_, i) => ({ conversation: flat[i * 2]!, score: flat[i * 2 + 1]! }))
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
        const [conversation, score] = [flat[i * 2]!, flat[i * 2 + 1]!]
        const page = await reads.run(readOp(scripts.read, conversation, { limit: 1, bytes: 0 }))
        if (!this.#isForgotten({ conversation, score, page })) return 0
        await reads.run(repairOp(scripts.repair, list, { conversation, seen: score, right: '' }))
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
    return unansweredMs > 0 && now() - startOf(Number(score)) >= unansweredMs
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

  /** In another minute than the log, and not because an append is under way. */
  #isElsewhere({ score }: Row, at: number): boolean {
    const minute = minuteOf(at)
    return minute > Number(score) || (minute < Number(score) && this.#options.now() - Number(score) > UNDER_WAY_MS)
  }

  async #entries(rows: readonly Row[], bytes: number): Promise<{ entries: readonly Entry[]; isCut: boolean }> {
    const entries: Entry[] = []
    let left = bytes
    for (let count = FIRST_COUNT; entries.length < rows.length;) {
      const found = await Promise.all(
        rows
          .slice(entries.length, entries.length + count)
          .map((row) =>
            this.#options.reads.run(readOp(this.#options.scripts.read, row.conversation, { limit: 1 })).then((page) => ({ ...row, page })),
          ),
      )
      for (const entry of found) {
        left -= Buffer.byteLength(JSON.stringify(entry.page.messages[0] ?? ''))
        if (left < 0 && entries.length > 0) return { entries, isCut: true }
        entries.push(entry)
      }
      // as many as fit even if they are twice as long
      const mean = (bytes - left) / entries.length
      count = Math.max(FIRST_COUNT, Math.floor(left / mean / 2))
    }
    return { entries, isCut: false }
  }
}

/** Logs read in the first round; their size then decides how many more. */
const FIRST_COUNT = 8

/** Rows read from a list at once: a page is usually one read. */
const ROWS_MIN = 32

/** An append writes log and list at the same time, perhaps on two servers: for so long a list may be ahead of its log. */
const UNDER_WAY_MS = 10_000

/** A row that is ahead of its log is where the list says: an append is under way. */
const timeOf = ({ score }: Row, at: number): number => Math.max(at, startOf(Number(score)))

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
