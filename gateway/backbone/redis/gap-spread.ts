/**
 * Hands channels that may have missed publishes to its listeners, a few at a time: a node with many open conversations must not
 * read them all at the moment Redis is back. A channel that is added twice meanwhile is handed out once.
 */
export class GapSpread {
  readonly #spreadMs: number
  readonly #listeners = new Set<{ readonly call: (channels: readonly string[]) => void }>()
  readonly #pending = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  /** Steps in which everything pending is to be handed out; starts again with each addition. */
  #stepsLeft = 0

  constructor(spreadMs: number) {
    this.#spreadMs = spreadMs
  }

  on(call: (channels: readonly string[]) => void): () => void {
    const listener = { call }
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  add(channels: readonly string[]): void {
    for (const channel of channels) this.#pending.add(channel)
    this.#stepsLeft = STEPS
    this.#timer ??= setTimeout(() => this.#handOut(), 0)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#pending.clear()
    this.#listeners.clear()
  }

  #handOut(): void {
    const part = [...this.#pending].slice(0, Math.max(MIN_PART, Math.ceil(this.#pending.size / Math.max(1, this.#stepsLeft--))))
    for (const channel of part) this.#pending.delete(channel)
    this.#timer = this.#pending.size === 0 ? undefined : setTimeout(() => this.#handOut(), this.#spreadMs / STEPS)
    for (const { call } of this.#listeners) call(part)
  }
}

/** The channels are handed out in so many steps, at least so many at each. */
const STEPS = 16
const MIN_PART = 16
