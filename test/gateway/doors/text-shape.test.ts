import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textFault } from '../../../gateway/doors/text-shape.ts'
import { freeFormFault } from '../../../gateway/protocol/free-form.ts'
import { LIMITS } from '../../../gateway/protocol/limits.ts'

const send = (body: unknown): string => `27${JSON.stringify(['send', { to: 'shop:1', id: 'm', kind: 'text', body }])}`
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

test('depth and width are measured in the text, without parsing', () => {
  expect(textFault(`27["send",{"body":{"text":"x","deep":${nested(5000)}}}]`)).toBe('depth')
  expect(textFault(`0{"token":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`)).toBe('depth')
  expect(textFault(`2["send",{"body":[${'0,'.repeat(3000)}0]}]`)).toBe('count')
  expect(textFault(`2["send",${'['.repeat(30_000)}`)).toBe('depth')
})

test('brackets and commas inside JSON strings do not count', () => {
  expect(textFault(send({ text: `${nested(100)}${',,,'.repeat(1000)}` }))).toBeUndefined()
  expect(textFault(send({ text: `\\"[[[\\\\"${'['.repeat(100)}` }))).toBeUndefined()
  expect(textFault(`2["send",{"body":"\\\\",${'['.repeat(100)}`)).toBe('depth')
  expect(textFault(`2["never closed ${'['.repeat(100)}`)).toBeUndefined()
})

test('a body at the limits passes, because the validator judges it', () => {
  const deepest = JSON.parse('{"x":'.repeat(LIMITS.bodyDepth - 1) + '{}' + '}'.repeat(LIMITS.bodyDepth - 1)) as unknown
  expect(freeFormFault(deepest, { depth: LIMITS.bodyDepth, count: LIMITS.bodyCount })).toBeUndefined()
  expect(textFault(send(deepest))).toBeUndefined()
  expect(textFault(send(Array.from({ length: LIMITS.packetCount - 10 }, () => 0)))).toBeUndefined()
})

test('no text is refused that the validator accepts', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 25 }), (value) => {
      const input = { to: 'shop:1', id: 'm', kind: 'text', body: value }
      const fault = freeFormFault(input, { depth: LIMITS.bodyDepth + 2, count: LIMITS.packetCount })
      return fault !== undefined || textFault(send(value)) === undefined
    }),
    { numRuns: 2000 },
  )
})
