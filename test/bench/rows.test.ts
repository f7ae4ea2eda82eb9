/** The arithmetic of the table of goals, with figures that are easy to compute by hand. */
import { describe, expect, test } from 'vitest'
import { takeTurns, type ContenderName } from './contenders.ts'
import { median, percentile } from './figures.ts'
import { embeddedRows, idleRows, listRows, markdownOf, nodesRows, pollingRows, ratioOf, stormRows, tailRows, verdictOf, type Row } from './rows.ts'
import type { Throughput } from './throughput.ts'

const messages = (...rounds: [perSecond: number, nodesMicros: number, redisMicros?: number, refused?: number][]): Throughput[] =>
  rounds.map(([perSecond, nodesMicros, redisMicros = 0, refused = 0]) => ({ perSecond, nodesMicros, redisMicros, refused }))

const valuesOf = (rows: readonly Row[]) => rows.map((row) => [Number(row.value.toFixed(4)), verdictOf(row)])

test('a median is the middle, or lies between the two in the middle, in whatever order', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([7])).toBe(7)
})

test('a percentile is the value below which that part lies', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, i) => i + 1)
  expect(percentile(hundred, 0.5)).toBe(51)
  expect(percentile(hundred, 0.99)).toBe(100)
  expect(percentile(Float64Array.of(5), 0.99)).toBe(5)
  expect(percentile(new Float64Array(), 0.99)).toBeNaN()
})

test('a goal is met at its limit and missed behind it; what was not measured is missed; without a goal it is reported', () => {
  expect(verdictOf({ value: 0.9, goal: { atLeast: 0.9 } })).toBe('met')
  expect(verdictOf({ value: 0.8999, goal: { atLeast: 0.9 } })).toBe('missed')
  expect(verdictOf({ value: 15, goal: { atMost: 15 } })).toBe('met')
  expect(verdictOf({ value: 15.01, goal: { atMost: 15 } })).toBe('missed')
  for (const goal of [{ atLeast: 0 }, { atMost: 1 }]) expect(verdictOf({ value: NaN, goal })).toBe('missed')
  expect(verdictOf({ value: 1 })).toBe('reported')
})

test('a ratio is taken within each round, so that a round in which the machine was slow changes nothing', () => {
  expect(ratioOf([50, 5, 60], [100, 10, 120], (each) => each)).toBe(0.5)
  expect(ratioOf([10, 20], [10, 10], (each) => each)).toBe(1.5)
})

test('contenders take turns, forth and back, and each has its rounds in order', async () => {
  const order: string[] = []
  const results = await takeTurns(['relay', 'nodes', 'streams'], 3, async (name) => order.push(name))
  expect(order.join(' ')).toBe('relay nodes streams streams nodes relay relay nodes streams')
  expect([...results]).toEqual([
    ['relay', [1, 6, 7]],
    ['nodes', [2, 5, 8]],
    ['streams', [3, 4, 9]],
  ])
})

