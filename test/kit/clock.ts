import type { Clock } from '../../widget/client/clock.ts'

/** A clock that moves only by `advance`, which fires due timers in order and lets promises settle in between. */
export class MovableClock implements Clock {
  #now: number
  /** How far `now` is ahead of the time that timers count. */
  #setBy = 0
  #lastId = 0
  readonly #timers = new Map<number, { at: number; run: () => void }>()

  constructor(now = 1_700_000_000_000) {
    this.#now = now
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now + this.#setBy
  }

  uptime(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const id = ++this.#lastId
    this.#timers.set(id, { at: this.#now + Math.max(0, ms), run })
    return () => void this.#timers.delete(id)
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      let next: [number, { at: number; run: () => void }] | undefined
      for (const entry of this.#timers) if (entry[1].at <= end && (!next || entry[1].at < next[1].at)) next = entry
      if (!next) break
      this.#timers.delete(next[0])
      this.#now = Math.max(this.#now, next[1].at)
      next[1].run()
      await settle()
    }
    this.#now = Math.max(this.#now, end)
  }

  /** Simulates a sleeping device: time passes, no timer fires until the next `advance`. */
  jump(ms: number): void {
    this.#now += ms
  }

  /** Simulates a clock that somebody sets, or a sleep during which the monotonic clock stands still. */
  set(byMs: number): void {
    this.#setBy += byMs
  }
}

/** Lets every promise settle that waits for no timer. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
