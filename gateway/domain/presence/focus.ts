/**
 * Whom a person's windows talk to. Names and JSON are those of the original gateway, so that its nodes and backends and ours understand each
 * other.
 *
 * An agent and a customer may have the same id and then share a user channel. Our nodes tell an agent's windows over the agent's own channel;
 * the user channel is for nodes of the original. JSON allows trailing white space, which tells our nodes whose windows a message is for.
 */
import type { Bus } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { ownChannel, participantKey, userChannel } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { access, type Caller } from '../messaging/access.ts'
import { checkFreeForm } from '../untrusted-text.ts'
import { Refusal } from '../refusal.ts'

/** A message on a user's channel: the person's window with the session `socketid` now talks to `uid`. */
export interface SyncChangeUser {
  readonly type: 'syncChangeUser'
  /** The new partner. */
  readonly uid: string
  readonly socketid: string
  /** What the page sent, as it sent it. */
  readonly changeUserData: unknown
}

/** The white space after the JSON, by the role of the sender's window. A backend's message has none. */
export const CUSTOMER_MARK = ' '
export const AGENT_MARK = '  '

export class Focus {
  readonly #bus: Bus

  constructor(options: { bus: Bus }) {
    this.#bus = options.bus
  }

  async changeUser({ identity, sid }: Caller, input: CommandInput<'changeUser'>): Promise<CommandAnswer<'changeUser'>> {
    access(identity, { to: input.toid })
    checkFreeForm('changeUser', input)
    const sync: SyncChangeUser = { type: 'syncChangeUser', uid: input.toid, socketid: sid, changeUserData: input }
    const json = JSON.stringify(sync)
    if (Buffer.byteLength(json) > LIMITS.changeUserBytes) throw new Refusal('too_large', `limits.changeUserBytes is ${LIMITS.changeUserBytes}`)
    const isAgent = identity.role === 'agent'
    await Promise.all([
      this.#bus.publish(userChannel(identity.id), '', json + (isAgent ? AGENT_MARK : CUSTOMER_MARK)),
      isAgent ? this.#bus.publish(ownChannel(participantKey(identity)), '', json) : undefined,
    ])
    return { ok: true }
  }
}
