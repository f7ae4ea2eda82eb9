/** Routing decisions as tables. doors/routing.test.ts tests that nodes, sockets and stores apply them. */
import { describe, expect, test } from 'vitest'
import type { AssignmentDocument } from '../../../../gateway/domain/assignment/assignment-document.ts'
import {
  decideClaim,
  decideClose,
  decideDistribution,
  decideRoute,
  decideSweep,
  decideWritten,
  MISSED_MS,
  type AgentPool,
} from '../../../../gateway/domain/assignment/routing-decisions.ts'
import type { Block } from '../../../../gateway/protocol/model.ts'
import { ann, bob, cid, closedOf, found, fresh, NOW, openOf, outcome, transfer, waiting } from './found.ts'

/** `ann:2 bob:0/busy`: present agents with their numbers of conversations, online unless another status is given. The limit is two. */
function pool(text: string): AgentPool {
  const all = text.split(' ').filter((one) => one !== '')
  const parts = all.map((one) => /^(\w+):(\d+)(?:\/(\w+))?$/.exec(one)!)
  return {
    present: parts.map(([, id, , status]) => ({ id: id!, status: (status ?? 'online') as AgentPool['present'][number]['status'] })),
    loads: new Map(parts.map(([, id, load]) => [id!, Number(load)])),
    limit: 2,
  }
}

// prettier-ignore
test.each<[string, AssignmentDocument, string, string]>([
  ['nobody is there', fresh, '', 'waiting'],
  ['one has room', fresh, 'bob:1', 'open bob'],
  ['the one with the fewest gets it', fresh, 'ann:1 bob:0', 'open bob'],
  ['of two with as many the first', fresh, 'ann:1 bob:1', 'open ann'],
  ['its last agent gets it again, whatever their number', closedOf(ann), 'ann:1 bob:0', 'open ann'],
  ['but not beyond the limit', closedOf(ann), 'ann:2 bob:1', 'open bob'],
  ['nobody has room', closedOf(ann), 'ann:2 bob:2', 'waiting'],
  ['who is busy or away is given nothing', closedOf(ann), 'ann:0/busy bob:0/away', 'waiting'],
  ['nor who has set offline', fresh, 'ann:0/offline bob:1', 'open bob'],
  ['the agent who returned it does not get it again', waiting({ last: ann, avoid: 'ann' }), 'ann:0 bob:1', 'open bob'],
  ['not even where nobody else is there', waiting({ last: ann, avoid: 'ann' }), 'ann:0', 'waiting'],
])('a new one: %s', (_, document, there, then) => {
  expect(outcome(() => decideRoute(found(document), pool(there)))).toBe(then)
})

test('an assignment names its agent, and a block stays when it changes', () => {
  const blocked: Block = { by: bob, reason: 'spam', at: 1 }
  const { present, ...rest } = pool('ann:0')
  const next = decideRoute(found(closedOf(bob, { blocked, avoid: 'bob' })), { ...rest, present: [{ ...present[0]!, name: 'Ann' }] })
  expect(next).toEqual({ asked: NOW, last: ann, service: { phase: 'open', agent: ann, since: NOW, blocked } })
})

// prettier-ignore
test.each<[string, AssignmentDocument, string, string]>([
  ['one that waits goes to who has room', waiting(), 'ann:1', 'open ann'],
  ['or goes on waiting, untouched', waiting(), 'ann:2', 'unchanged'],
  ['one that is open stays', openOf(bob), 'ann:0', 'unchanged'],
  ['one that is closed stays', closedOf(bob), 'ann:0', 'unchanged'],
])('when there is room again: %s', (_, document, there, then) => {
  expect(outcome(() => decideDistribution(found(document), pool(there)))).toBe(then)
})

