/**
 * A token bucket a participant: `perSecond` commands on average, `burst` at once. Full buckets are forgotten,
 * so that memory follows who is busy, not who ever came.
 */
import { Refusal } from './refusal.ts'

interface Bucket {
  tokens: number
  at: number
}

const SWEEP_COUNT = 10_000

export class Allowance {
  readonly #perMs: number
  readonly #burst: number
  readonly #now: () => number
  readonly #buckets = new Map<string, Bucket>()

  /** `perSecond` 0 = no limit. */
  constructor(options: { perSecond: number; burst: number; now: () => number }) {
    this.#perMs = options.perSecond / 1000
    this.#burst = options.burst
    this.#now = options.now
  }

  /** How many participants are remembered. */
  get size(): number {
    return this.#buckets.size
  }

  /** Takes one token of `key`, or refuses with the time until there is one. */
  take(key: string): void {
    if (this.#perMs === 0) return
    const at = this.#now()
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      if (this.#buckets.size >= SWEEP_COUNT) this.#forgetFull(at)
      this.#buckets.set(key, { tokens: this.#burst - 1, at })
      return
    }
    bucket.tokens = this.#filled(bucket, at)
    bucket.at = at
    if (bucket.tokens < 1) throw new Refusal('rate_limited', undefined, Math.ceil((1 - bucket.tokens) / this.#perMs))
    bucket.tokens--
  }

  #filled(bucket: Bucket, at: number): number {
    return Math.min(this.#burst, bucket.tokens + Math.max(0, at - bucket.at) * this.#perMs)
  }

  #forgetFull(at: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#filled(bucket, at) >= this.#burst) this.#buckets.delete(key)
    }
  }
}
