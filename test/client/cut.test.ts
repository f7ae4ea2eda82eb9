import { expect, test } from 'vitest'
import { cut } from '../../widget/ui/cut.ts'

test.each([
  ['short enough', 'hello', 10, 'hello'],
  ['plain letters', 'hello', 3, 'hel'],
  ['before an emoji that would be halved', 'ab😀', 3, 'ab'],
  ['a whole emoji', 'ab😀c', 4, 'ab😀'],
  ['a family is one character', 'x👨‍👩‍👧‍👦y', 8, 'x'],
  ['a flag', '🇩🇪🇫🇷', 6, '🇩🇪'],
  ['a letter and its mark', 'cafe\u0301s', 4, 'caf'],
  ['Hangul in parts', '\u1112\u1161\u11ab\u1100', 2, ''],
  ['a megabyte is not walked through', 'a'.repeat(1_000_000), 5, 'aaaaa'],
])('%s', (_name, text, length, expected) => {
  expect(cut(text, length)).toBe(expected)
})

test('an engine without Intl.Segmenter splits no surrogate pair', () => {
  const { Segmenter } = Intl
  Object.assign(Intl, { Segmenter: undefined })
  try {
    expect(cut('ab😀c', 3)).toBe('ab')
    expect(cut('ab😀c', 4)).toBe('ab😀')
  } finally {
    Object.assign(Intl, { Segmenter })
  }
})
