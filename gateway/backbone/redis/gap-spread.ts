/**
 * Hands channels that may have missed something to whoever reads, a part at a time: a node with many open conversations
 * must not read them all in the instant in which Redis has just come back. A channel named twice meanwhile is handed out once.
 */
export class GapSpread {
  readonly #spreadMs: number
  readonly #listeners = new Set<{ readonly call: (channels: readonly string[]) => void }>()
  readonly #pending = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  /** Until what is pending should have been handed out; begins anew with each addition. */
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
    this.#timer ??= setTimeout(() => this.#hand(), 0)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#pending.clear()
    this.#listeners.clear()
  }

  #hand(): void {
    const part = [...this.#pending].slice(0, Math.max(PART, Math.ceil(this.#pending.size / Math.max(1, this.#stepsLeft--))))
    for (const channel of part) this.#pending.delete(channel)
    this.#timer = this.#pending.size === 0 ? undefined : setTimeout(() => this.#hand(), this.#spreadMs / STEPS)
    for (const { call } of this.#listeners) call(part)
  }
}

/** In so many parts, none smaller than this. */
const STEPS = 16
const PART = 16
