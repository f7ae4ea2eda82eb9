/**
 * The windows of one agent at this node. What this gateway tells them comes on a channel of that agent in that shop. A backend knows
 * only the person and speaks on the person's channel, so they listen there as well: but not to what is a customer's of the same id.
 */
import type { Report } from '../domain/facts.ts'
import { ownChannel, userChannel } from '../protocol/keys.ts'
import type { Channels } from './channels.ts'
import { readSideMessage, showFocus } from './side-message.ts'
import type { EncodedPacket } from './encoded-packet.ts'
import { pushPacket, type Peer } from './peer.ts'

export class AgentWindows {
  readonly peers = new Set<Peer>()
  readonly #own: string
  readonly #person: string
  readonly #channels: Channels
  readonly #report: Report
  readonly #onOwn = (encoded: EncodedPacket, origin: string): void => this.#heard(encoded, origin)
  readonly #onPerson = (encoded: EncodedPacket, origin: string): void => this.#heardAsPerson(encoded, origin)
  #prepared: Promise<void> | undefined

  /** `key`: the agent's `agentKey`. */
  constructor(options: { key: string; id: string; channels: Channels; report: Report }) {
    this.#own = ownChannel(options.key)
    this.#person = userChannel(options.id)
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

  /** The last window has gone. */
  release(): void {
    this.#channels.leave(this.#own, this.#onOwn)
    this.#channels.leave(this.#person, this.#onPerson)
  }

  async #join(): Promise<void> {
    try {
      await Promise.all([this.#channels.join(this.#own, this.#onOwn), this.#channels.join(this.#person, this.#onPerson)])
    } catch (error) {
      this.release()
      throw error
    }
  }

  #heard(encoded: EncodedPacket, origin: string): void {
    if (encoded.isPush) return this.#push(encoded, origin)
    const notice = readSideMessage(encoded)
    if (notice.type === 'focus') showFocus(this.peers, notice)
  }

  /** A packet, an invitation, a line's own doing: all of it is the customer's. */
  #heardAsPerson(encoded: EncodedPacket, origin: string): void {
    if (origin !== '' || encoded.isPush) return
    const notice = readSideMessage(encoded)
    if (notice.type === 'notice') return this.#push(pushPacket('noticePush', notice.data), '')
    if (notice.type === 'focus') return notice.by === undefined ? showFocus(this.peers, notice) : undefined
    if (notice.type === 'unreadable') this.#report({ fact: 'publishRefused', channel: this.#person, reason: notice.reason })
  }

  #push(encoded: EncodedPacket, origin: string): void {
    for (const peer of this.peers) if (peer.sid !== origin) peer.push(encoded)
  }
}
