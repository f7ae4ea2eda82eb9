/** Whom a person's windows talk to. Names and JSON are the original's, so a backend can publish the same. */
import type { Bus } from '../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../protocol/commands.ts'
import { userChannel } from '../protocol/keys.ts'
import { access, type Caller } from './access.ts'

/** On a user channel: another window of `uid`, on the line `socketid`, now talks to `changeUserData`. */
export interface SyncChangeUser {
  readonly type: 'syncChangeUser'
  readonly uid: string
  readonly socketid: string
  readonly changeUserData: string | { readonly toid: string }
}

export class Focus {
  readonly #bus: Bus

  constructor(options: { bus: Bus }) {
    this.#bus = options.bus
  }

  async changeUser({ identity, sid }: Caller, { toid }: CommandInput<'changeUser'>): Promise<CommandAnswer<'changeUser'>> {
    access(identity, { to: toid })
    const sync: SyncChangeUser = { type: 'syncChangeUser', uid: identity.id, socketid: sid, changeUserData: toid }
    await this.#bus.publish(userChannel(identity.id), sid, JSON.stringify(sync))
    return { ok: true }
  }
}
