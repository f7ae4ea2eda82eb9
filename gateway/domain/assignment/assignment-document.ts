/**
 * The stored document of a conversation's assignment: what agents see (`service`, the wire's name of an assignment), and what only the domain
 * needs. Pure functions make the next document from the last one; their callers check who may cause the change.
 *
 *   waiting ──assigned, claimed, answered──▶ open ──closed──▶ closed ──somebody writes──▶ open or waiting
 *      ▲                                      │ offered to a colleague: still open and the agent's, until accepted
 *      └── returned to the queue, agent gone ─┘
 *
 * A transfer or block that has ended is still in the document until the next change; `assignmentAt` does not show it.
 */
import type { StoredAssignment, NewAssignment } from '../../backbone/backbone.ts'
import type { Identity, Person, Assignment, Transfer } from '../../protocol/model.ts'
import type { PastEvent } from '../webhooks/webhook-target.ts'

export interface AssignmentDocument {
  readonly service: Assignment
  /** The agent who had it last and gets it again if available. */
  readonly last?: Person
  /** The agent who returned it to the queue: routing does not assign it to them again. */
  readonly avoid?: string
  /** The last transfer that ended, so that a repeated command gets the first answer again. `to.id` may be `queue`. */
  readonly settled?: { readonly transfer: Transfer; readonly isAccepted: boolean; readonly at: number; readonly by?: Person }
  /** When the customer began whom nobody has answered yet, in ms since the epoch. */
  readonly asked?: number
  /** It was closed although nobody had answered, or nobody answers for long. */
  readonly isMissed?: true
  /** By which the shop sorts it; none: absent. */
  readonly tags?: readonly string[]
  /** The latest steps, for webhooks; only where there are any. */
  readonly past?: readonly PastEvent[]
}

export const documentOf = (stored: StoredAssignment | undefined): AssignmentDocument | undefined =>
  stored === undefined ? undefined : (JSON.parse(stored.text) as AssignmentDocument)

/** What agents see now. */
export function assignmentAt({ service, tags }: AssignmentDocument, now: number): Assignment {
  const { transfer, blocked, ...rest } = service
  return {
    ...rest,
    ...(transfer === undefined || transfer.expiresAt <= now ? undefined : { transfer }),
    ...(blocked === undefined || (blocked.until ?? Infinity) <= now ? undefined : { blocked }),
    ...(tags === undefined ? undefined : { tags: [...tags] }),
  }
}

/** The write that stores the document; `customer` is the side that a block mutes. */
export function toStored(
  document: AssignmentDocument,
  { conversation, customer, expect }: { conversation: string; customer: string; expect: string },
): NewAssignment {
  const { blocked } = document.service
  const until = blocked?.until
  return {
    conversation,
    expect,
    phase: phaseWordOf(document),
    text: JSON.stringify(document),
    ...(blocked === undefined ? undefined : { muted: [until === undefined ? { side: customer } : { side: customer, until }] }),
  }
}

/** Of an open conversation that nobody has answered: so the first answer is noticed, and the others cost nothing. */
export const UNANSWERED = 'unanswered'

const phaseWordOf = ({ service: { phase }, asked }: AssignmentDocument): string => (phase === 'open' && asked !== undefined ? UNANSWERED : phase)

export const personOf = ({ id, name }: Pick<Identity, 'id' | 'name'>): Person => (name === undefined ? { id } : { id, name })

/** The document of a conversation that was never assigned: closed since the epoch. */
export const UNSERVED: AssignmentDocument = { service: { phase: 'closed', since: 0 } }

export function opened(document: AssignmentDocument, agent: Person, now: number): AssignmentDocument {
  const { avoid: _, ...rest } = document
  return { ...rest, last: agent, service: { ...blockedOf(document), phase: 'open', agent, since: now } }
}

/** `avoid`: the agent to whom routing must not assign it. */
export function queued(document: AssignmentDocument, now: number, avoid?: string): AssignmentDocument {
  const { avoid: _, ...rest } = document
  return { ...rest, service: { ...blockedOf(document), phase: 'waiting', since: now }, ...(avoid === undefined ? undefined : { avoid }) }
}

export function closed(document: AssignmentDocument, now: number): AssignmentDocument {
  const { avoid: _, asked, ...rest } = document
  const agent = document.service.agent ?? document.last
  const service: Assignment = { ...blockedOf(document), phase: 'closed', since: now, ...(agent === undefined ? undefined : { agent }) }
  return { ...rest, service, ...(asked === undefined ? undefined : { isMissed: true }) }
}

/** Its messages are in another conversation now, which takes over whether the customer waits for an answer. */
export function leftFor(document: AssignmentDocument, now: number): AssignmentDocument {
  const { asked } = document
  const { isMissed: _, ...rest } = closed(document, now)
  return asked === undefined ? rest : { ...rest, asked }
}

/** The customer has begun and waits for an answer. */
export function begun(document: AssignmentDocument, now: number): AssignmentDocument {
  const { isMissed: _, ...rest } = document
  return { ...rest, asked: now }
}

export function answered(document: AssignmentDocument): AssignmentDocument {
  const { asked: _, isMissed: __, ...rest } = document
  return rest
}

export const missed = (document: AssignmentDocument): AssignmentDocument => ({ ...document, isMissed: true })

export const offered = (document: AssignmentDocument, transfer: Transfer): AssignmentDocument => ({
  ...document,
  service: { ...document.service, transfer },
})

/** Ends the pending transfer; the assignee stays. `by`: who accepted, declined or cancelled it. */
export function settled(document: AssignmentDocument, isAccepted: boolean, at: number, by?: Person): AssignmentDocument {
  const { transfer, ...service } = document.service
  if (transfer === undefined) return document
  return { ...document, service, settled: { transfer, isAccepted, at, ...(by === undefined ? undefined : { by }) } }
}

export function blockedBy(document: AssignmentDocument, blocked: Assignment['blocked']): AssignmentDocument {
  const { blocked: _, ...service } = document.service
  return { ...document, service: blocked === undefined ? service : { ...service, blocked } }
}

/** A block outlasts every change of phase. */
const blockedOf = ({ service: { blocked } }: AssignmentDocument): Pick<Assignment, 'blocked'> => (blocked === undefined ? {} : { blocked })
