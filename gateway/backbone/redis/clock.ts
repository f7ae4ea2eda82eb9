import type { Router } from './router.ts'

/** An answer that took longer says too little about when it was given. */
const SLOW_MS = 1000
/** Differences below are the network's and do not turn time back; above, the server's clock was set. */
const STEP_MS = 2000

/**
 * The time by the clock of one Redis server, which is the same one for all nodes: leases, transfers and messages of nodes
 * whose own clocks differ, or step, can be compared. Between two answers it goes on by a clock that never steps. Before the first
 * answer it is this machine's.
 */
export class RedisClock {
  readonly #asks: Router
  #asked: Promise<void> | undefined
  /** Ms since the epoch when `performance.now()` was 0. */
  #origin: number | undefined
  #last = -Infinity

  constructor(asks: Router) {
    this.#asks = asks
  }

  readonly now = (): number => {
    if (this.#origin === undefined) return Date.now()
    const now = Math.round(this.#origin + performance.now())
    this.#last = this.#last - now > STEP_MS ? now : Math.max(this.#last, now)
    return this.#last
  }

  /** To be called every few seconds. Resolves when the server has answered, or is not there: then the time goes on as before. */
  ask(): Promise<void> {
    // the connection says why it is not there
    this.#asked ??= this.#ask()
      .catch(() => undefined)
      .finally(() => {
        this.#asked = undefined
      })
    return this.#asked
  }

  async #ask(): Promise<void> {
    const before = performance.now()
    const time = await this.#asks.run({
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
