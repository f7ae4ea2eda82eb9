/** Answers are bounded in bytes, and the text of their rows is made once. */
import { expect, test } from 'vitest'
import { firstThatFit, jsonOf } from '../../../gateway/domain/answer-size.ts'

test.each([
  ['all of them', 10_000],
  ['some of them', 20],
])('rows whose text is made cannot be changed any more: %s', (_, bytes) => {
  const rows = firstThatFit([{ n: 1 }, { n: 2 }, { n: 3 }], bytes)
  expect(() => rows.reverse()).toThrow(TypeError)
  expect(jsonOf(rows.toReversed())).toBe(JSON.stringify(rows.toReversed()))
  expect(jsonOf(rows)).toBe(JSON.stringify(rows))
})

test('the first rows that fit are taken, and at least one', () => {
  const rows = ['aaaa', 'bbbb', 'cccc']
  expect(firstThatFit(rows, 14)).toEqual(['aaaa', 'bbbb'])
  expect(firstThatFit(rows, 1)).toEqual(['aaaa'])
  expect(firstThatFit([], 1)).toEqual([])
})
