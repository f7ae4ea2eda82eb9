const MINUTE_MS = 60_000
/** More kinds than there are codes and routes. */
const KIND_COUNT = 500

/** Of things that come by the thousand, one a minute for each kind, with how many there were. */
export class OncePerMinute {
  readonly #now: () => number
  readonly #kinds = new Map<string, { at: number; count: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** How many there were since the last that was told, this one included; 0: not yet. */
  take(kind: string): number {
    const at = this.#now()
    const known = this.#kinds.get(kind)
    if (known !== undefined) known.count++
    if (known !== undefined && Math.abs(at - known.at) < MINUTE_MS) return 0
    if (this.#kinds.size >= KIND_COUNT) this.#kinds.clear()
    this.#kinds.set(kind, { at, count: 0 })
    return known?.count ?? 1
  }
}
