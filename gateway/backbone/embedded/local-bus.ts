import { conversationSides, sideChannel } from '../../protocol/keys.ts'
import { readPushHead } from '../../protocol/packets.ts'
import type { Bus, Relayed, Subscription } from '../backbone.ts'

interface Listener {
  readonly listener: (relayed: Relayed) => void
  isClosed: boolean
}

/**
 * The bus of a single process. When a listener publishes, that waits until the earlier publishes have reached all listeners, so all see
 * the same order. No publish is ever missed, so `onGap` never calls.
 */
export class LocalBus implements Bus {
  readonly #channels = new Map<string, readonly Listener[]>()
  /** What listeners have published meanwhile. */
  readonly #queue: Relayed[] = []
  #isRelaying = false

  async subscribe(channel: string, listener: (relayed: Relayed) => void): Promise<Subscription> {
    const entry: Listener = { listener, isClosed: false }
    this.#channels.set(channel, [...(this.#channels.get(channel) ?? []), entry])
    return { close: async () => this.#unsubscribe(channel, entry) }
  }

  async publish(channel: string, origin: string, packet: string): Promise<void> {
    if (!this.#channels.has(channel)) return
    const bytes = Buffer.from(packet)
    this.#relay({ channel, origin, packet: bytes, push: readPushHead(bytes) })
  }

  async publishIn(conversation: string, origin: string, packet: string): Promise<void> {
    const bytes = Buffer.from(packet)
    const sides = conversationSides(conversation) ?? []
    this.relayIn(sides.map(sideChannel), { conversation, origin, packet: bytes, push: readPushHead(bytes) })
  }

  /** Publishes bytes that exist already on several channels. The listeners have been called when it returns, unless a listener calls it. */
  relayIn(channels: readonly string[], { conversation, origin, packet, push }: Omit<Relayed, 'channel'> & { readonly conversation: string }): void {
    for (const channel of channels) this.#relay({ channel, conversation, origin, packet, push })
  }

  #relay(relayed: Relayed): void {
    if (this.#isRelaying) return void this.#queue.push(relayed)
    this.#isRelaying = true
    this.#callListeners(relayed)
    for (let next = 0; next < this.#queue.length; next++) this.#callListeners(this.#queue[next]!)
    this.#queue.length = 0
    this.#isRelaying = false
  }

  onGap(): () => void {
    return () => undefined
  }

  close(): void {
    for (const listenings of this.#channels.values()) for (const entry of listenings) entry.isClosed = true
    this.#channels.clear()
  }

  #callListeners(relayed: Relayed): void {
    const listeners = this.#channels.get(relayed.channel)
    if (listeners === undefined) return
    // subscribing replaces the array and never changes it, so listeners may come and go during the loop
    for (const { listener, isClosed } of listeners) {
      if (isClosed) continue
      try {
        listener(relayed)
      } catch (error) {
        // a bug in one listener: the others are called all the same, and run.ts reports the unhandled rejection
        void Promise.reject(error as Error)
      }
    }
  }

  #unsubscribe(channel: string, entry: Listener): void {
    entry.isClosed = true
    const rest = (this.#channels.get(channel) ?? []).filter((one) => one !== entry)
    if (rest.length > 0) this.#channels.set(channel, rest)
    else this.#channels.delete(channel)
  }
}