// prettier-ignore
describe.each<[string, AssignmentDocument, byCustomer: string, again: string, byAgent: string]>([
  ['a new one', fresh, 'open bob', 'open bob', 'open ann'],
  ['a closed one', closedOf(bob), 'open bob', 'open bob', 'open ann'],
  ['one closed after the message', { service: { phase: 'closed', since: NOW } }, 'open bob', 'unchanged', 'open ann'],
  ['one that waits', waiting(), 'unchanged', 'unchanged', 'open ann'],
  ["a colleague's", openOf(bob), 'unchanged', 'unchanged', 'unchanged'],
  ["one's own", openOf(ann), 'unchanged', 'unchanged', 'unchanged'],
])('after a message in %s', (_, document, byCustomer, again, byAgent) => {
  const written = (by: string, isRepeated: boolean, there?: AgentPool): string =>
    outcome(() => decideWritten(found(document), { by: { ...(by === 'ann' ? ann : { id: by }) }, at: NOW - 1, isRepeated, pool: there }))
  test('by the customer', () => expect(written('c1', false, pool('bob:0'))).toBe(byCustomer))
  test('by the customer, sent again', () => expect(written('c1', true, pool('bob:0'))).toBe(again))
  test('by an agent', () => expect(written('ann', false)).toBe(byAgent))
})

// prettier-ignore
test.each<[string, AssignmentDocument, there: string[], claim: string, close: string]>([
  ['a waiting one', waiting(), [], 'open ann', 'closed'],
  ['a closed one', closedOf(bob), ['bob'], 'open ann', 'unchanged'],
  ["one's own", openOf(ann), ['ann', 'bob'], 'unchanged', 'closed ann'],
  ["a present colleague's", openOf(bob), ['bob'], 'conflict', 'conflict'],
  ["an absent colleague's", openOf(bob), ['cid'], 'open ann', 'closed bob'],
  ["an absent colleague's that is offered", openOf(bob, { transfer: transfer(bob, cid) }), ['cid'], 'open ann', 'closed bob'],
])('%s can be claimed and closed', (_, document, there, claim, close) => {
  const caller = { by: ann, isThere: (id: string) => there.includes(id) }
  expect(outcome(() => decideClaim(found(document), caller))).toBe(claim)
  expect(outcome(() => decideClose(found(document), caller))).toBe(close)
  expect(outcome(() => decideClaim(found(document, 'nothing'), caller))).toBe('unknown_conversation')
  expect(outcome(() => decideClose(found(document, 'nothing'), caller))).toBe('unknown_conversation')
})

test('a claim ends a pending transfer as declined', () => {
  const next = decideClaim(found(openOf(bob, { transfer: transfer(bob, cid) })), { by: ann, isThere: () => false })
  expect(next?.settled).toEqual({ transfer: transfer(bob, cid), isAccepted: false, at: NOW })
})

const over = transfer(bob, cid, NOW)
// prettier-ignore
test.each<[string, AssignmentDocument, 'customer' | 'shop', gone: string[], there: string, then: string, what: string | undefined]>([
  ['its agent is there', openOf(bob), 'customer', [], 'ann:0', 'unchanged', undefined],
  ['its agent is gone, and the customer waits', openOf(bob), 'customer', ['bob'], 'ann:0', 'open ann', 'handedOver'],
  ['the same, and nobody has room', openOf(bob), 'customer', ['bob'], 'ann:2', 'waiting', 'handedOver'],
  ['its agent is gone, but has answered', openOf(bob), 'shop', ['bob'], 'ann:0', 'unchanged', undefined],
  ['somebody else is gone', openOf(bob), 'customer', ['cid'], 'ann:0', 'unchanged', undefined],
  ['it waits', waiting(), 'customer', ['bob'], 'ann:0', 'unchanged', undefined],
  ['it is closed', closedOf(bob), 'customer', ['bob'], 'ann:0', 'unchanged', undefined],
  ['it is offered', openOf(bob, { transfer: transfer(bob, cid) }), 'customer', [], 'ann:0', 'unchanged', undefined],
  ['it is offered by an agent who is gone', openOf(bob, { transfer: transfer(bob, cid) }), 'customer', ['bob'], 'ann:0', 'unchanged', undefined],
  ['its offer is over', openOf(bob, { transfer: over }), 'customer', [], 'ann:0', 'open bob', 'expired'],
  ['its offer has expired, and the agent who made it is gone', openOf(bob, { transfer: over }), 'customer', ['bob'], 'ann:0', 'open ann', 'handedOver'],
  ['its offer has expired, and the agent who made it is gone, but has answered', openOf(bob, { transfer: over }), 'shop', ['bob'], 'ann:0', 'open bob', 'expired'],
])('the sweep: %s', (_, document, lastOf, gone, there, then, what) => {
  const swept = decideSweep(found(document, lastOf), { isGone: (agent) => gone.includes(agent), pool: pool(there) })
  expect([outcome(() => swept.next), swept.what]).toEqual([then, what])
})

