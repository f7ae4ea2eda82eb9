import { Unavailable } from '../backbone.ts'
import { commandOp } from './operations.ts'
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

  /**
   * Must be called every few seconds. Resolves when the server has replied, or cannot be reached: then the time goes on as before. Rejects where the
   * server refuses to tell the time (an ACL without `+time`).
   */
  async sync(): Promise<void> {
    const before = performance.now()
    const reply = await this.#reads.run(commandOp('clock', ['TIME'], 0.1)).catch((error: unknown) => {
      // the connection reports why the server is unreachable
      if (!(error instanceof Unavailable)) throw error
    })
    if (reply === undefined) return
    const after = performance.now()
    const [seconds, microseconds] = (reply as string[]).map(Number) as [number, number]
    const time = seconds * 1000 + microseconds / 1000
    if (this.#origin === undefined || after - before < SLOW_MS) this.#origin = time - (before + after) / 2
  }
}
