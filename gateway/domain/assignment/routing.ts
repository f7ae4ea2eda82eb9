/**
 * Assigns conversations to agents. A customer's message to a closed or new conversation assigns it to the agent who had it last, else to the
 * online agent with the fewest open ones, in both cases only below the limit; else it waits. An agent who answers an unassigned conversation
 * becomes its assignee; one who answers a colleague's changes nothing.
 *
 * Only messages whose conversation had no assignee at the append cost anything here. The limit applies to routing, not to claims and accepted
 * transfers. Nodes that assign at the same moment may each exceed it by one.
 */
import type { Appended, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { ConversationRow, Identity, Presence as WirePresence, Assignment } from '../../protocol/model.ts'
import type { Caller } from '../messaging/access.ts'
import { firstThatFit, jsonBytes, ROWS_BYTES } from '../answer-size.ts'
import { rowOfPage } from '../messaging/conversations.ts'
import type { Report } from '../facts.ts'
import type { Presence } from '../presence/presence.ts'
import { Refusal } from '../refusal.ts'
import { documentOf, personOf, UNANSWERED, UNSERVED } from './assignment-document.ts'
import { assignableFor, assignableOf, type Assignable, type Assignments } from './assignments.ts'
import {
  availableOf,
  decideAssign,
  decideClaim,
  decideClose,
  decideDistribution,
  decideOpen,
  decideRoute,
  decideWritten,
  isOnline,
  type Agent,
  type AgentPool,
} from './routing-decisions.ts'

/** Logs read at once for the rows of a queue. */
const ROWS_AT_ONCE = 16

const NO_LOADS: ReadonlyMap<string, number> = new Map()

export class Routing {
  readonly #assignments: Assignments
  readonly #store: Store
  readonly #presence: Presence
  readonly #now: () => number
  readonly #limit: number
  readonly #report: Report

  constructor(options: { assignments: Assignments; store: Store; presence: Presence; now: () => number; limit: number; report: Report }) {
    this.#assignments = options.assignments
    this.#store = options.store
    this.#presence = options.presence
    this.#now = options.now
    this.#limit = options.limit
    this.#report = options.report
  }

  /**
   * To be called after each append; returns undefined if there is nothing to do. May be repeated: after a duplicate it checks again, because the
   * first call may not have finished.
   */
  wrote(identity: Identity, conversation: string, appended: Appended): Promise<void> | undefined {
    const { role } = identity
    const { phase, duplicate } = appended
    const isRouted = phase === 'open' || ((phase === 'waiting' || phase === UNANSWERED) && role === 'customer')
    if ((isRouted && !duplicate) || role === 'system') return undefined
    const assignable = assignableOf(conversation)
    return assignable === undefined ? undefined : this.#route(assignable, identity, appended)
  }

  async #route(assignable: Assignable, identity: Identity, { duplicate, at }: Appended): Promise<void> {
    const { role } = identity
    const pool = role === 'customer' ? await this.pool(assignable.shop) : undefined
    const changed = await this.#assignments
      .change(assignable, (found) => decideWritten(found, { by: identity, at, isRepeated: duplicate, pool }))
      .catch(unlessRefused)
    // conflict: the message is stored, and other changes have assigned the conversation
    if (changed === undefined) return
    const { document, isChanged } = changed
    if (isChanged) this.#report({ fact: 'conversationAssigned', phase: document.service.phase, by: role === 'agent' ? 'answered' : 'routed' })
    else await this.#assignments.enter(assignable, document)
  }

  /** Assigns an unassigned conversation, or an absent agent's, to the caller. Rejects with `conflict` if a present agent has it. */
  async claim({ identity }: Caller, input: CommandInput<'claim'>): Promise<CommandAnswer<'claim'>> {
    const assignable = assignableFor(identity, input)
    const isThere = await this.#presentAgents(assignable.shop)
    const { assignment, isChanged } = await this.#assignments.change(assignable, (found) => decideClaim(found, { by: identity, isThere }))
    if (isChanged) this.#report({ fact: 'conversationAssigned', phase: 'open', by: 'claimed' })
    return { ok: true, service: assignment }
  }

  async close({ identity }: Caller, input: CommandInput<'close'>): Promise<CommandAnswer<'close'>> {
    const assignable = assignableFor(identity, input)
    // a backend closes what an agent who is there has, too
    const isThere = identity.role === 'system' ? () => false : await this.#presentAgents(assignable.shop)
    const { assignment, page, isChanged } = await this.#assignments.change(assignable, (found) => decideClose(found, { by: identity, isThere }))
    if (!isChanged) return { ok: true, service: assignment }
    this.#report({ fact: 'conversationAssigned', phase: 'closed', by: 'closed' })
    return { ok: true, service: (await this.#reopen(assignable, page.head.seq)) ?? assignment }
  }

  /**
   * For backends: gives a conversation to an agent who is there, or without one back to the queue, whoever has it. Rejects with `agent_unavailable`.
   */
  async assign({ identity }: Caller, { conversation, agent }: { conversation: string; agent: string | undefined }): Promise<Assignment> {
    const assignable = assignableFor(identity, { conversation })
    const { present } = agent === undefined ? { present: [] } : await this.#presence.of(assignable.shop)
    const found = present.find(({ id, status }) => id === agent && status !== 'offline')
    if (agent !== undefined && found === undefined) throw new Refusal('agent_unavailable')
    const { assignment, isChanged } = await this.#assignments.change(assignable, (state) => decideAssign(state, found && personOf(found)))
    if (isChanged) this.#report({ fact: 'conversationAssigned', phase: assignment.phase, by: 'backend' })
    return assignment
  }

  /** For backends: routes a closed conversation as if its customer had written. One that is not closed stays as it is. */
  async open({ identity }: Caller, { conversation }: { conversation: string }): Promise<Assignment> {
    const assignable = assignableFor(identity, { conversation })
    const pool = await this.pool(assignable.shop)
    const { assignment, isChanged } = await this.#assignments.change(assignable, (found) => decideOpen(found, pool))
    if (isChanged) this.#report({ fact: 'conversationAssigned', phase: assignment.phase, by: 'routed' })
    return assignment
  }

  /** Assigns the conversation again if the customer wrote between the read and the close: that message was not routed, for it was still open. */
  async #reopen(assignable: Assignable, seq: number): Promise<Assignment | undefined> {
    const { head, messages } = await this.#store.read(assignable.conversation, { limit: 1 })
    if (head.seq === seq || messages.at(-1)?.side !== assignable.customer) return undefined
    const pool = await this.pool(assignable.shop)
    const { assignment } = await this.#assignments.change(assignable, (found) =>
      found.document.service.phase === 'closed' ? decideRoute(found, pool) : undefined,
    )
    return assignment
  }

  /** Waiting and open conversations, those longest in their phase first. */
  async queue({ identity }: Caller, { limit = LIMITS.listCount }: CommandInput<'queue'>): Promise<CommandAnswer<'queue'>> {
    const shop = identity.side
    const entries = await this.#assignments.index.of(shop, true)
    const oldest: string[] = []
    for (const conversation of entries.oldest) if (oldest.push(conversation) >= limit) break
    const rows: ConversationRow[] = []
    let left = ROWS_BYTES
    for (let start = 0; start < oldest.length; start += ROWS_AT_ONCE) {
      for (const row of await Promise.all(oldest.slice(start, start + ROWS_AT_ONCE).map((conversation) => this.#row(shop, conversation)))) {
        if (row === undefined) continue
        left -= jsonBytes(row) + 1
        if (left < 0) return { ok: true, conversations: rows, more: true }
        rows.push(row)
      }
    }
    return { ok: true, conversations: rows, more: entries.size > limit }
  }

  /** With how many conversations each of the asker's colleagues has. */
  async withLoads({ identity: { id, side } }: Caller, presence: Readonly<Record<string, WirePresence>>): Promise<Record<string, WirePresence>> {
    const own = presence[side]
    if (own?.agents === undefined) return { ...presence }
    const { loads } = await this.#assignments.index.of(side)
    const agents = own.agents.map((agent) => ({ ...agent, load: loads.get(agent.id) ?? 0 }))
    const room = ROWS_BYTES - jsonBytes({ ...presence, [side]: { ...own, agents: [] } })
    const shown = agentsThatFit(agents, { first: id, room })
    return { ...presence, [side]: { ...own, agents: shown, ...(shown.length < agents.length ? { more: true as const } : undefined) } }
  }

  /** Assigns waiting conversations, longest first, to agents who have room. Rejects while the store is away. */
  async distribute(shop: string): Promise<void> {
    const entries = await this.#assignments.index.of(shop)
    if (entries.waiting.size === 0) return
    const { present } = await this.#presence.of(shop)
    const pool = { present, loads: entries.loads, limit: this.#limit }
    // the usual case of a long queue: no agent has room
    if (availableOf(pool).length === 0) return
    for (const conversation of entries.waiting) {
      if (availableOf(pool).length === 0) return
      const assignable = assignableOf(conversation)
      if (assignable !== undefined) await this.#assign(assignable, pool)
    }
  }

  /** The agents who are present now. `loads` keeps counting as the index changes. */
  async pool(shop: string): Promise<AgentPool> {
    const { present } = await this.#presence.of(shop)
    // without an online agent the loads do not matter
    const loads = present.some(isOnline) ? (await this.#assignments.index.of(shop)).loads : NO_LOADS
    return { present, loads, limit: this.#limit }
  }

  async #assign(assignable: Assignable, pool: AgentPool): Promise<void> {
    const { document, isChanged } = await this.#assignments.change(assignable, (found) => decideDistribution(found, pool))
    if (isChanged) this.#report({ fact: 'conversationAssigned', phase: 'open', by: 'routed' })
    else await this.#assignments.enter(assignable, document)
  }

  async #presentAgents(shop: string): Promise<(id: string) => boolean> {
    const { present } = await this.#presence.of(shop)
    return (id) => present.some((agent) => agent.id === id && agent.status !== 'offline')
  }

  async #row(shop: string, conversation: string): Promise<ConversationRow | undefined> {
    const page = await this.#store.read(conversation, { limit: 1 })
    const document = documentOf(page.assignment) ?? UNSERVED
    const row = rowOfPage(shop, { conversation, page, now: this.#now() })
    if (document.service.phase !== 'closed') return row
    const assignable = assignableOf(conversation)
    if (assignable !== undefined) await this.#assignments.enter(assignable, document)
    return undefined
  }
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof Refusal)) throw error
}

/** As many agents as fit: the agent `first` and those online before others; in the order given. */
function agentsThatFit<T extends Agent>(agents: readonly T[], { first, room }: { first: string; room: number }): T[] {
  if (jsonBytes(agents) <= room) return [...agents]
  const rank = (agent: T): number => (agent.id === first ? 0 : isOnline(agent) ? 1 : 2)
  const shown = new Set(
    firstThatFit(
      [...agents].sort((a, b) => rank(a) - rank(b)),
      room,
    ),
  )
  return agents.filter((agent) => shown.has(agent))
}