test('an offer that has expired before the sweep is not accepted', () => {
  const { next } = decideSweep(found(openOf(bob, { transfer: over })), { isGone: () => true, pool: pool('ann:0') })
  expect(next?.settled).toEqual({ transfer: over, isAccepted: false, at: NOW })
})

test.each<[string, AssignmentDocument, boolean]>([
  ['has waited for a day', waiting({ asked: NOW - MISSED_MS }), true],
  ['has an agent who has said nothing for a day', openOf(ann, { asked: NOW - MISSED_MS }), true],
  ['has waited for less', waiting({ asked: NOW - MISSED_MS + 1 }), false],
  ['was answered', openOf(ann), false],
  ['is marked already', waiting({ asked: NOW - MISSED_MS, isMissed: true }), false],
])('the sweep marks as missed who %s: %#', (_, document, isMarked) => {
  const { next, what } = decideSweep(found(document), { isGone: () => false, pool: pool('') })
  expect([next, what]).toEqual(isMarked ? [{ ...document, isMissed: true }, 'missed'] : [undefined, undefined])
})

describe('the first answer', () => {
  const nobody = pool('')
  const wrote = (document: AssignmentDocument, at: number, by: 'customer' | 'agent') =>
    decideWritten(found(document), { by: by === 'agent' ? ann : { id: 'c1' }, at, isRepeated: false, pool: by === 'agent' ? undefined : nobody })

  test('is due from the customer’s first message on, whoever gets the conversation meanwhile', () => {
    const begun = wrote(closedOf(ann), NOW, 'customer')!
    expect(begun).toMatchObject({ asked: NOW, service: { phase: 'waiting' } })
    expect(decideDistribution(found(begun), pool('ann:0'))).toMatchObject({ asked: NOW, service: { phase: 'open' } })
  })

  test('is an agent’s first message after it, and no other', () => {
    const open = openOf(ann, { asked: 500 })
    expect(wrote(open, 400, 'agent')).toBeUndefined() // a repeated send of what was written before
    expect(wrote(open, 500, 'customer')).toBeUndefined()
    const answered = wrote(open, 501, 'agent')!
    expect(answered).toEqual(openOf(ann))
    expect(wrote(answered, 502, 'agent')).toBeUndefined()
    expect(wrote(waiting({ asked: 500 }), 501, 'agent')).toEqual({ last: ann, service: { phase: 'open', agent: ann, since: NOW } })
  })

  test('that comes after a day is an answer all the same', () => {
    expect(wrote(openOf(ann, { asked: 500, isMissed: true }), 501, 'agent')).toEqual(openOf(ann))
  })

  test('that never came makes the conversation a missed one, until it begins again', () => {
    const missed = decideClose(found(openOf(ann, { asked: 500 })), { by: ann, isThere: () => true })!
    expect(missed).toEqual({ last: ann, isMissed: true, service: { phase: 'closed', agent: ann, since: NOW } })
    expect(wrote(missed, NOW, 'customer')).not.toHaveProperty('isMissed')
  })
})
