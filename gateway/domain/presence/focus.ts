/**
 * Whom a person's windows talk to. Names and JSON are the original's, so that its nodes and backends hear ours and we theirs.
 *
 * An agent may have the id of a customer and so its channel. Its own windows hear of it on the agent's channel, and on the
 * person's only nodes of the original do. JSON lets white space follow, which tells our nodes whose windows are meant.
 */
import type { Bus } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { ownChannel, participantKey, userChannel } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import { access, type Caller } from '../messaging/access.ts'
import { checkFreeForm } from '../untrusted-text.ts'
import { Refusal } from '../refusal.ts'

/** On a user's channel: another window of this person, with the session `socketid`, now talks to `uid`. */
export interface SyncChangeUser {
  readonly type: 'syncChangeUser'
  /** The new partner. */
  readonly uid: string
  readonly socketid: string
  /** What the page sent, as it sent it. */
  readonly changeUserData: unknown
}

/** Behind the JSON: a customer's window of this gateway says so, an agent's does. Behind a backend's there is neither. */
export const CUSTOMERS = ' '
export const AGENTS = '  '

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
      this.#bus.publish(userChannel(identity.id), '', json + (isAgent ? AGENTS : CUSTOMERS)),
      isAgent ? this.#bus.publish(ownChannel(participantKey(identity)), '', json) : undefined,
    ])
    return { ok: true }
  }
}
