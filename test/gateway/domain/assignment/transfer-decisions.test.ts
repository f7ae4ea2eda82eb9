/** Transfer decisions as tables. doors/transfers.test.ts tests that nodes, sockets and stores apply them. */
import { expect, test } from 'vitest'
import type { AssignmentDocument } from '../../../../gateway/domain/assignment/assignment-document.ts'
import { decideAnswer, decideExpiry, decideOffer } from '../../../../gateway/domain/assignment/transfer-decisions.ts'
import type { Person } from '../../../../gateway/protocol/model.ts'
import { ann, bob, cid, closedOf, found, NOW, openOf, outcome, transfer, waiting } from './found.ts'

const queue: Person = { id: 'queue' }
const settled = (from: Person, to: Person, isAccepted: boolean): NonNullable<AssignmentDocument['settled']> => ({
  transfer: transfer(from, to),
  isAccepted,
  at: NOW - 1,
})
const offer = (to: Person, colleague: Person | undefined = to) => ({ id: 't2', from: ann, to: to.id, colleague, note: 'vip', limitMs: 60_000 })

// prettier-ignore
test.each<[string, AssignmentDocument, toBob: string, toQueue: string]>([
  ["one's own", openOf(ann), 'open ann → bob', 'waiting'],
  ["a colleague's", openOf(cid), 'conflict', 'conflict'],
  ['a waiting one', waiting(), 'conflict', 'conflict'],
  ['a closed one', closedOf(ann), 'conflict', 'conflict'],
  ['one offered to the same', openOf(ann, { transfer: transfer(ann, bob) }), 'unchanged', 'conflict'],
  ['one offered to another', openOf(ann, { transfer: transfer(ann, cid) }), 'conflict', 'conflict'],
  ['one whose offer is over', openOf(ann, { transfer: transfer(ann, cid, NOW) }), 'open ann → bob', 'waiting'],
  ['one that was declined', openOf(ann, { settled: settled(ann, bob, false) }), 'open ann → bob', 'waiting'],
  ['one that the colleague has accepted', openOf(bob, { settled: settled(ann, bob, true) }), 'unchanged', 'conflict'],
  ['one that another has passed to the colleague', openOf(bob, { settled: settled(cid, bob, true) }), 'conflict', 'conflict'],
  ['one that the colleague has by another way', openOf(bob, { settled: settled(ann, cid, true) }), 'conflict', 'conflict'],
  ['one that the colleague declined and has all the same', openOf(bob, { settled: settled(ann, bob, false) }), 'conflict', 'conflict'],
  ["a colleague's, offered to the same", openOf(cid, { transfer: transfer(cid, bob) }), 'conflict', 'conflict'],
  ['one that is in the queue again', waiting({ settled: settled(ann, queue, true) }), 'conflict', 'unchanged'],
  ['one that has left the queue', openOf(cid, { settled: settled(ann, queue, true) }), 'conflict', 'conflict'],
])('%s can be offered', (_, document, toBob, toQueue) => {
  expect(outcome(() => decideOffer(found(document), offer(bob)))).toBe(toBob)
  expect(outcome(() => decideOffer(found(document), offer(queue)))).toBe(toQueue)
  expect(outcome(() => decideOffer(found(document, 'nothing'), offer(bob)))).toBe('unknown_conversation')
})

test('an offer to an absent agent is refused, unless that agent has it already', () => {
  expect(outcome(() => decideOffer(found(openOf(ann)), { ...offer(bob), colleague: undefined }))).toBe('agent_unavailable')
  expect(outcome(() => decideOffer(found(openOf(cid)), { ...offer(bob), colleague: undefined }))).toBe('conflict')
  const accepted = openOf(bob, { settled: settled(ann, bob, true) })
  expect(outcome(() => decideOffer(found(accepted), { ...offer(bob), colleague: undefined }))).toBe('unchanged')
})

test('an offer has from, to, expiry and note, and changes nothing else', () => {
  const next = decideOffer(found(openOf(ann)), offer(bob))
  const expected = { id: 't2', from: ann, to: bob, at: NOW, expiresAt: NOW + 60_000, note: 'vip' }
  expect(next).toEqual({ ...openOf(ann), service: { ...openOf(ann).service, transfer: expected } })
  expect(decideOffer(found(openOf(ann)), { ...offer(bob), note: undefined })?.service.transfer).not.toHaveProperty('note')
})

test('a conversation returned to the queue is not assigned to the agent who returned it', () => {
  expect(decideOffer(found(openOf(ann)), offer(queue))).toMatchObject({
    avoid: 'ann',
    last: ann,
    settled: { isAccepted: true, transfer: { to: queue } },
  })
})

const offered = openOf(ann, { transfer: transfer(ann, bob) })
const accepted = openOf(bob, { settled: settled(ann, bob, true) })
const declined = openOf(ann, { settled: settled(ann, bob, false) })
// prettier-ignore
test.each<[string, AssignmentDocument, Person, yes: string, no: string]>([
  ['the colleague', offered, bob, 'open bob', 'open ann'],
  ['who offered it', offered, ann, 'forbidden', 'open ann'],
  ['somebody else', offered, cid, 'forbidden', 'forbidden'],
  ['the colleague, too late', openOf(ann, { transfer: transfer(ann, bob, NOW) }), bob, 'conflict', 'conflict'],
  ['the colleague, after a yes', accepted, bob, 'unchanged', 'conflict'],
  ['who offered it, after a yes', accepted, ann, 'conflict', 'conflict'],
  ['the colleague, after a no', declined, bob, 'conflict', 'unchanged'],
  ['who offered it, after a no', declined, ann, 'conflict', 'unchanged'],
  ['somebody else, after a no', declined, cid, 'conflict', 'conflict'],
  ['the colleague, after a yes and a close', closedOf(bob, { settled: settled(ann, bob, true) }), bob, 'unchanged', 'conflict'],
  ['the colleague, after somebody else has it', openOf(cid, { settled: settled(ann, bob, true) }), bob, 'conflict', 'conflict'],
  ['of another offer', openOf(ann, { transfer: { ...transfer(ann, bob), id: 't9' } }), bob, 'conflict', 'conflict'],
  ['the colleague, to an older offer', openOf(bob, { settled: { ...settled(ann, bob, true), transfer: { ...transfer(ann, bob), id: 't9' } } }), bob, 'conflict', 'conflict'],
])('the answer of %s', (_, document, by, yes, no) => {
  expect(outcome(() => decideAnswer(found(document), { id: 't1', accept: true, by }))).toBe(yes)
  expect(outcome(() => decideAnswer(found(document), { id: 't1', accept: false, by }))).toBe(no)
})

// prettier-ignore
test.each<[string, AssignmentDocument, string]>([
  ['before its time', openOf(ann, { transfer: transfer(ann, bob, NOW + 1) }), 'unchanged'],
  ['at its time', openOf(ann, { transfer: transfer(ann, bob, NOW) }), 'open ann'],
  ['where there is none', openOf(ann), 'unchanged'],
])('an offer ends by itself: %s', (_, document, then) => {
  expect(outcome(() => decideExpiry(found(document)))).toBe(then)
})
