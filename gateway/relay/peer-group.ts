/**
 * Peers at this node that hear the same channels of the bus. A group is used once: whoever comes after its release is in a new one.
 */
import type { Bus, Subscription } from '../backbone/backbone.ts'
import { EncodedPacket } from './encoded-packet.ts'
import type { Peer } from './peer.ts'

export interface Published {
  readonly encoded: EncodedPacket
  /** The session that caused it, '' for none. */
  readonly origin: string
  /** In which it was published; absent: on the channel alone. */
  readonly conversation: string | undefined
}

export type Listening = readonly [channel: string, listener: (published: Published) => void]

export class PeerGroup {
  readonly peers = new Set<Peer>()
  readonly #bus: Bus
  #listening: Promise<void> | undefined
  #subscriptions: Subscription[] = []
  #isReleased = false

  constructor(bus: Bus) {
    this.#bus = bus
  }

  /** Resolves when everything published on the channels from now on arrives. A failed attempt leaves nothing subscribed, and may be repeated. */
  listen(listenings: readonly Listening[]): Promise<void> {
    this.#listening ??= this.#subscribe(listenings).catch((error: unknown) => {
      this.#listening = undefined
      throw error
    })
    return this.#listening
  }

  /** To be called when the last peer has gone. */
  release(): void {
    this.#isReleased = true
    void this.#close()
  }

  push(encoded: EncodedPacket, origin: string): void {
    for (const peer of this.peers) if (peer.sid !== origin) peer.push(encoded)
  }

  async #subscribe(listenings: readonly Listening[]): Promise<void> {
    const results = await Promise.allSettled(
      listenings.map(([channel, listener]) =>
        this.#bus.subscribe(channel, ({ packet, origin, push, conversation }) =>
          listener({ encoded: new EncodedPacket(packet, push), origin, conversation }),
        ),
      ),
    )
    this.#subscriptions = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined || this.#isReleased) await this.#close()
    if (failed !== undefined) throw failed.reason
  }

  async #close(): Promise<void> {
    await Promise.all(this.#subscriptions.splice(0).map((subscription) => subscription.close()))
  }
}
