import { LRUCache } from 'lru-cache'

const MINUTE_MS = 60_000
/** More kinds than there are codes and routes. */
const KIND_COUNT = 500

/** Limits frequent log lines to one a minute for each kind, with the number of events since the last. */
export class OncePerMinute {
  readonly #now: () => number
  readonly #kinds = new LRUCache<string, { at: number; count: number }>({ max: KIND_COUNT })

  constructor(now: () => number) {
    this.#now = now
  }

  /** The number of events of this kind since the last line, this one included; 0: it is too early for a line. */
  take(kind: string): number {
    const at = this.#now()
    const known = this.#kinds.get(kind)
    if (known !== undefined) known.count++
    if (known !== undefined && Math.abs(at - known.at) < MINUTE_MS) return 0
    this.#kinds.set(kind, { at, count: 0 })
    return known?.count ?? 1
  }
}
