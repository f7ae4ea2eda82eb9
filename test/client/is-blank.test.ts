import { expect, test } from 'vitest'
import { isBlank } from '../../widget/client/is-blank.ts'

test.each([
  ['', 'nothing'],
  [' \n\t\u3000', 'spaces'],
  ['\u200b\u200c\u200d\u2060\ufeff', 'zero width'],
  ['\u00ad\u034f\u061c\u200e\u200f\u202e\u2066', 'soft hyphen, joiner, marks of direction'],
  ['\u3164\u115f\u1160\uffa0\u2800', 'fillers and the empty braille cell'],
  ['\ufe0f', 'a selector alone'],
  ['\u{e0001}\u{e0067}', 'tags'],
])('%j is blank: %s', (text) => {
  expect(isBlank(text)).toBe(true)
})

test.each(['a', '.', '好', '한', '👍', '👨\u200d👩\u200d👧', '🏴\u{e0067}\u{e0062}\u{e007f}', '\u200bא', '𠀀', '⠁'])('%j is not', (text) => {
  expect(isBlank(text)).toBe(false)
})