describe('the rows', () => {
  test('two nodes on Redis', () => {
    const rows = nodesRows(
      new Map<ContenderName, Throughput[]>([
        ['relay', messages([100_000, 10], [50_000, 20])],
        ['nodes', messages([90_000, 20, 8], [46_000, 22, 8])],
        ['nodesBothWrite', messages([80_000, 26, 9, 0.004], [30_000, 24, 9, 0.012])],
        ['nodesEngine', messages([1, 24], [1, 26.4])],
        ['streams', messages([45_000, 50, 12], [23_000, 50, 12])],
      ]),
    )
    expect(valuesOf(rows)).toEqual([
      [0.91, 'met'],
      [2, 'reported'],
      [0.8, 'met'],
      [1.175, 'met'],
      [21, 'met'],
      [8, 'met'],
      [1.2, 'missed'],
    ])
    expect(rows[0]!.from).toBe('68,000/s ÷ 75,000/s')
  })

  test('embedded, and long polling', () => {
    const results = new Map<ContenderName, Throughput[]>([
      ['relay', messages([100, 15])],
      ['embedded', messages([80, 20])],
      ['embeddedEngine', messages([75, 23])],
      ['socketIoPolling', messages([50, 30])],
      ['embeddedPolling', messages([50, 30])],
      ['nodePolling', messages([45, 33])],
    ])
    expect(valuesOf(embeddedRows(results))).toEqual([
      [0.8, 'missed'],
      [0.75, 'met'],
      [1.15, 'met'],
    ])
    expect(valuesOf(pollingRows(results))).toEqual([
      [1, 'met'],
      [0.9, 'missed'],
    ])
  })

  test('connects: CPU of the other over ours', () => {
    const storm = (nodesMicros: number, redisMicros = 0) => [{ nodesMicros, redisMicros }]
    const rows = stormRows(
      new Map<ContenderName, ReturnType<typeof storm>>([
        ['socketIo', storm(270)],
        ['embedded', storm(540)],
        ['node', storm(300, 90)],
      ]),
      5000,
    )
    expect(valuesOf(rows)).toEqual([
      [0.5, 'missed'],
      [0.9, 'met'],
    ])
    expect(rows[1]!.from).toBe('270 ÷ 300 µs a connect, and Redis 90')
  })

  test('idle sessions, in kB as /proc counts them', () => {
    const results = new Map<ContenderName, number[]>([
      ['embedded', [11 * 1024, 12 * 1024]],
      ['embeddedEngine', [13.5 * 1024, 13 * 1024]],
    ])
    expect(valuesOf(idleRows(results, 5000))).toEqual([
      [11.5, 'met'],
      [13.25, 'missed'],
    ])
  })

  test('the tail: each beside 15 ms, two nodes also beside Streams, with the collections of each round', () => {
    const tail = (cold: number, warm: number, collections?: number) => ({
      rate: 10_000,
      cold: { p99: cold, collections },
      warm: { p99: warm, collections },
    })
    const rows = tailRows(
      new Map<ContenderName, ReturnType<typeof tail>[]>([
        ['nodes', [tail(20, 10, 3), tail(30, 14, 1)]],
        ['embedded', [tail(15, 16, 0), tail(15, 16, 0)]],
        ['streams', [tail(25, 20), tail(25, 10)]],
      ]),
    )
    expect(valuesOf(rows)).toEqual([
      [25, 'missed'],
      [1, 'met'],
      [12, 'met'],
      [0.95, 'met'],
      [15, 'met'],
      [16, 'missed'],
    ])
    expect(rows[0]!.from).toBe('at 10,000/s; Mark-Compacts in each round: 3, 1')
  })

  test("a page of a shop's list, and an agent's connect", () => {
    const list = (pageMs: number, roundTrips: number) => ({ pageMs, pageRedisMs: 0.25, connectMs: 0.75, connectRedisMs: 0.1, roundTrips })
    const rows = listRows({ embedded: [list(0.4, NaN), list(0.5, NaN)], onRedis: [list(0.6, 1), list(0.8, 1)] })
    expect(valuesOf(rows)).toEqual([
      [0.45, 'met'],
      [0.7, 'missed'],
      [0.75, 'reported'],
      [0.75, 'reported'],
      [1, 'met'],
    ])
  })
})

test('the table says measured, goal, verdict and where it is from', () => {
  const rows: Row[] = [
    { title: 'a ratio', value: 0.9, goal: { atLeast: 0.9 }, from: '9 ÷ 10' },
    { title: 'a time', value: 15.125, unit: 'ms', goal: { atMost: 15 }, from: '' },
    { title: 'told', value: 1.8512, from: '' },
    { title: 'unknown', value: NaN, unit: 'kB', goal: { atMost: 12 }, from: '' },
  ]
  expect(markdownOf(rows).split('\n')).toEqual([
    '| | measured | goal | | from |',
    '|---|---:|---:|---|---|',
    '| a ratio | 0.900 | ≥ 0.9 | met | 9 ÷ 10 |',
    '| a time | 15.13 ms | ≤ 15 ms | missed |  |',
    '| told | 1.851 |  | reported |  |',
    '| unknown | not measured | ≤ 12 kB | missed |  |',
  ])
})
