import type { ListRow, Page } from '../backbone.ts'
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

  async read(side: string, { before, limit }: { readonly before?: number; readonly limit: number }): Promise<readonly ListRow[]> {
    const list = listKey(side)
    let wanted = limit
    for (let attempt = 1; ; attempt++) {
      const entries = await this.#entries(list, before, wanted)
      const rows = rowsOf(entries, before).slice(0, limit)
      const wrong = entries.filter(isWrong)
      const isShort = rows.length < limit && entries.length === wanted
      if (attempt === 3 || (wrong.length === 0 && !isShort)) return rows
      if (isShort) wanted += entries.length - rows.length
      await Promise.all(wrong.map(({ conversation, score, page }) => this.#options.asks.run(mendOp(
        this.#options.scripts.mend, list, { conversation, seen: score, right: String(page.messages[0]?.at ?? '') }))))
    }
  }

  async #entries(list: string, before: number | undefined, limit: number): Promise<Entry[]> {
    const flat = await this.#options.asks.run({
      key: list, keys: [], weight: 1 + limit / 50, parse: (reply) => (reply as unknown[]).flat() as string[],
      args: [
        'ZREVRANGEBYSCORE', list, before === undefined ? '+inf' : `(${before}`, '-inf', 'WITHSCORES', 'LIMIT', '0', String(limit),
      ],
    })
    const pages: Promise<Entry>[] = []
    for (let i = 0; i < flat.length; i += 2) {
      const [conversation, score] = [flat[i]!, flat[i + 1]!]
      pages.push(this.#options.asks.run(readOp(this.#options.scripts.read, conversation, { limit: 1 }))
        .then((page) => ({ conversation, score, page })))
    }
    return Promise.all(pages)
  }
}

/** An append writes log and list at once, on two servers: a list ahead of its log is believed for so long. */
const UNDER_WAY_MS = 10_000

function isWrong({ score, page: { messages, head } }: Entry): boolean {
  const [last] = messages
  // A log that was never written may be about to be, and one that aged away leaves the list.
  if (last === undefined) return head.seq > 0
  return last.at > Number(score) || (last.at < Number(score) && Date.now() - Number(score) > UNDER_WAY_MS)
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
