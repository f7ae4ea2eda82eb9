/**
 * Decides to whom a conversation is assigned, as pure functions of the document, the present agents and the time. Each returns the next document,
 * or undefined where nothing changes, or throws a Refusal. routing.ts and assignment-sweep.ts apply the decisions.
 */
import type { Identity, Person } from '../../protocol/model.ts'
import type { SidePresence } from '../presence/presence.ts'
import { Refusal } from '../refusal.ts'
import { answered, begun, closed, missed, opened, personOf, queued, settled, type AssignmentDocument } from './assignment-document.ts'
import { assignableOf, mustBeWritten, type Found } from './assignments.ts'
import { decideExpiry } from './transfer-decisions.ts'

export type Agent = SidePresence['present'][number]

/** The present agents of a shop, the number of conversations of each, and the number from which on no agent gets more. */
export interface AgentPool {
  readonly present: readonly Agent[]
  readonly loads: ReadonlyMap<string, number>
  readonly limit: number
}

export const isOnline = ({ status }: Agent): boolean => status === 'online'

/** The agents who can get one more conversation. */
export const availableOf = ({ present, loads, limit }: AgentPool): Agent[] =>
  present.filter((agent) => isOnline(agent) && (loads.get(agent.id) ?? 0) < limit)

/** The agent who had it last, else the one with the fewest; never the one who has just returned it. */
function choose({ last, avoid }: AssignmentDocument, pool: AgentPool): Agent | undefined {
  const load = ({ id }: Agent): number => pool.loads.get(id) ?? 0
  const available = availableOf(pool).filter(({ id }) => id !== avoid)
  return available.find(({ id }) => id === last?.id) ?? available.sort((a, b) => load(a) - load(b))[0]
}

/** Assigns it to an agent, or lets it wait. */
export function decideRoute({ document: found, now }: Found, pool: AgentPool): AssignmentDocument {
  const document = found.service.phase === 'closed' ? begun(found, now) : found
  const agent = choose(document, pool)
  return agent === undefined ? queued(document, now) : opened(document, personOf(agent), now)
}

/** Assigns a waiting conversation when an agent has room. */
export function decideDistribution(found: Found, pool: AgentPool): AssignmentDocument | undefined {
  if (found.document.service.phase !== 'waiting') return undefined
  const next = decideRoute(found, pool)
  return next.service.phase === 'open' ? next : undefined
}

/**
 * After a message written at `at`. With `pool` the customer wrote it, which reopens a closed conversation; else `by`, an agent, who gets an unassigned
 * one, and has answered.
 */
export function decideWritten(
  found: Found,
  { by, at, isRepeated, pool }: { by: Pick<Identity, 'id' | 'name'>; at: number; isRepeated: boolean; pool: AgentPool | undefined },
): AssignmentDocument | undefined {
  const { document, now } = found
  const { phase, since } = document.service
  const isOld = isRepeated && phase === 'closed' && since > at // written before it was closed
  if (isOld) return undefined
  if (pool === undefined && phase !== 'open') return opened(answered(document), personOf(by), now)
  if (pool === undefined) return document.asked !== undefined && document.asked <= at ? answered(document) : undefined
  return phase === 'closed' ? decideRoute(found, pool) : undefined
}

/** The shop's backend gives it to an agent, or back to the queue, whoever has it. */
export function decideAssign(found: Found, agent: Person | undefined): AssignmentDocument | undefined {
  mustBeWritten(found)
  const { document, now } = found
  const { phase, agent: holder } = document.service
  if (agent === undefined)
    return phase === 'waiting' ? undefined : queued(settled(document, false, now), now, phase === 'open' ? holder?.id : undefined)
  return phase === 'open' && holder?.id === agent.id ? undefined : opened(settled(document, false, now), agent, now)
}

/** The shop's backend opens what is closed: as if its customer had written. */
export function decideOpen(found: Found, pool: AgentPool): AssignmentDocument | undefined {
  mustBeWritten(found)
  return found.document.service.phase === 'closed' ? decideRoute(found, pool) : undefined
}

interface Caller {
  readonly by: Pick<Identity, 'id' | 'name'>
  /** Whether an agent is present. */
  readonly isThere: (id: string) => boolean
}

/** The caller gets a conversation that is unassigned or whose agent is absent. */
export function decideClaim(found: Found, { by, isThere }: Caller): AssignmentDocument | undefined {
  mustBeWritten(found)
  mayTake(found, { by, isThere })
  const { document, now } = found
  if (document.service.phase === 'open' && document.service.agent?.id === by.id) return undefined
  return opened(settled(document, false, now), personOf(by), now)
}

export function decideClose(found: Found, caller: Caller): AssignmentDocument | undefined {
  mustBeWritten(found)
  const { document, now } = found
  if (document.service.phase === 'closed') return undefined
  mayTake(found, caller)
  return closed(settled(document, false, now), now)
}

function mayTake({ document: { service } }: Found, { by, isThere }: Caller): void {
  const { phase, agent } = service
  if (phase === 'open' && agent !== undefined && agent.id !== by.id && isThere(agent.id)) throw new Refusal('conflict')
}

/** Who has got no answer for so long was missed, though nobody has closed the conversation. */
export const MISSED_MS = 86_400_000

export interface Swept {
  readonly next: AssignmentDocument | undefined
  readonly what?: 'handedOver' | 'expired' | 'missed'
}

/** Ends an expired transfer; routes a conversation again when its agent is gone while the customer waits; marks one that nobody answers. */
export function decideSweep(found: Found, { isGone, pool }: { isGone: (agent: string) => boolean; pool: AgentPool }): Swept {
  const back = decideExpiry(found)
  const document = back ?? found.document
  if (hasWaitedInVain({ ...found, document }, isGone)) {
    return { next: decideRoute({ ...found, document }, pool), what: 'handedOver' }
  }
  if (back !== undefined) return { next: back, what: 'expired' }
  const { asked = Infinity, isMissed } = document
  return isMissed === undefined && found.now - asked >= MISSED_MS ? { next: missed(document), what: 'missed' } : { next: undefined }
}

/** Its agent is absent, no transfer is pending, and the customer waits for an answer. */
function hasWaitedInVain({ document: { service }, page, now }: Found, isGone: (agent: string) => boolean): boolean {
  const { phase, agent, transfer } = service
  if (phase !== 'open' || agent === undefined || !isGone(agent.id) || (transfer !== undefined && transfer.expiresAt > now)) return false
  const last = page.messages.at(-1)
  return last !== undefined && last.side !== assignableOf(last.conversation)?.shop
}
