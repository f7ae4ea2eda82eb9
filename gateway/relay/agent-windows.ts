/**
 * The windows of one agent at this node. The gateway publishes to them on the agent's own channel, one for each shop. A backend knows only the
 * person and publishes on the person's channel, so they subscribe to that as well, and ignore what is meant for a customer of the same id.
 */
import type { Report } from '../domain/facts.ts'
import { ownChannel, userChannel } from '../protocol/keys.ts'
import type { Channels, Published } from './channels.ts'
import { encodePush, type EncodedPacket } from './encoded-packet.ts'
import type { Peer } from './peer.ts'
import { pushFocus, readSideMessage } from './side-message.ts'

export class AgentWindows {
  readonly peers = new Set<Peer>()
  readonly #ownChannel: string
  readonly #personChannel: string
  readonly #channels: Channels
  readonly #report: Report
  readonly #onOwn = (published: Published): void => this.#onOwnPublish(published)
  readonly #onPerson = (published: Published): void => this.#onPersonPublish(published)
  #prepared: Promise<void> | undefined

  /** `key`: the agent's `agentKey`. */
  constructor(options: { key: string; id: string; channels: Channels; report: Report }) {
    this.#ownChannel = ownChannel(options.key)
    this.#personChannel = userChannel(options.id)
    this.#channels = options.channels
    this.#report = options.report
  }

  /** Resolves when everything published for this agent from now on arrives. A failed attempt may be repeated. */
  prepare(): Promise<void> {
    this.#prepared ??= this.#join().catch((error: unknown) => {
      this.#prepared = undefined
      throw error
    })
    return this.#prepared
  }

  /** To be called when the last window has gone. */
  release(): void {
    this.#channels.leave(this.#ownChannel, this.#onOwn)
    this.#channels.leave(this.#personChannel, this.#onPerson)
  }

  async #join(): Promise<void> {
    try {
      await Promise.all([this.#channels.join(this.#ownChannel, this.#onOwn), this.#channels.join(this.#personChannel, this.#onPerson)])
    } catch (error) {
      this.release()
      throw error
    }
  }

  #onOwnPublish({ encoded, origin }: Published): void {
    if (encoded.push !== undefined) return this.#push(encoded, origin)
    const message = readSideMessage(encoded)
    if (message.type === 'focus') pushFocus(this.peers, message)
  }

  /** Ignores what a session caused: that is for the customer of this id. */
  #onPersonPublish({ encoded, origin }: Published): void {
    if (origin !== '' || encoded.push !== undefined) return
    const message = readSideMessage(encoded)
    if (message.type === 'notice') return this.#push(encodePush('noticePush', message.data), '')
    if (message.type === 'focus') return message.by === undefined ? pushFocus(this.peers, message) : undefined
    if (message.type === 'unreadable') this.#report({ fact: 'publishRefused', channel: this.#personChannel, reason: message.reason })
  }

  #push(encoded: EncodedPacket, origin: string): void {
    for (const peer of this.peers) if (peer.sid !== origin) peer.push(encoded)
  }
}
