/**
 * A conversation goes from one agent to another. Offered, it is still the first one's, until the second accepts; not accepted in time
 * it has never left. All of it is in the document, so a line, a node or an answer may be lost at any point: whoever
 * is in doubt says the same again and gets the same answer.
 */
import type { Bus, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import type { Body, Person, Transfer } from '../../protocol/model.ts'
import { agentKey } from '../../protocol/keys.ts'
import type { PushData } from '../../protocol/pushes.ts'
import type { Caller } from '../messaging/access.ts'
import type { Conversations } from '../messaging/conversations.ts'
import type { Report } from '../facts.ts'
import type { Presence } from '../presence/presence.ts'
import { pushToSide } from '../push-to-side.ts'
import { Refusal } from '../refusal.ts'
import { offered, opened, personOf, queued, assignmentAt, settled, type AssignmentDocument } from './assignment-document.ts'
import { mustBeWritten, assignableFor, type Changed, type Found, type Assignable, type Assignments } from './assignments.ts'

/** In place of an agent: whoever has room. */
const QUEUE = 'queue'
/** A takeover that the customer may not have been told of: telling again changes nothing. */
const RECENT_MS = 120_000

type State = PushData<'transferPush'>['state']

export class Transfers {
  readonly #assignments: Assignments
  readonly #conversations: Conversations
  readonly #store: Store
  readonly #presence: Presence
  readonly #bus: Bus
  readonly #newId: () => string
  readonly #limitMs: number
  readonly #report: Report

  constructor(options: {
    assignments: Assignments
    conversations: Conversations
    store: Store
    presence: Presence
    bus: Bus
    newId: () => string
    limitMs: number
    report: Report
  }) {
    this.#assignments = options.assignments
    this.#conversations = options.conversations
    this.#store = options.store
    this.#presence = options.presence
    this.#bus = options.bus
    this.#newId = options.newId
    this.#limitMs = options.limitMs
    this.#report = options.report
  }

  async offer({ identity }: Caller, { conversation, to, note }: CommandInput<'transfer'>): Promise<CommandAnswer<'transfer'>> {
    const assignable = assignableFor(identity, { conversation })
    if (to === identity.id) throw new Refusal('bad_request', 'to is yourself')
    const from = personOf(identity)
    const colleague = to === QUEUE ? { id: QUEUE } : await this.#colleague(assignable.shop, to)
    const changed = await this.#assignments.change(assignable, (found) => {
      mustBeWritten(found)
      if (isRepeated(found, identity.id, to)) return undefined
      const { phase, agent, transfer } = assignmentAt(found.document, found.now)
      if (phase !== 'open' || agent?.id !== identity.id || transfer !== undefined) throw new Refusal('conflict')
      if (colleague === undefined) throw new Refusal('agent_unavailable')
      const { now } = found
      const next: Transfer = {
        id: this.#newId(),
        from,
        to: colleague,
        at: now,
        expiresAt: now + this.#limitMs,
        ...(note === undefined ? undefined : { note }),
      }
      const document = offered(found.document, next)
      return to === QUEUE ? queued(settled(document, true, now), found.now, identity.id) : document
    })
    if (changed.isChanged) this.#report({ fact: 'transferMade', state: to === QUEUE ? 'queued' : 'offered' })
    const { transfer } = changed.service
    if (transfer !== undefined) await this.#tell(changed, { transfer, state: 'offered' })
    return { ok: true, service: changed.service }
  }

  async settle({ identity }: Caller, input: CommandInput<'acceptTransfer'>): Promise<CommandAnswer<'acceptTransfer'>> {
    const { conversation, transfer: id, accept } = input
    const assignable = assignableFor(identity, { conversation })
    const changed = await this.#assignments.change(assignable, (found) => {
      const { document, now } = found
      const { transfer } = assignmentAt(document, now)
      if (transfer?.id !== id) {
        if (isSettled(document, { id, accept, by: identity.id })) return undefined
        throw new Refusal('conflict')
      }
      const mayAnswer = identity.id === transfer.to.id || (!accept && identity.id === transfer.from.id)
      if (!mayAnswer) throw new Refusal('forbidden')
      const over = settled(document, accept, now)
      return accept ? opened(over, personOf(identity), found.now) : over
    })
    const transfer = changed.document.settled?.transfer
    if (transfer === undefined || transfer.id !== id) return { ok: true, service: changed.service }
    if (changed.isChanged) this.#report({ fact: 'transferMade', state: accept ? 'accepted' : 'declined' })
    if (accept) await this.tellCustomer(assignable, changed.document, changed.document.settled!.at)
    await this.#tell(changed, { transfer, state: accept ? 'accepted' : 'declined' })
    return { ok: true, service: changed.service }
  }

  /** Back with who offered it, where its time is over. */
  expired({ document, now }: Found): AssignmentDocument | undefined {
    const { transfer } = document.service
    return transfer === undefined || transfer.expiresAt > now ? undefined : settled(document, false, now)
  }

  async tellExpired(changed: Changed): Promise<void> {
    const { transfer } = changed.before.service
    if (transfer === undefined) return
    this.#report({ fact: 'transferMade', state: 'expired' })
    await this.#tell(changed, { transfer, state: 'expired' })
  }

  /** Its id makes the message one however often it is told; the new agent's name becomes the shop's. */
  async tellCustomer({ conversation, shop, customer }: Assignable, { settled: last, service }: AssignmentDocument, now: number): Promise<void> {
    const agent = service.agent
    if (last === undefined || !last.isAccepted || last.transfer.to.id === QUEUE || agent?.id !== last.transfer.to.id) return
    if (now - last.at > RECENT_MS) return
    const name = nameOf(agent)
    const body: Body = Object.assign({ text: `${name} has taken over` }, { event: 'transferred', agent: name })
    const appended = await this.#store.append({
      conversation,
      id: `transfer-${last.transfer.id}`,
      from: agent.id,
      side: shop,
      name,
      kind: 'system',
      body,
      at: now,
      origin: '',
    })
    await this.#conversations.announce({ conversation, mine: shop, theirs: customer }, { ...appended, sid: '' })
  }

  async #tell({ page }: Changed, { transfer, state }: { transfer: Transfer; state: State }): Promise<void> {
    const conversation = page.messages.at(-1)?.conversation
    if (conversation === undefined) return
    const name = page.names[conversation.slice(conversation.indexOf('~') + 1)]
    const push = { conversation, transfer, state, ...(name === undefined ? undefined : { name }) }
    const shop = conversation.slice(0, conversation.indexOf('~'))
    await Promise.all(
      [transfer.from.id, transfer.to.id].map((agent) => pushToSide(this.#bus, { side: agentKey(shop, agent), origin: '' }, ['transferPush', push])),
    )
  }

  async #colleague(shop: string, id: string): Promise<Person | undefined> {
    const { present } = await this.#presence.of(shop)
    const found = present.find((agent) => agent.id === id && agent.status !== 'offline')
    return found === undefined ? undefined : personOf(found)
  }
}

const nameOf = ({ id, name }: Person): string => name ?? id

/** The same agent's offer to the same colleague stands, or was accepted, or it is back in the queue. */
function isRepeated({ document, now }: Found, from: string, to: string): boolean {
  const { phase, agent, transfer } = assignmentAt(document, now)
  if (transfer !== undefined) return transfer.from.id === from && transfer.to.id === to
  const last = document.settled
  if (last === undefined || !last.isAccepted || last.transfer.from.id !== from || last.transfer.to.id !== to) return false
  return to === QUEUE ? phase === 'waiting' : agent?.id === to
}

/** It was answered like this before. */
function isSettled({ settled: last, service }: AssignmentDocument, { id, accept, by }: { id: string; accept: boolean; by: string }): boolean {
  if (last?.transfer.id !== id || last.isAccepted !== accept) return false
  return accept ? by === last.transfer.to.id && service.agent?.id === by : by === last.transfer.to.id || by === last.transfer.from.id
}
