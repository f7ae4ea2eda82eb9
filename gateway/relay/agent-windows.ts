/**
 * The windows of one agent at this node. The gateway publishes to them on the agent's own channel, one for each shop. A backend knows only the
 * person and publishes on the person's channel, so they subscribe to that as well, and ignore what is meant for a customer of the same id.
 */
import type { Bus } from '../backbone/backbone.ts'
import type { Report } from '../domain/facts.ts'
import { ownChannel, userChannel } from '../protocol/keys.ts'
import { encodePush } from './encoded-packet.ts'
import { PeerGroup, type Published } from './peer-group.ts'
import { pushFocus, readSideMessage } from './side-message.ts'

export class AgentWindows extends PeerGroup {
  readonly #ownChannel: string
  readonly #personChannel: string
  readonly #report: Report

  /** `key`: the agent's `agentKey`. */
  constructor(options: { key: string; id: string; bus: Bus; report: Report }) {
    super(options.bus)
    this.#ownChannel = ownChannel(options.key)
    this.#personChannel = userChannel(options.id)
    this.#report = options.report
  }

  /** Resolves when everything published for this agent from now on arrives. A failed attempt may be repeated. */
  prepare(): Promise<void> {
    return this.listen([
      [this.#ownChannel, (published) => this.#onOwnPublish(published)],
      [this.#personChannel, (published) => this.#onPersonPublish(published)],
    ])
  }

  #onOwnPublish({ encoded, origin }: Published): void {
    if (encoded.push !== undefined) return this.push(encoded, origin)
    const message = readSideMessage(encoded)
    if (message.type === 'focus') pushFocus(this.peers, message)
  }

  /** Ignores what a session caused: that is for the customer of this id. */
  #onPersonPublish({ encoded, origin }: Published): void {
    if (origin !== '' || encoded.push !== undefined) return
    const message = readSideMessage(encoded)
    if (message.type === 'notice') return this.push(encodePush('noticePush', message.data), '')
    if (message.type === 'focus') return message.by === undefined ? pushFocus(this.peers, message) : undefined
    if (message.type === 'unreadable') this.#report({ fact: 'publishRefused', channel: this.#personChannel, reason: message.reason })
  }
}
