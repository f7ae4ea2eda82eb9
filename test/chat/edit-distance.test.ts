import { expect, test } from 'vitest'
import { editDistance } from '../../widget/chat/composer/edit-distance.ts'

test.each([
  ['', '', 0],
  ['send', 'send', 0],
  ['sendd', 'send', 1],
  ['teh', 'the', 1],
  ['tomorow', 'tomorrow', 1],
  ['recieve', 'receive', 1],
  ['cat', 'dog', 3],
  ['', 'abc', 3],
  ['ca', 'abc', 3],
  ['a'.repeat(4000), `${'a'.repeat(2000)}b${'a'.repeat(2000)}`, 1],
  ['ab'.repeat(2000), 'cd'.repeat(2000), Infinity],
])('%.12s to %.12s', (one, other, distance) => {
  expect(editDistance(one, other)).toBe(distance)
  expect(editDistance(other, one)).toBe(distance)
})
