import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textFault } from '../../../gateway/doors/text-shape.ts'
import { freeFormFault } from '../../../gateway/protocol/free-form.ts'
import { LIMITS } from '../../../gateway/protocol/limits.ts'

const send = (body: unknown): string => `27${JSON.stringify(['send', { to: 'shop:1', id: 'm', kind: 'text', body }])}`
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

test('depth and width are told from the text alone', () => {
  expect(textFault(`27["send",{"body":{"text":"x","deep":${nested(5000)}}}]`)).toBe('depth')
  expect(textFault(`0{"token":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`)).toBe('depth')
  expect(textFault(`2["send",{"body":[${'0,'.repeat(3000)}0]}]`)).toBe('count')
  expect(textFault(`2["send",${'['.repeat(30_000)}`)).toBe('depth')
})

test('what stands in a text is text', () => {
  expect(textFault(send({ text: `${nested(100)}${',,,'.repeat(1000)}` }))).toBeUndefined()
  expect(textFault(send({ text: `\\"[[[\\\\"${'['.repeat(100)}` }))).toBeUndefined()
  expect(textFault(`2["send",{"body":"\\\\",${'['.repeat(100)}`)).toBe('depth')
  expect(textFault(`2["never closed ${'['.repeat(100)}`)).toBeUndefined()
})

test("a body at the very limits passes, for that is the validator's to judge", () => {
  const deepest = JSON.parse('{"x":'.repeat(LIMITS.bodyDepth - 1) + '{}' + '}'.repeat(LIMITS.bodyDepth - 1)) as unknown
  expect(freeFormFault(deepest, { depth: LIMITS.bodyDepth, count: LIMITS.bodyCount })).toBeUndefined()
  expect(textFault(send(deepest))).toBeUndefined()
  expect(textFault(send(Array.from({ length: LIMITS.packetCount - 10 }, () => 0)))).toBeUndefined()
})

test('it never refuses what the validator takes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 25 }), (value) => {
      const input = { to: 'shop:1', id: 'm', kind: 'text', body: value }
      const fault = freeFormFault(input, { depth: LIMITS.bodyDepth + 2, count: LIMITS.packetCount })
      return fault !== undefined || textFault(send(value)) === undefined
    }),
    { numRuns: 2000 },
  )
})
