import type { Router } from './router.ts'

/** A reply that took longer says too little about when the server read its clock. */
const SLOW_MS = 1000
/** A smaller step back is network noise, and the time stands still instead; a larger one means that the server's clock was set. */
const STEP_MS = 2000

/**
 * The time by the clock of one Redis server, the same for all nodes: leases, transfers and messages stay comparable although
 * the nodes' own clocks differ or step. Between two replies it advances with a monotonic clock. Before the first reply it is this
 * machine's time.
 */
export class RedisClock {
  readonly #reads: Router
  #syncing: Promise<void> | undefined
  /** Ms since the epoch when `performance.now()` was 0. */
  #origin: number | undefined
  #last = -Infinity

  constructor(reads: Router) {
    this.#reads = reads
  }

  readonly now = (): number => {
    if (this.#origin === undefined) return Date.now()
    const now = Math.round(this.#origin + performance.now())
    this.#last = this.#last - now > STEP_MS ? now : Math.max(this.#last, now)
    return this.#last
  }

  /** Must be called every few seconds. Resolves when the server has replied, or cannot be reached: then the time goes on as before. */
  sync(): Promise<void> {
    // the connection reports why the server is unreachable
    this.#syncing ??= this.#measure()
      .catch(() => undefined)
      .finally(() => {
        this.#syncing = undefined
      })
    return this.#syncing
  }

  async #measure(): Promise<void> {
    const before = performance.now()
    const time = await this.#reads.run({
      key: 'clock',
      keys: [],
      args: ['TIME'],
      weight: 0.1,
      parse: (reply) => Number((reply as [string, string])[0]) * 1000 + Number((reply as [string, string])[1]) / 1000,
    })
    const after = performance.now()
    if (this.#origin === undefined || after - before < SLOW_MS) this.#origin = time - (before + after) / 2
  }
}
