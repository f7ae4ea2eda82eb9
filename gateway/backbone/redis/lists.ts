import { READ_BYTES, type ListPage, type ListRange, type ListRow, type Page } from '../backbone.ts'
import { listKey } from './keys.ts'
import { mendOp, readOp } from './operations.ts'
import type { StoreOptions } from './store.ts'

interface Entry {
  readonly conversation: string
  readonly score: string
  readonly page: Page
}

/**
 * Reads a side's list. The list is an index that may disagree with the logs (a repeated append, a failover, a log aged
 * away); what disagrees on the page is mended and the page read again, so that `before` never skips or repeats a row.
 */
export class ListReader {
  readonly #options: StoreOptions

  constructor(options: StoreOptions) {
    this.#options = options
  }

  async read(side: string, { before, limit, bytes = READ_BYTES }: ListRange): Promise<ListPage> {
    const list = listKey(side)
    let wanted = limit
    for (let attempt = 1; ; attempt++) {
      const { entries, isCut } = await this.#entries(list, before, { limit: wanted, bytes })
      const rows = rowsOf(entries, before).slice(0, limit)
      const wrong = entries.filter((entry) => isWrong(entry, this.#options.now()))
      const isShort = !isCut && rows.length < limit && entries.length === wanted
      if (attempt === 3 || (wrong.length === 0 && !isShort)) return isCut ? { rows, isCut } : { rows }
      if (isShort) wanted += entries.length - rows.length
      await Promise.all(wrong.map(({ conversation, score, page }) => this.#options.asks.run(mendOp(
        this.#options.scripts.mend, list, { conversation, seen: score, right: String(page.messages[0]?.at ?? '') }))))
    }
  }

  async #entries(
    list: string, before: number | undefined, { limit, bytes }: { limit: number; bytes: number },
  ): Promise<{ entries: readonly Entry[]; isCut: boolean }> {
    const flat = await this.#options.asks.run({
      key: list, keys: [], weight: 1 + limit / 50, parse: (reply) => (reply as unknown[]).flat() as string[],
      args: [
        'ZREVRANGEBYSCORE', list, before === undefined ? '+inf' : `(${before}`, '-inf', 'WITHSCORES', 'LIMIT', '0', String(limit),
      ],
    })
    const entries: Entry[] = []
    let left = bytes
    for (let count = FIRST_COUNT; entries.length < flat.length / 2;) {
      const start = entries.length
      const found = await Promise.all(Array.from({ length: Math.min(count, flat.length / 2 - start) }, (_, i) => {
        const [conversation, score] = [flat[(start + i) * 2]!, flat[(start + i) * 2 + 1]!]
        return this.#options.asks.run(readOp(this.#options.scripts.read, conversation, { limit: 1 }))
          .then((page) => ({ conversation, score, page }))
      }))
      for (const entry of found) {
        left -= Buffer.byteLength(JSON.stringify(entry.page.messages[0] ?? ''))
        if (left < 0 && entries.length > 0) return { entries, isCut: true }
        entries.push(entry)
      }
      // as many as there is room for, if the next ones are twice as long
      const mean = (bytes - left) / entries.length
      count = Math.max(FIRST_COUNT, Math.floor(left / mean / 2))
    }
    return { entries, isCut: false }
  }
}

/** Logs read at once at first; then the size of what came says how many more. */
const FIRST_COUNT = 8

/** An append writes log and list at once, on two servers: a list ahead of its log is believed for so long. */
const UNDER_WAY_MS = 10_000

function isWrong({ score, page: { messages, head } }: Entry, now: number): boolean {
  const [last] = messages
  // A log that was never written may be about to be, and one that aged away leaves the list.
  if (last === undefined) return head.seq > 0
  return last.at > Number(score) || (last.at < Number(score) && now - Number(score) > UNDER_WAY_MS)
}

/** In the list's order. A row ahead of its log must not be the last: the next page would begin below its old time. */
function rowsOf(entries: readonly Entry[], before: number | undefined): ListRow[] {
  const rows: ListRow[] = []
  for (const { conversation, score, page: { messages, head, cursors, names, service } } of entries) {
    const [last] = messages
    if (last === undefined || (before !== undefined && last.at >= before)) continue
    const isAhead = Number(score) > last.at && rows.length > 0
    rows.splice(isAhead ? rows.length - 1 : rows.length, 0, {
      conversation, head, last, cursors, names, ...(service === undefined ? {} : { service }),
    })
  }
  return rows
}
