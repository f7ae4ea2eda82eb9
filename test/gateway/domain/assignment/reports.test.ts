/** Reports of several nodes over one store, which goes away and comes back. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEmbedded } from '../../../../gateway/backbone/embedded/embedded.ts'
import { answered, closed, missed, opened, queued, type AssignmentDocument } from '../../../../gateway/domain/assignment/assignment-document.ts'
import { Reports } from '../../../../gateway/domain/assignment/reports.ts'
import type { CommandAnswer } from '../../../../gateway/protocol/commands.ts'
import { HookedBackbone } from '../../../kit/hooked-backbone.ts'
import { ann, bob, fresh } from './found.ts'

const OF = { conversation: 'shop:1~c1', shop: 'shop:1', customer: 'c1' }
const DAY_MS = 86_400_000
const agent = { identity: { id: 'ann', role: 'agent' as const, side: 'shop:1', shop: '1', expiresAt: Infinity }, sid: 's' }

let folder: string
let backbone: HookedBackbone
let now: number

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  backbone = new HookedBackbone(await openEmbedded({ dataDir: folder }))
  now = Date.UTC(2026, 10, 28, 12)
})
afterEach(async () => {
  await backbone.close()
  await rm(folder, { recursive: true })
})

const node = (timeZone?: string): Reports => new Reports({ records: backbone.records, now: () => now, timeZoneOf: () => Promise.resolve(timeZone) })
const report = (reports: Reports, days: number): Promise<CommandAnswer<'report'>> => reports.of(agent, { days })

/** A customer who begins, waits for ten seconds, is answered after twenty and rates. */
function story(reports: Reports, { by = ann, score }: { by?: typeof ann; score?: number } = {}): void {
  const steps: AssignmentDocument[] = [fresh]
  const step = (next: AssignmentDocument, ms: number): void => {
    now += ms
    reports.changed(OF, steps.at(-1)!, next)
    steps.push(next)
  }
  const waiting = { ...queued(fresh, now), asked: now }
  step(waiting, 0)
  const open = opened(waiting, by, now + 10_000)
  step(open, 10_000)
  const { asked: _, ...answered } = open
  step(answered, 10_000)
  const done = closed(answered, now)
  step(done, 0)
  if (score !== undefined) step({ ...done, service: { ...done.service, rating: { score, at: now } } }, 0)
}

test('counts what becomes of conversations, in all and by agent', async () => {
  const reports = node()
  story(reports, { score: 5 })
  story(reports, { by: bob })
  const missed = { ...queued(fresh, now), asked: now }
  reports.changed(OF, fresh, missed)
  reports.changed(OF, missed, { ...closed({ service: missed.service }, now), isMissed: true })
  const { total, days, agents } = await report(reports, 7)
  expect(total).toMatchObject({ conversations: 3, missed: 1, closed: 3, ratings: [0, 0, 0, 0, 1] })
  const spans = [total.answer!.p50 / 20_000, total.wait!.p50 / 10_000]
  expect(spans.every((ratio) => ratio >= 1 && ratio <= 1.25)).toBe(true)
  expect(days.map(({ day, conversations }) => `${day} ${conversations}`)).toEqual([
    '2026-11-28 3',
    ...['27', '26', '25', '24', '23', '22'].map((date) => `2026-11-${date} 0`),
  ])
  expect(agents.map(({ id, conversations, closed: count, ratings }) => [id, conversations, count, ratings[4]])).toEqual([
    ['ann', 1, 1, 1],
    ['bob', 1, 1, 0],
  ])
})

test('nodes that add at once lose nothing of each other', async () => {
  const nodes = [node(), node(), node()]
  for (const each of nodes) for (let n = 0; n < 10; n++) story(each)
  await Promise.all(nodes.map((each) => each.flush()))
  expect((await report(nodes[0]!, 1)).total.conversations).toBe(30)
})

test('what is counted while the store is away is added when it is back', async () => {
  const reports = node()
  story(reports)
  backbone.isAway = true
  await expect(reports.flush()).rejects.toThrow('away')
  story(reports)
  await expect(reports.flush()).rejects.toThrow('away')
  backbone.isAway = false
  await reports.flush()
  expect((await report(node(), 1)).total.conversations).toBe(2)
})

test('a day is forgotten after a month', async () => {
  const reports = node()
  story(reports)
  await reports.flush()
  now += 29 * DAY_MS
  expect((await report(reports, 30)).total.conversations).toBe(1)
  now += 4 * DAY_MS
  expect(await backbone.records.items('shop:1/report/2026-11-28', now)).toEqual([])
})

test.each([
  ['Asia/Shanghai', Date.UTC(2026, 10, 28, 15, 59), Date.UTC(2026, 10, 28, 16)],
  ['Asia/Kathmandu', Date.UTC(2026, 10, 28, 18, 14), Date.UTC(2026, 10, 28, 18, 15)],
  ['America/New_York', Date.UTC(2026, 10, 29, 4, 59), Date.UTC(2026, 10, 29, 5)],
])('a day ends at midnight in %s, where the shop is', async (zone, before, after) => {
  const reports = node(zone)
  for (const at of [before, after, after]) {
    now = at
    story(reports)
  }
  const { days, timeZone } = await report(reports, 3)
  expect(timeZone).toBe(zone)
  expect(days.map(({ day, conversations }) => [day, conversations])).toEqual([
    ['2026-11-29', 2],
    ['2026-11-28', 1],
    ['2026-11-27', 0],
  ])
})

test('has each date once where the clocks are turned back', async () => {
  now = Date.UTC(2026, 9, 25, 22, 30)
  const { days } = await report(node('Europe/Berlin'), 3)
  expect(days.map(({ day }) => day)).toEqual(['2026-10-25', '2026-10-24', '2026-10-23'])
})

test('a shop whose time zone nobody knows has days of UTC', async () => {
  now = Date.UTC(2026, 10, 28, 23, 59)
  expect(await report(node(), 1)).toMatchObject({ timeZone: 'UTC', days: [{ day: '2026-11-28' }] })
})

test('who is answered by nobody is missed once, whatever comes later', async () => {
  const reports = node()
  const waiting = { ...queued(fresh, now), asked: now }
  const overdue = missed(waiting)
  reports.changed(OF, fresh, waiting)
  reports.changed(OF, waiting, overdue)
  const taken = opened(overdue, ann, now)
  reports.changed(OF, overdue, taken)
  const late = answered(taken)
  reports.changed(OF, taken, late)
  reports.changed(OF, overdue, closed(overdue, now))
  const { total } = await report(reports, 1)
  expect([total.conversations, total.missed, total.answer]).toEqual([1, 1, undefined])
})
