import { expect, test } from 'vitest'
import { urgency } from '../../widget/desk/urgency.ts'

const MINUTE_MS = 60_000

test.each([
  [2.9, undefined],
  [3, 'amber'],
  [9.9, 'amber'],
  [10, 'red'],
])('a wait of %d minutes is %s', (minutes, pressing) => {
  expect(urgency(minutes * MINUTE_MS, { waitWarnMinutes: 3, waitAlarmMinutes: 10 })).toBe(pressing)
})

test('0 turns a limit off', () => {
  expect(urgency(60 * MINUTE_MS, { waitWarnMinutes: 0, waitAlarmMinutes: 0 })).toBeUndefined()
  expect(urgency(60 * MINUTE_MS, { waitWarnMinutes: 3, waitAlarmMinutes: 0 })).toBe('amber')
})
