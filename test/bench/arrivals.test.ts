import { expect, test } from 'vitest'
import { addWrongs, Arrivals, isWrong, wrongOf, type Wrong } from './arrivals.ts'

const arrived = (...numbers: number[]): Arrivals => {
  const arrivals = new Arrivals()
  for (const number of numbers) arrivals.take(number)
  return arrivals
}

const NOTHING: Wrong = { lost: 0, doubled: 0, misordered: 0 }

test.each<[string, number[], Partial<Wrong>]>([
  ['all, in order', [1, 2, 3, 4, 5], {}],
  ['the last is missing', [1, 2, 3, 4], { lost: 1 }],
  ['two in the middle are missing', [1, 4, 5], { lost: 2 }],
  ['the first is missing', [2, 3, 4, 5], { lost: 1 }],
  ['nothing came', [], { lost: 5 }],
  ['one comes again at once', [1, 2, 2, 3, 4, 5], { doubled: 1 }],
  ['one comes again later', [1, 2, 3, 4, 5, 2], { doubled: 1 }],
  ['two change places', [1, 3, 2, 4, 5], { misordered: 1 }],
  ['one comes last', [1, 3, 4, 5, 2], { misordered: 1 }],
  ['a late one comes again', [1, 3, 2, 2, 4, 5], { misordered: 1, doubled: 1 }],
  ['everything at once', [2, 1, 1, 5], { lost: 2, doubled: 1, misordered: 1 }],
  ['what cannot be read', [1, 2, 3, 4, NaN, 5], { doubled: 1 }],
])('%s', (_what, numbers, wrong) => {
  expect(wrongOf(5, arrived(...numbers), arrived(1, 2, 3, 4, 5))).toEqual({ ...NOTHING, ...wrong })
})

test('a message without an answer is lost, one with two is doubled, and the order of answers does not matter', () => {
  const deliveries = arrived(1, 2, 3)
  expect(wrongOf(3, deliveries, arrived(1, 3))).toEqual({ ...NOTHING, lost: 1 })
  expect(wrongOf(3, deliveries, arrived(1, 2, 3, 3))).toEqual({ ...NOTHING, doubled: 1 })
  expect(wrongOf(3, deliveries, arrived(3, 1, 2))).toEqual(NOTHING)
})

test('what is wrong adds up, and one thing is enough', () => {
  expect(addWrongs([])).toEqual(NOTHING)
  expect(isWrong(addWrongs([NOTHING, NOTHING]))).toBe(false)
  const some = [{ lost: 1, doubled: 2, misordered: 3 }, NOTHING, { lost: 4, doubled: 0, misordered: 1 }]
  expect(addWrongs(some)).toEqual({ lost: 5, doubled: 2, misordered: 4 })
  for (const one of ['lost', 'doubled', 'misordered']) expect(isWrong({ ...NOTHING, [one]: 1 })).toBe(true)
})
