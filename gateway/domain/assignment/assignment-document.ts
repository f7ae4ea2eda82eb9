/**
 * What the store keeps of a conversation's service: what agents see, and what only the domain remembers. Pure functions from one
 * document to the next; who may cause which is decided by whoever calls them.
 *
 *   waiting ──assigned, claimed, answered──▶ open ──closed──▶ closed ──somebody writes──▶ open or waiting
 *      ▲                                      │ offered to a colleague: still open and the agent's, until accepted
 *      └──── given back, agent gone ──────────┘
 *
 * A transfer or block that has ended is still in the document until the next change; `assignmentAt` does not show it.
 */
import type { StoredAssignment, NewAssignment } from '../../backbone/backbone.ts'
import type { Identity, Person, Assignment, Transfer } from '../../protocol/model.ts'

export interface AssignmentDocument {
  readonly service: Assignment
  /** Who had it last, and gets it again if there. */
  readonly last?: Person
  /** Who gave it back to the queue: it does not come to them by itself. */
  readonly avoid?: string
  /** The last transfer that is over, so that a repeated command is answered as the first time. `to.id` may be `queue`. */
  readonly settled?: { readonly transfer: Transfer; readonly isAccepted: boolean; readonly at: number }
}

export const documentOf = (kept: StoredAssignment | undefined): AssignmentDocument | undefined =>
  (kept === undefined ? undefined : (JSON.parse(kept.text) as AssignmentDocument))

/** What agents see now. */
export function assignmentAt({ service }: AssignmentDocument, now: number): Assignment {
  const { transfer, blocked, ...rest } = service
  return {
    ...rest,
    ...(transfer === undefined || transfer.expiresAt <= now ? undefined : { transfer }),
    ...(blocked === undefined || (blocked.until ?? Infinity) <= now ? undefined : { blocked }),
  }
}

/** As the store takes it; `customer` is the side that a block mutes. */
export function keptAs(
  document: AssignmentDocument, { conversation, customer, expect }: { conversation: string; customer: string; expect: string },
): NewAssignment {
  const { phase, blocked } = document.service
  const until = blocked?.until
  return {
    conversation, expect, phase, text: JSON.stringify(document),
    ...(blocked === undefined ? undefined : { muted: [until === undefined ? { side: customer } : { side: customer, until }] }),
  }
}

export const personOf = ({ id, name }: Pick<Identity, 'id' | 'name'>): Person => (name === undefined ? { id } : { id, name })

/** Of a conversation that was never served: closed since ever. */
export const UNSERVED: AssignmentDocument = { service: { phase: 'closed', since: 0 } }

export function opened(document: AssignmentDocument, agent: Person, now: number): AssignmentDocument {
  const { avoid: _, ...rest } = document
  return { ...rest, last: agent, service: { ...kept(document), phase: 'open', agent, since: now } }
}

/** `avoid`: whom it shall not come to by itself. */
export function queued(document: AssignmentDocument, now: number, avoid?: string): AssignmentDocument {
  const { avoid: _, ...rest } = document
  return { ...rest, service: { ...kept(document), phase: 'waiting', since: now }, ...(avoid === undefined ? undefined : { avoid }) }
}

export function closed(document: AssignmentDocument, now: number): AssignmentDocument {
  const { avoid: _, ...rest } = document
  const agent = document.service.agent ?? document.last
  return { ...rest, service: { ...kept(document), phase: 'closed', since: now, ...(agent === undefined ? undefined : { agent }) } }
}

export const offered = (document: AssignmentDocument, transfer: Transfer): AssignmentDocument =>
  ({ ...document, service: { ...document.service, transfer } })

/** The transfer under way is over; the conversation stays where it is. */
export function settled(document: AssignmentDocument, isAccepted: boolean, at: number): AssignmentDocument {
  const { transfer, ...service } = document.service
  return transfer === undefined ? document : { ...document, service, settled: { transfer, isAccepted, at } }
}

export function blockedBy(document: AssignmentDocument, blocked: Assignment['blocked']): AssignmentDocument {
  const { blocked: _, ...service } = document.service
  return { ...document, service: blocked === undefined ? service : { ...service, blocked } }
}

/** What stays of a service whatever its phase. */
const kept = ({ service: { blocked } }: AssignmentDocument): Pick<Assignment, 'blocked'> => (blocked === undefined ? {} : { blocked })
