import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freeFormFault } from '../../gateway/protocol/free-form.ts'

/** Level by level, as the protocol says it. */
function faultByLevels(value: unknown, limits: { depth: number; count: number }): 'depth' | 'count' | undefined {
  let count = 0
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    const containers = level.filter((each) => typeof each === 'object' && each !== null)
    if (containers.length > 0 && depth >= limits.depth) return 'depth'
    level = containers.flatMap((each) => Object.values(each as object))
    count += level.length
    if (count > limits.count) return 'count'
  }
  return undefined
}

test('what exceeds both limits has too many parts if those above the limit of depth are too many already, else it is too deep', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat({ max: 6 }), fc.nat({ max: 30 }), (value, depth, count) => {
      expect(freeFormFault(value, { depth, count })).toBe(faultByLevels(value, { depth, count }))
    }),
    { numRuns: 2000 },
  )
})

test('data that nests deeper than a stack allows is measured', () => {
  const deep: unknown = JSON.parse('['.repeat(5000) + ']'.repeat(5000))
  expect(freeFormFault(deep, { depth: 16, count: 512 })).toBe('depth')
  expect(
    freeFormFault(
      Array.from({ length: 100_000 }, () => 1),
      { depth: 16, count: 512 },
    ),
  ).toBe('count')
})
