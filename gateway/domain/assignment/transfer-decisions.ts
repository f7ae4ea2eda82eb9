/** Decides transfers, as pure functions of the document and the time, as in routing-decisions.ts. transfers.ts applies the decisions. */
import { QUEUE } from '../../protocol/keys.ts'
import type { Person, Transfer } from '../../protocol/model.ts'
import { Refusal } from '../refusal.ts'
import { assignmentAt, offered, opened, queued, settled, type AssignmentDocument } from './assignment-document.ts'
import { mustBeWritten, type Found } from './assignments.ts'

export interface Offer {
  readonly id: string
  readonly from: Person
  /** From the command: an agent's id, or `QUEUE`. */
  readonly to: string
  /** That agent; undefined if absent. */
  readonly colleague: Person | undefined
  readonly note: string | undefined
  readonly limitMs: number
}

export function decideOffer(found: Found, { id, from, to, colleague, note, limitMs }: Offer): AssignmentDocument | undefined {
  mustBeWritten(found)
  if (isRepeated(found, from.id, to)) return undefined
  const { document, now } = found
  const { phase, agent, transfer } = assignmentAt(document, now)
  if (phase !== 'open' || agent?.id !== from.id || transfer !== undefined) throw new Refusal('conflict')
  if (colleague === undefined) throw new Refusal('agent_unavailable')
  const next = { id, from, to: colleague, at: now, expiresAt: now + limitMs, ...(note === undefined ? undefined : { note }) }
  const made = offered(document, next)
  return to === QUEUE ? queued(settled(made, true, now), now, from.id) : made
}

export interface Request {
  readonly id: string
  readonly by: Person
  /** Whether an agent is present. */
  readonly isThere: (id: string) => boolean
  readonly limitMs: number
}

/** An agent asks the one for a conversation who has it. */
export function decideRequest(found: Found, { id, by, isThere, limitMs }: Request): AssignmentDocument | undefined {
  mustBeWritten(found)
  const { document, now } = found
  const { phase, agent, transfer } = assignmentAt(document, now)
  if (transfer?.isRequest && transfer.to.id === by.id) return undefined
  if (phase !== 'open' || agent === undefined || agent.id === by.id || transfer !== undefined) throw new Refusal('conflict')
  if (!isThere(agent.id)) throw new Refusal('agent_unavailable')
  return offered(document, { id, from: agent, to: by, isRequest: true, at: now, expiresAt: now + limitMs })
}

/** The one who is asked accepts or declines, or the one who asked cancels. */
export function decideAnswer(
  { document, now }: Found,
  { id, accept, by }: { readonly id: string; readonly accept: boolean; readonly by: Person },
): AssignmentDocument | undefined {
  const { transfer } = assignmentAt(document, now)
  if (transfer?.id !== id) {
    if (isSettled(document, { id, accept, by: by.id })) return undefined
    throw new Refusal('conflict')
  }
  const { asked, starter } = rolesOf(transfer)
  const mayAnswer = by.id === asked.id || (!accept && by.id === starter.id)
  if (!mayAnswer) throw new Refusal('forbidden')
  const over = settled(document, accept, now, by)
  return accept ? opened(over, transfer.isRequest ? transfer.to : by, now) : over
}

/** Ends an expired offer: the conversation stays with the agent who offered it. */
export function decideExpiry({ document, now }: Pick<Found, 'document' | 'now'>): AssignmentDocument | undefined {
  const { transfer } = document.service
  return transfer === undefined || transfer.expiresAt > now ? undefined : settled(document, false, now)
}

/** Whether the same agent's offer to the same colleague is pending or was accepted, or the conversation is back in the queue. */
function isRepeated({ document, now }: Found, from: string, to: string): boolean {
  const { phase, agent, transfer } = assignmentAt(document, now)
  if (transfer !== undefined) return !transfer.isRequest && transfer.from.id === from && transfer.to.id === to
  const last = document.settled
  if (last === undefined || !last.isAccepted || last.transfer.isRequest || last.transfer.from.id !== from || last.transfer.to.id !== to) return false
  return to === QUEUE ? phase === 'waiting' : agent?.id === to
}

/** Whether the same answer was given before. */
function isSettled({ settled: last, service }: AssignmentDocument, { id, accept, by }: { id: string; accept: boolean; by: string }): boolean {
  if (last?.transfer.id !== id || last.isAccepted !== accept) return false
  const { asked, starter } = rolesOf(last.transfer)
  return accept ? by === asked.id && service.agent?.id === last.transfer.to.id : by === asked.id || by === starter.id
}

/** Who has to answer, and who began. */
const rolesOf = ({ from, isRequest, to }: Transfer): { readonly asked: Person; readonly starter: Person } =>
  isRequest ? { asked: from, starter: to } : { asked: to, starter: from }
