import { afterEach, expect, test } from 'vitest'
import { plainJson } from '../../widget/client/plain-json.ts'

/** As Prototype 1.6 patches them. */
const PATCHED = [Array, String, Number, Boolean] as const

afterEach(() => {
  for (const { prototype } of PATCHED) Reflect.deleteProperty(prototype, 'toJSON')
})

function patch(): void {
  for (const { prototype } of PATCHED) {
    Object.defineProperty(prototype, 'toJSON', { configurable: true, enumerable: true, writable: true, value: () => 'rubbish' })
  }
}

const VALUE = ['send', { text: 'hi', at: 7, isOwn: true, list: [1, 'x'] }]

test('what a page put on the prototypes does not change the JSON', () => {
  const expected = JSON.stringify(VALUE)
  patch()
  expect(JSON.stringify(VALUE)).not.toBe(expected)
  expect(plainJson(() => JSON.stringify(VALUE))).toBe(expected)
})

test('the page gets its own prototypes back, also after an error', () => {
  patch()
  const before = PATCHED.map(({ prototype }) => Object.getOwnPropertyDescriptor(prototype, 'toJSON'))
  expect(() =>
    plainJson(() => {
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(PATCHED.map(({ prototype }) => Object.getOwnPropertyDescriptor(prototype, 'toJSON'))).toEqual(before)
})
