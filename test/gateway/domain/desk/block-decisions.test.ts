/** Block decisions as tables. doors/blacklist.test.ts tests that the store refuses messages and everybody gets the push. */
import { expect, test } from 'vitest'
import { assignmentAt, type AssignmentDocument } from '../../../../gateway/domain/assignment/assignment-document.ts'
import { decideBlock, decideUnblock, mustBeBlock } from '../../../../gateway/domain/desk/block-decisions.ts'
import { withBlock, withoutBlock } from '../../../../gateway/domain/messaging/standing-block.ts'
import type { Block } from '../../../../gateway/protocol/model.ts'
import { ann, bob, closedOf, found, fresh, NOW, openOf, outcome, waiting } from '../assignment/found.ts'

const blocked = (rest: Partial<Block> = {}): Block => ({ by: ann, reason: 'spam', at: NOW, ...rest })

// prettier-ignore
test.each<[string, Block | undefined, wanted: Block, isChanged: boolean]>([
  ['nothing', undefined, blocked(), true],
  ['the same', blocked({ at: 1 }), blocked(), false],
  ['the same until then', blocked({ until: NOW + 9 }), blocked({ until: NOW + 9 }), false],
  ['one of a colleague', blocked({ by: bob }), blocked(), true],
  ['one for another reason', blocked({ reason: 'rude' }), blocked(), true],
  ['a shorter one', blocked({ until: NOW + 9 }), blocked(), true],
  ['a longer one', blocked(), blocked({ until: NOW + 9 }), true],
  ['the same, which is over', blocked({ until: NOW }), blocked({ until: NOW }), true],
])('where %s stands', (_, before, wanted, isChanged) => {
  for (const document of [fresh, waiting(), openOf(ann), closedOf(bob)]) {
    const { service } = document
    const state: AssignmentDocument = { ...document, service: { ...service, ...(before && { blocked: before }) } }
    expect(decideBlock(found(state), wanted)).toEqual(isChanged ? { ...document, service: { ...service, blocked: wanted } } : undefined)
    expect(decideUnblock(found(state))).toEqual(before === undefined ? undefined : document)
  }
})

test('a customer who has not written cannot be blocked', () => {
  expect(outcome(() => decideBlock(found(fresh, 'nothing'), blocked()))).toBe('unknown_conversation')
})

// prettier-ignore
test.each([
  ['a reason', blocked(), undefined],
  ['a reason and an end', blocked({ until: NOW + 1 }), undefined],
  ['no reason', blocked({ reason: '' }), 'reason is empty'],
  ['a reason that nobody sees', blocked({ reason: ' \u200B' }), 'reason is empty'],
  ['an end that is now', blocked({ until: NOW }), 'until is not in the future'],
  ['an end that no date knows', blocked({ until: 8_640_000_000_000_001 }), 'until is not in the future'],
])('a block has %s', (_, wanted, said) => {
  if (said === undefined) expect(() => mustBeBlock(wanted)).not.toThrow()
  else expect(() => mustBeBlock(wanted)).toThrow(said)
})

test('an expired block is not shown', () => {
  const until = (at: number) => assignmentAt(openOf(ann, { blocked: blocked({ until: at }) }), NOW).blocked
  expect([until(NOW), until(NOW + 1)]).toEqual([undefined, blocked({ until: NOW + 1 })])
})

const [c1, c2] = [
  { by: 'c1', at: 1 },
  { by: 'c2', at: 2 },
]
// prettier-ignore
test.each([
  ['nobody has', [], [c1], undefined],
  ['this one has', [{ ...c1, at: 0 }], undefined, []],
  ['the other has', [c2], [c2, c1], undefined],
  ['both have', [c1, c2], undefined, [c2]],
])('of two persons, where %s blocked', (_, blocks, blocking, unblocking) => {
  expect(withBlock(blocks, c1)).toEqual(blocking)
  expect(withoutBlock(blocks, 'c1')).toEqual(unblocking)
})
