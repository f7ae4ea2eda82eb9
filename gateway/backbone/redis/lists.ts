import { LRUCache } from 'lru-cache'
import { READ_BYTES, type ListPage, type ListRange, type ListRow, type Page } from '../backbone.ts'
import { listKey } from './keys.ts'
import { repairOp, readOp } from './operations.ts'
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

interface Entry {
  readonly conversation: string
  readonly score: string
  readonly page: Page
}

/**
 * Reads a side's list. The list is an index that may disagree with the logs (after a repeated append, a failover, an expired log);
 * rows of the page that disagree are repaired and the page is read again, so that `before` never skips or repeats a row.
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

  async read(side: string, { before, limit, bytes = READ_BYTES }: ListRange): Promise<ListPage> {
    const list = listKey(side)
    let wanted = limit
    for (let attempt = 1; ; attempt++) {
      const { entries, isCut } = await this.#entries(list, before, { limit: wanted, bytes })
      const rows = rowsOf(entries, before).slice(0, limit)
      const wrong = entries.filter((entry) => this.#isWrong(entry))
      const isShort = !isCut && rows.length < limit && entries.length === wanted
      if (attempt === 3 || (wrong.length === 0 && !isShort)) return isCut ? { rows, isCut } : { rows }
      if (isShort) wanted += entries.length - rows.length
      await Promise.all(
        wrong.map(({ conversation, score, page }) =>
          this.#options.reads.run(
            repairOp(this.#options.scripts.repair, list, { conversation, seen: score, right: String(page.messages[0]?.at ?? '') }),
          ),
        ),
      )
    }
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

  #isForgotten({ score, page: { head } }: Entry): boolean {
    const { unansweredMs, now } = this.#options
    return unansweredMs > 0 && head.seq === 0 && now() - Number(score) >= unansweredMs
  }

  /** An empty log that never had an entry may just be getting its first; one whose entries expired leaves the list. */
  #isWrong(entry: Entry): boolean {
    const {
      score,
      page: {
        messages: [last],
        head,
      },
    } = entry
    if (last === undefined) return head.seq > 0 || this.#isForgotten(entry)
    return last.at > Number(score) || (last.at < Number(score) && this.#options.now() - Number(score) > UNDER_WAY_MS)
  }

  async #entries(
    list: string,
    before: number | undefined,
    { limit, bytes }: { limit: number; bytes: number },
  ): Promise<{ entries: readonly Entry[]; isCut: boolean }> {
    const flat = await this.#options.reads.run({
      key: list,
      keys: [],
      weight: 1 + limit / 50,
      parse: (reply) => (reply as unknown[]).flat() as string[],
      args: ['ZREVRANGEBYSCORE', list, before === undefined ? '+inf' : `(${before}`, '-inf', 'WITHSCORES', 'LIMIT', '0', String(limit)],
    })
    const entries: Entry[] = []
    let left = bytes
    for (let count = FIRST_COUNT; entries.length < flat.length / 2;) {
      const start = entries.length
      const found = await Promise.all(
        Array.from({ length: Math.min(count, flat.length / 2 - start) }, (_, i) => {
          const [conversation, score] = [flat[(start + i) * 2]!, flat[(start + i) * 2 + 1]!]
          return this.#options.reads
            .run(readOp(this.#options.scripts.read, conversation, { limit: 1 }))
            .then((page) => ({ conversation, score, page }))
        }),
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

/** An append writes log and list at the same time, on two servers: for so long a list may be ahead of its log. */
const UNDER_WAY_MS = 10_000

/** In the list's order. A row that is ahead of its log must not be the last: the next page would begin below the log's older time. */
function rowsOf(entries: readonly Entry[], before: number | undefined): ListRow[] {
  const rows: ListRow[] = []
  for (const {
    conversation,
    score,
    page: { messages, head, cursors, names, assignment },
  } of entries) {
    const [last] = messages
    if (last === undefined || (before !== undefined && last.at >= before)) continue
    const isAhead = Number(score) > last.at && rows.length > 0
    rows.splice(isAhead ? rows.length - 1 : rows.length, 0, {
      conversation,
      head,
      last,
      cursors,
      names,
      ...(assignment === undefined ? {} : { assignment }),
    })
  }
  return rows
}
