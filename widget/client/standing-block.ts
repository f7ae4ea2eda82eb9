import type { Blocked } from '../../gateway/protocol/model.ts'
import type { Clock } from './clock.ts'
import { signal, type Signal } from './signal.ts'

/** Whether the other side takes no messages from this person. A block with an end ends by itself, without a push. */
export class StandingBlock implements Signal<Blocked | undefined> {
  readonly #clock: Clock
  readonly #gatewayNow: () => number
  readonly #block = signal<Blocked | undefined>(undefined)
  #stopTimer = (): void => {}

  constructor(clock: Clock, gatewayNow: () => number) {
    this.#clock = clock
    this.#gatewayNow = gatewayNow
  }

  get value(): Blocked | undefined {
    return this.#block.value
  }

  subscribe(listener: (value: Blocked | undefined) => void): () => void {
    return this.#block.subscribe(listener)
  }

  /** What the gateway says; without a reason there is no block. */
  know(said: Partial<Blocked> | undefined): void {
    this.#stopTimer()
    this.#stopTimer = () => {}
    const { reason, until } = said ?? {}
    const leftMs = (until ?? Infinity) - this.#gatewayNow()
    if (reason === undefined || leftMs <= 0) return this.#block.set(undefined)
    this.#block.set(until === undefined ? { reason } : { reason, until })
    // a timer may be shorter than asked for, and the clock may have been set
    if (until !== undefined) this.#stopTimer = this.#clock.after(leftMs, () => this.know(said))
  }
}
