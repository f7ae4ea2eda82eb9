import { conversationSides, sideChannel } from '../../protocol/keys.ts'
import { readPushHead } from '../../protocol/packets.ts'
import type { Bus, Relayed, Subscription } from '../backbone.ts'
import { Listeners } from '../listeners.ts'

/**
 * The bus of a single process. When a listener publishes, that waits until the earlier publishes have reached all listeners, so all see
 * the same order. No publish is ever missed, so `onGap` never calls.
 */
export class LocalBus implements Bus {
  readonly #listeners = new Listeners()
  /** What listeners have published meanwhile. */
  readonly #queue: Relayed[] = []
  #isRelaying = false

  async subscribe(channel: string, listener: (relayed: Relayed) => void): Promise<Subscription> {
    const remove = this.#listeners.add(channel, listener)
    return { close: async () => void remove() }
  }

  async publish(channel: string, origin: string, packet: string): Promise<void> {
    if (!this.#listeners.has(channel)) return
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
    for (const channel of channels) if (this.#listeners.has(channel)) this.#relay({ channel, conversation, origin, packet, push })
  }

  #relay(relayed: Relayed): void {
    if (this.#isRelaying) return void this.#queue.push(relayed)
    this.#isRelaying = true
    this.#listeners.call(relayed)
    for (let next = 0; next < this.#queue.length; next++) this.#listeners.call(this.#queue[next]!)
    this.#queue.length = 0
    this.#isRelaying = false
  }

  onGap(): () => void {
    return () => undefined
  }

  close(): void {
    this.#listeners.clear()
  }
}
