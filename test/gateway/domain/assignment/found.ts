/** Documents and pages for tests of assignment decisions, without a store, a clock or a socket. */
import type { Page } from '../../../../gateway/backbone/backbone.ts'
import type { AssignmentDocument } from '../../../../gateway/domain/assignment/assignment-document.ts'
import type { Found } from '../../../../gateway/domain/assignment/assignments.ts'
import { Refusal } from '../../../../gateway/domain/refusal.ts'
import type { Assignment, Message, Person, Transfer } from '../../../../gateway/protocol/model.ts'

export const NOW = 1_000_000
export const ann: Person = { id: 'ann', name: 'Ann' }
export const bob: Person = { id: 'bob' }
export const cid: Person = { id: 'cid' }

const CONVERSATION = 'shop:1~c1'

/** A conversation whose last message is from `lastOf`; `nothing`: nobody has written. */
export function found(document: AssignmentDocument, lastOf: 'customer' | 'shop' | 'nothing' = 'customer'): Found {
  const message = { conversation: CONVERSATION, side: lastOf === 'shop' ? 'shop:1' : 'c1' } as Message
  const page: Page = {
    messages: lastOf === 'nothing' ? [] : [message],
    head: { epoch: 'e', seq: lastOf === 'nothing' ? 0 : 5 },
    cursors: {},
    names: {},
  }
  return { document, page, now: NOW }
}

type Rest = Partial<Omit<AssignmentDocument, 'service'>> & Pick<Partial<Assignment>, 'blocked' | 'transfer'>

export const fresh: AssignmentDocument = { service: { phase: 'closed', since: 0 } }
export const waiting = (rest: Rest = {}): AssignmentDocument => made({ phase: 'waiting', since: 1 }, rest)
export const openOf = (agent: Person, rest: Rest = {}): AssignmentDocument => made({ phase: 'open', agent, since: 1 }, { last: agent, ...rest })
export const closedOf = (agent: Person, rest: Rest = {}): AssignmentDocument => made({ phase: 'closed', agent, since: 1 }, { last: agent, ...rest })

function made(service: Assignment, { blocked, transfer, ...rest }: Rest): AssignmentDocument {
  return { ...rest, service: { ...service, ...(blocked && { blocked }), ...(transfer && { transfer }) } }
}

export const transfer = (from: Person, to: Person, expiresAt = NOW + 1000): Transfer => ({ id: 't1', from, to, at: NOW - 1000, expiresAt })

/** A document in a few words, so that a test case fits on one line: `open ann`, `waiting`, `open ann → bob` (offered), `unchanged`, or the code of a refusal. */
export function outcome(decide: () => AssignmentDocument | undefined): string {
  try {
    const next = decide()
    if (next === undefined) return 'unchanged'
    const { phase, agent, transfer: offer } = next.service
    return [phase, ...(agent ? [agent.id] : []), ...(offer ? [`→ ${offer.to.id}`] : [])].join(' ')
  } catch (error) {
    if (error instanceof Refusal) return error.wire.code
    throw error
  }
}
