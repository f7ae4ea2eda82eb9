/**
 * Token buckets, one for each key: `perMs` on average, `burst` at once. Full buckets are forgotten, and above `MOST_KEYS` the oldest, so that
 * memory depends on the keys in use now and not on all that ever were.
 */
interface Bucket {
  tokens: number
  at: number
  /** Spent at this node and not published yet. */
  unpublished: number
}

export interface Spent {
  readonly key: string
  readonly amount: number
}

export interface Standing {
  readonly limit: number
  readonly left: number
  readonly fullMs: number
}

const MOST_KEYS = 100_000
const SWEEP_MS = 1000
/** Sums below this share of the burst are not published. */
const PUBLISHED_SHARE = 1 / 64

export class Buckets {
  readonly #perMs: number
  readonly #burst: number
  readonly #buckets = new Map<string, Bucket>()
  readonly #toPublish = new Set<string>()
  #sweptAt = -Infinity

  constructor({ perMs, burst }: { perMs: number; burst: number }) {
    this.#perMs = perMs
    this.#burst = burst
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#buckets.size
  }

  /** Milliseconds until `key` may spend `cost`; 0: now. A cost above the burst may be spent when the bucket is full. */
  waitMs(key: string, cost: number, at: number): number {
    const bucket = this.#buckets.get(key)
    const lack = Math.min(cost, this.#burst) - (bucket === undefined ? this.#burst : this.#filled(bucket, at))
    return lack <= 0 ? 0 : Math.ceil(lack / this.#perMs)
  }

  /** What `key` may spend at once, what of it is left, and in how many ms all of it is there again. */
  standing(key: string, at: number): Standing {
    const bucket = this.#buckets.get(key)
    const left = Math.max(0, bucket === undefined ? this.#burst : this.#filled(bucket, at))
    return { limit: this.#burst, left: Math.floor(left), fullMs: Math.ceil((this.#burst - left) / this.#perMs) }
  }

  /** A negative cost gives back. */
  spend(key: string, cost: number, at: number): void {
    const bucket = this.#draw(key, cost, at)
    bucket.unpublished += cost
    if (bucket.unpublished >= this.#burst * PUBLISHED_SHARE) this.#toPublish.add(key)
    else this.#toPublish.delete(key)
  }

  /** Counts what another node has let through; this is not published again. */
  spentElsewhere(key: string, cost: number, at: number): void {
    this.#draw(key, cost, at)
  }

  /** Returns at most `limit` of the sums to publish, and counts them as published. */
  takeUnpublished(limit: number): Spent[] {
    const taken: Spent[] = []
    for (const key of this.#toPublish) {
      if (taken.length >= limit) break
      this.#toPublish.delete(key)
      const bucket = this.#buckets.get(key)
      if (bucket === undefined) continue
      taken.push({ key, amount: bucket.unpublished })
      bucket.unpublished = 0
    }
    return taken
  }

  #draw(key: string, cost: number, at: number): Bucket {
    const bucket = this.#buckets.get(key) ?? this.#add(key, at)
    // bounded below, so that many nodes together cannot lock a key out for longer than a burst takes to refill
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
    const bucket = { tokens: this.#burst, at, unpublished: 0 }
    this.#buckets.set(key, bucket)
    return bucket
  }

  #forgetFull(at: number): void {
    this.#sweptAt = at
    for (const [key, bucket] of this.#buckets) if (this.#filled(bucket, at) >= this.#burst) this.#forget(key)
  }

  #forget(key: string): void {
    this.#buckets.delete(key)
    this.#toPublish.delete(key)
  }
}
