/**
 * Token buckets, one a key: `perMs` on average, `burst` at once. Full buckets are forgotten, and of very many the oldest, so that memory
 * follows who is busy, never who ever came.
 */
interface Bucket {
  tokens: number
  at: number
  /** Spent here, and not told to the other nodes yet. */
  untold: number
}

export interface Spent {
  readonly key: string
  readonly amount: number
}

const MOST_KEYS = 100_000
const SWEEP_MS = 1000
/** Of the burst: less than that is not worth telling other nodes. */
const TOLD_SHARE = 1 / 64

export class Buckets {
  readonly #perMs: number
  readonly #burst: number
  readonly #buckets = new Map<string, Bucket>()
  readonly #toTell = new Set<string>()
  #sweptAt = -Infinity

  constructor({ perMs, burst }: { perMs: number; burst: number }) {
    this.#perMs = perMs
    this.#burst = burst
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#buckets.size
  }

  /** Milliseconds until `key` may spend `cost`; 0: now. What costs more than a full bucket may go when the bucket is full. */
  waitMs(key: string, cost: number, at: number): number {
    const bucket = this.#buckets.get(key)
    const lack = Math.min(cost, this.#burst) - (bucket === undefined ? this.#burst : this.#filled(bucket, at))
    return lack <= 0 ? 0 : Math.ceil(lack / this.#perMs)
  }

  /** A negative cost gives back. */
  spend(key: string, cost: number, at: number): void {
    const bucket = this.#draw(key, cost, at)
    bucket.untold += cost
    if (bucket.untold >= this.#burst * TOLD_SHARE) this.#toTell.add(key)
    else this.#toTell.delete(key)
  }

  /** Another node let it through: it is not told on. */
  spentElsewhere(key: string, cost: number, at: number): void {
    this.#draw(key, cost, at)
  }

  /** At most `limit` of the sums to be told; they count as told from now on. */
  takeUntold(limit: number): Spent[] {
    const told: Spent[] = []
    for (const key of this.#toTell) {
      if (told.length >= limit) break
      this.#toTell.delete(key)
      const bucket = this.#buckets.get(key)
      if (bucket === undefined) continue
      told.push({ key, amount: bucket.untold })
      bucket.untold = 0
    }
    return told
  }

  #draw(key: string, cost: number, at: number): Bucket {
    const bucket = this.#buckets.get(key) ?? this.#add(key, at)
    // so many nodes at once cannot lock somebody out for longer than a burst lasts
    bucket.tokens = Math.min(this.#burst, Math.max(-this.#burst, this.#filled(bucket, at) - cost))
    bucket.at = at
    return bucket
  }

  #filled(bucket: Bucket, at: number): number {
    return Math.min(this.#burst, bucket.tokens + Math.max(0, at - bucket.at) * this.#perMs)
  }

  #add(key: string, at: number): Bucket {
    if (this.#buckets.size >= MOST_KEYS / 10 && Math.abs(at - this.#sweptAt) >= SWEEP_MS) this.#forgetFull(at)
    if (this.#buckets.size >= MOST_KEYS)
      for (const oldest of this.#buckets.keys()) {
        this.#forget(oldest)
        break
      }
    const bucket = { tokens: this.#burst, at, untold: 0 }
    this.#buckets.set(key, bucket)
    return bucket
  }

  #forgetFull(at: number): void {
    this.#sweptAt = at
    for (const [key, bucket] of this.#buckets) if (this.#filled(bucket, at) >= this.#burst) this.#forget(key)
  }

  #forget(key: string): void {
    this.#buckets.delete(key)
    this.#toTell.delete(key)
  }
}
