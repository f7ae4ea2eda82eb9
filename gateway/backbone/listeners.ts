import type { Relayed } from './backbone.ts'

interface Listener {
  readonly call: (relayed: Relayed) => void
  isClosed: boolean
}

/** Who listens on which channel of a bus. Listeners may come and go while they are called. */
export class Listeners {
  /** Replaced, never mutated. */
  readonly #channels = new Map<string, readonly Listener[]>()

  has(channel: string): boolean {
    return this.#channels.has(channel)
  }

  /** One function may listen twice. Returns what ends it, which returns true if nobody else listens on the channel; only the first call does something. */
  add(channel: string, call: (relayed: Relayed) => void): () => boolean {
    const listener: Listener = { call, isClosed: false }
    const others = this.#channels.get(channel)
    // a spread list has room for sixteen more, and each session has lists of one
    this.#channels.set(channel, others === undefined ? [listener] : others.concat(listener))
    return () => {
      const rest = (this.#channels.get(channel) ?? []).filter((one) => one !== listener)
      const isLast = !listener.isClosed && rest.length === 0
      listener.isClosed = true
      if (rest.length > 0) this.#channels.set(channel, rest)
      else if (isLast) this.#channels.delete(channel)
      return isLast
    }
  }

  call(relayed: Relayed): void {
    for (const { call, isClosed } of this.#channels.get(relayed.channel) ?? []) {
      if (isClosed) continue
      try {
        call(relayed)
      } catch (error) {
        // a bug in one listener: the others are called all the same, and run.ts reports the unhandled rejection
        void Promise.reject(error as Error)
      }
    }
  }

  clear(): void {
    for (const listeners of this.#channels.values()) for (const listener of listeners) listener.isClosed = true
    this.#channels.clear()
  }
}
