/**
 * Hands a conversation from one agent to another. While it is offered, the first agent stays the assignee, until the second accepts. An offer
 * that is not accepted in time expires and changes nothing. The whole state is in the document, so a session, a node or an answer may be lost
 * at any point: a client that is in doubt repeats its command and gets the same answer.
 */
import type { Bus, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import type { Body, Person } from '../../protocol/model.ts'
import { agentKey, QUEUE } from '../../protocol/keys.ts'
import type { PushData } from '../../protocol/pushes.ts'
import type { Caller } from '../messaging/access.ts'
import type { Report } from '../facts.ts'
import type { Presence } from '../presence/presence.ts'
import { pushToSide } from '../push-to-side.ts'
import { Refusal } from '../refusal.ts'
import { personOf, type AssignmentDocument } from './assignment-document.ts'
import { assignableFor, type Changed, type Assignable, type Assignments } from './assignments.ts'
import { decideAnswer, decideOffer, decideRequest } from './transfer-decisions.ts'

/** For this time after an accepted transfer, `tellCustomer` repeats its system message, which changes nothing if it is in the log already. */
const RECENT_MS = 120_000

export class Transfers {
  readonly #assignments: Assignments
  readonly #store: Store
  readonly #presence: Presence
  readonly #bus: Bus
  readonly #newId: () => string
  readonly #limitMs: number
  readonly #report: Report

  constructor(options: {
    assignments: Assignments
    store: Store
    presence: Presence
    bus: Bus
    newId: () => string
    limitMs: number
    report: Report
  }) {
    this.#assignments = options.assignments
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
    const colleague = to === QUEUE ? { id: QUEUE } : await this.#colleague(assignable.shop, to)
    const offer = { id: this.#newId(), from: personOf(identity), to, colleague, note, limitMs: this.#limitMs }
    const changed = await this.#assignments.change(assignable, (found) => decideOffer(found, offer))
    if (changed.isChanged) this.#report({ fact: 'transferMade', state: to === QUEUE ? 'queued' : 'offered' })
    const { transfer } = changed.assignment
    if (transfer !== undefined) await this.#tell(changed, { transfer, state: 'offered' })
    return { ok: true, service: changed.assignment }
  }

  /** Asks the agent for a conversation who has it: a transfer to the caller, which that agent has to accept. */
  async request({ identity }: Caller, { conversation }: CommandInput<'requestTransfer'>): Promise<CommandAnswer<'requestTransfer'>> {
    const assignable = assignableFor(identity, { conversation })
    const { present } = await this.#presence.of(assignable.shop)
    const isThere = (id: string): boolean => present.some((agent) => agent.id === id && agent.status !== 'offline')
    const request = { id: this.#newId(), by: personOf(identity), isThere, limitMs: this.#limitMs }
    const changed = await this.#assignments.change(assignable, (found) => decideRequest(found, request))
    if (changed.isChanged) this.#report({ fact: 'transferMade', state: 'requested' })
    const { transfer } = changed.assignment
    if (transfer !== undefined) await this.#tell(changed, { transfer, state: 'offered' })
    return { ok: true, service: changed.assignment }
  }

  async answer({ identity }: Caller, input: CommandInput<'acceptTransfer'>): Promise<CommandAnswer<'acceptTransfer'>> {
    const { conversation, transfer: id, accept } = input
    const assignable = assignableFor(identity, { conversation })
    const answer = { id, accept, by: personOf(identity) }
    const changed = await this.#assignments.change(assignable, (found) => decideAnswer(found, answer))
    const transfer = changed.document.settled?.transfer
    if (transfer === undefined || transfer.id !== id) return { ok: true, service: changed.assignment }
    if (changed.isChanged) this.#report({ fact: 'transferMade', state: accept ? 'accepted' : 'declined' })
    if (accept) await this.tellCustomer(assignable, changed.document, changed.document.settled!.at)
    const { by } = changed.document.settled!
    await this.#tell(changed, { transfer, state: accept ? 'accepted' : 'declined', ...(by && { by }) })
    return { ok: true, service: changed.assignment }
  }

  async tellExpired(changed: Changed): Promise<void> {
    const { transfer } = changed.before.service
    if (transfer === undefined) return
    this.#report({ fact: 'transferMade', state: 'expired' })
    await this.#tell(changed, { transfer, state: 'expired' })
  }

  /** Appends the system message "… has taken over". Its id makes repeats harmless. The new agent's name becomes the shop's. */
  async tellCustomer({ conversation, shop }: Assignable, { settled: last, service }: AssignmentDocument, now: number): Promise<void> {
    const agent = service.agent
    if (last === undefined || !last.isAccepted || last.transfer.to.id === QUEUE || agent?.id !== last.transfer.to.id) return
    if (now - last.at > RECENT_MS) return
    const name = nameOf(agent)
    const body: Body = Object.assign({ text: `${name} has taken over` }, { event: 'transferred', agent: name })
    await this.#store.append({
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
  }

  async #tell({ page }: Changed, settlement: Pick<PushData<'transferPush'>, 'transfer' | 'state' | 'by'>): Promise<void> {
    const { transfer } = settlement
    const conversation = page.messages.at(-1)?.conversation
    if (conversation === undefined) return
    const name = page.names[conversation.slice(conversation.indexOf('~') + 1)]
    const push = { conversation, ...settlement, ...(name === undefined ? undefined : { name }) }
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
