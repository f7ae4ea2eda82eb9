import { expect, test } from 'vitest'
import { tidyName } from '../../../gateway/domain/untrusted-text.ts'

test.each(['Kim', 'Zoë', 'Nguyễn Thị Hồng', 'ليلى', 'שָׁלוֹם', 'น้ำฝน', '王小明', '<b>Mal</b>', '👩‍👧 Ana', '???'])('%s stays unchanged', (name) => {
  expect(tidyName(name)).toBe(name)
})

test.each([
  ['a turn of direction', '\u202egnp.elif', 'gnp.elif'],
  ['an isolate that nobody closes', 'a\u2067b', 'a b'],
  ['line breaks', 'Kim\r\nAgent\u2028of the shop', 'Kim Agent of the shop'],
  ['a tower of accents', `Za${'\u0301\u0323'.repeat(38)}`, `Za${'\u0301\u0323'.repeat(3)}`],
  ['half a letter', 'Kim\ud83d', 'Kim'],
])('%s falls away', (_what, name, left) => {
  expect(tidyName(name)).toBe(left)
})

test.each([
  ['nothing', ''],
  ['zero-width characters', '\u200b\u200d\u2060\ufeff'],
  ['white space', ' \u3000\t'],
  ['fillers', '\u3164\uffa0'],
  ['empty braille', '\u2800'],
  ['marks without a letter', '\u0301\ufe0f'],
  ['turns alone', '\u202e\u202d'],
])('%s is no name', (_what, name) => {
  expect(tidyName(name)).toBeUndefined()
})
