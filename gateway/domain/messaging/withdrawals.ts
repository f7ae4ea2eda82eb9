/**
 * Takes back what somebody has written, within `limits.withdrawMs`: a tombstone stands in the message's place, with its number, link and id, so
 * that the log stays a log. Everybody who follows the conversation is told, and so are backends on the persons' own channels.
 *
 * Every step may be repeated: who got no answer withdraws again, and what the first time did not reach is done then.
 */
import type { Bus, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { backendChannel } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/model.ts'
import { encodePacket } from '../../protocol/packet.ts'
import { spenderOf, type Allowances } from '../allowances.ts'
import type { Report } from '../facts.ts'
import { Refusal } from '../refusal.ts'
import { access, type Caller, type SideView } from './access.ts'
import { imagesIn, type Images } from './images.ts'
import { ownWords, type Quotes } from './quotes.ts'
import { isWithdrawn, withdrawnOf } from './tombstone.ts'

/** JSON on both sides' channels for backends; windows learn it by `withdrawPush`. */
export interface WithdrawnNotice {
  readonly type: 'withdrawn'
  readonly conversation: string
  readonly seq: number
  readonly id: string
  readonly at: number
}

export interface WithdrawalsOptions {
  readonly store: Store
  readonly bus: Bus
  readonly images: Pick<Images, 'withdrawn'>
  readonly quotes: Pick<Quotes, 'forget'>
  readonly allowances: Allowances
  readonly now: () => number
  readonly report: Report
}

export class Withdrawals {
  readonly #options: WithdrawalsOptions

  constructor(options: WithdrawalsOptions) {
    this.#options = options
  }

  async withdraw(caller: Caller, input: CommandInput<'withdraw'>): Promise<CommandAnswer<'withdraw'>> {
    const view = access(caller.identity, input)
    this.#options.allowances.take('withdraw', spenderOf(caller))
    const found = await this.#find(caller, view, input)
    const { store, images, quotes, now, report } = this.#options
    const message = withdrawnOf(found)
    if (!isWithdrawn(found)) {
      const ageMs = now() - found.at
      if (ageMs > LIMITS.withdrawMs) throw new Refusal('too_late', `limits.withdrawMs is ${LIMITS.withdrawMs}`)
      // before its address is gone with the body; a picture of which a quote tells is another message's
      await images.withdrawn(imagesIn(JSON.stringify(ownWords(found))))
      // the store trimmed or lost its log meanwhile
      if (!(await store.replace(message))) throw new Refusal('conflict')
      report({ fact: 'messageWithdrawn', role: caller.identity.role, by: caller.identity.id, conversation: view.conversation, seq: found.seq, ageMs })
    }
    await this.#tell(caller, view, [message, ...(await quotes.forget(message))])
    return { ok: true, message }
  }

  /** The caller's own message with this number and id. */
  async #find({ identity }: Caller, { conversation, mine }: SideView, { seq, id }: CommandInput<'withdraw'>): Promise<Message> {
    const page = await this.#options.store.read(conversation, { after: Math.max(0, seq - 1), limit: 1 })
    const found = page.messages[0]
    if (found === undefined || found.seq !== seq || found.id !== id) throw new Refusal('conflict', 'there is no such message')
    if (found.side !== mine || found.from !== identity.id || found.kind === 'system') throw new Refusal('forbidden', 'it is not yours')
    return found
  }

  async #tell({ sid }: Caller, { conversation, mine, theirs }: SideView, changed: readonly Message[]): Promise<void> {
    const { bus, now } = this.#options
    const { seq, id } = changed[0]!
    // not to the session that withdrew it, which has the answer; of quotes it has none
    for (const [i, message] of changed.entries())
      await bus.publishIn(conversation, i === 0 ? sid : '', encodePacket({ type: 'event', name: 'withdrawPush', args: [message] }))
    const notice: WithdrawnNotice = { type: 'withdrawn', conversation, seq, id, at: now() }
    await Promise.all([mine, theirs].map((side) => bus.publish(backendChannel(side), '', JSON.stringify(notice))))
  }
}
