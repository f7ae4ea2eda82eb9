import type { Bus } from '../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../protocol/commands.ts'
import { conversationChannel } from '../protocol/keys.ts'
import { encodePacket } from '../protocol/packet.ts'
import type { PushData } from '../protocol/pushes.ts'
import { access, type Caller } from './access.ts'
import type { Blacklist } from './blacklist.ts'

/** "Somebody is typing": relayed to whoever is there now, never stored, the first thing to drop when a line is slow. */
export class Typing {
  readonly #bus: Bus
  readonly #blacklist: Blacklist

  constructor(options: { bus: Bus; blacklist: Blacklist }) {
    this.#bus = options.bus
    this.#blacklist = options.blacklist
  }

  async set({ identity, sid }: Caller, input: CommandInput<'typing'>): Promise<CommandAnswer<'typing'>> {
    const { conversation, mine } = access(identity, input)
    if (identity.role === 'customer' && this.#blacklist.wasRefused(conversation)) return { ok: true }
    const push: PushData<'typingPush'> = {
      conversation, from: identity.id, side: mine, on: input.on ?? true,
      ...(identity.name === undefined ? undefined : { name: identity.name }), ...(identity.guest && { guest: identity.guest }),
    }
    const packet = encodePacket({ type: 'event', name: 'typingPush', args: [push] })
    await this.#bus.publish(conversationChannel(conversation), sid, packet)
    return { ok: true }
  }
}
