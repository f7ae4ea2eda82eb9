import { expect, test } from 'vitest'
import { isTimeZone, openingSpans } from '../../gateway/protocol/opening-hours.ts'

const at = (text: string): number => Date.parse(text)
/** As a list of ISO texts without seconds. */
function spans(timeZone: string, open: readonly string[], now: string): string[] {
  const found = openingSpans({ timeZone, open }, at(now)) ?? []
  return found.map((span) => span.map((each) => new Date(each).toISOString().slice(0, 16)).join(' '))
}

test('a week of spans begins with the one that is going on', () => {
  // a Wednesday
  const found = spans('UTC', ['Mo-Fr 09:00-18:00'], '2026-11-25T12:00Z')
  expect(found.slice(0, 4)).toEqual([
    '2026-11-25T09:00 2026-11-25T18:00',
    '2026-11-26T09:00 2026-11-26T18:00',
    '2026-11-27T09:00 2026-11-27T18:00',
    '2026-11-30T09:00 2026-11-30T18:00',
  ])
  expect(found).toHaveLength(7)
})

test('times are those of the zone, also across a change of its clocks', () => {
  // Berlin: the clocks went back on 25 October 2026
  expect(spans('Europe/Berlin', ['Sa-Mo 09:00-10:00'], '2026-10-24T00:00Z').slice(0, 3)).toEqual([
    '2026-10-24T07:00 2026-10-24T08:00',
    '2026-10-25T08:00 2026-10-25T09:00',
    '2026-10-26T08:00 2026-10-26T09:00',
  ])
  expect(spans('Asia/Shanghai', ['Th 00:00-02:00'], '2026-11-25T12:00Z')[0]).toBe('2026-11-25T16:00 2026-11-25T18:00')
})

test('hours that pass midnight are one span, and one that goes on is found on the day after', () => {
  expect(spans('UTC', ['Fr 22:00-02:00'], '2026-11-28T01:00Z')).toEqual(['2026-11-27T22:00 2026-11-28T02:00', '2026-12-04T22:00 2026-12-05T02:00'])
  expect(spans('UTC', ['Fr 18:00-24:00', 'Sa 00:00-04:00'], '2026-11-27T00:00Z')[0]).toBe('2026-11-27T18:00 2026-11-28T04:00')
})

test('always open is one span that goes on for a week, and no lines are never', () => {
  const [span, ...others] = openingSpans({ timeZone: 'UTC', open: ['Mo-Su 00:00-24:00'] }, at('2026-11-25T12:00Z'))!
  expect(others).toEqual([])
  expect(span![0]).toBeLessThan(at('2026-11-25T12:00Z'))
  expect(span![1]).toBeGreaterThan(at('2026-12-02T12:00Z'))
  expect(spans('UTC', [], '2026-11-25T12:00Z')).toEqual([])
})

test('days may wrap around the week and be listed', () => {
  expect(spans('UTC', ['Sa-Mo 10:00-11:00'], '2026-11-25T12:00Z').map((each) => each.slice(0, 10))).toEqual([
    '2026-11-28',
    '2026-11-29',
    '2026-11-30',
  ])
  expect(spans('UTC', ['We,Fr 10:00-11:00'], '2026-11-24T12:00Z').map((each) => each.slice(0, 10))).toEqual([
    '2026-11-25',
    '2026-11-27',
    '2026-12-02',
  ])
})

test.each([
  ['Mars/Olympus', ['Mo 09:00-10:00']],
  ['', ['Mo 09:00-10:00']],
  ['UTC', ['Monday 9-10']],
  ['UTC', ['Mo 25:00-26:00']],
  ['UTC', ['Mo 09:00-10:00\n']],
] as [string, string[]][])('%s with %o cannot be read', (timeZone, open) => {
  expect(openingSpans({ timeZone, open }, 0)).toBeUndefined()
})

test('time zones are those of the engine', () => {
  expect(['Europe/Berlin', 'asia/shanghai', 'UTC', 'Nowhere', 'x'.repeat(64), '<b>'].map(isTimeZone)).toEqual([true, true, true, false, false, false])
})
