import type { Bus, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { encodePacket } from '../../protocol/packet.ts'
import type { PushData } from '../../protocol/pushes.ts'
import { access, type Caller } from './access.ts'
import { blockOf } from './standing-block.ts'

/** "Somebody is typing": relayed to the sessions that are open now, never stored, and dropped first when a session is slow. */
export class Typing {
  readonly #bus: Bus
  readonly #store: Store
  readonly #now: () => number

  constructor(options: { bus: Bus; store: Store; now: () => number }) {
    this.#bus = options.bus
    this.#store = options.store
    this.#now = options.now
  }

  async set({ identity, sid }: Caller, input: CommandInput<'typing'>): Promise<CommandAnswer<'typing'>> {
    const { conversation, mine } = access(identity, input)
    if (identity.role === 'customer') {
      const { assignment } = await this.#store.read(conversation, { limit: 1 })
      // nobody sees a blocked customer type
      if (blockOf({ conversation, side: mine, assignment }, this.#now()) !== undefined) return { ok: true }
    }
    const push: PushData<'typingPush'> = {
      conversation,
      from: identity.id,
      side: mine,
      on: input.on ?? true,
      ...(identity.name === undefined ? undefined : { name: identity.name }),
      ...(identity.guest && { guest: identity.guest }),
    }
    const packet = encodePacket({ type: 'event', name: 'typingPush', args: [push] })
    await this.#bus.publishIn(conversation, sid, packet)
    return { ok: true }
  }
}
