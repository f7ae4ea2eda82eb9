import { describe, expect, test } from 'vitest'
import { percentile } from '../bench/figures.ts'
import { COSTS } from './costs.ts'
import { EventQueue } from './event-queue.ts'
import { seededRandom } from './seeded-random.ts'
import { Simulation, type Fault, type Outcome, type Shape } from './simulation.ts'
import { sizeFor } from './sizing.ts'
import { Station } from './station.ts'

const SMALL: Shape = { nodes: 4, masters: 3, people: 4000, messagesPerSecond: 2000, heardBy: 2, roundTripMs: 0.4 }

const run = (shape: Shape, seconds: number, fault?: Fault): Outcome =>
  new Simulation(COSTS, shape, { seconds, warmUpMs: 500, random: seededRandom(7), ...(fault === undefined ? {} : { fault }) }).run()

describe('the model agrees with what is known', () => {
  test('events run in the order of their times, and those of one time in the order in which they came', () => {
    const queue = new EventQueue()
    const ran: string[] = []
    for (const [at, name] of [
      [30, 'd'],
      [10, 'a'],
      [20, 'b'],
      [20, 'c'],
    ] as const)
      queue.at(at, () => ran.push(name))
    queue.at(15, () => queue.at(5, () => ran.push('late')))
    queue.runUntil(25)
    expect(ran).toEqual(['a', 'late', 'b', 'c'])
    queue.runUntil(40)
    expect(ran).toEqual(['a', 'late', 'b', 'c', 'd'])
  })

  test.each([0.3, 0.6, 0.9])('a core with a load of %s makes work wait as long as queueing theory says (M/D/1)', (load) => {
    const [queue, station, random] = [new EventQueue(), new Station(), seededRandom(3)]
    const [micros, count] = [100, 200_000]
    let waited = 0
    let at = 0
    for (let i = 0; i < count; i++) {
      at += (-Math.log(1 - random()) * micros) / load
      queue.at(at, () => (waited += station.work(queue.now, micros) - queue.now - micros))
    }
    queue.runUntil(at)
    const expected = (load / (2 * (1 - load))) * micros
    expect(waited / count / expected).toBeGreaterThan(0.93)
    expect(waited / count / expected).toBeLessThan(1.07)
  })

  test('two nodes on one core carry what was measured there: 36,250 messages a second, 8.5 µs of Redis each (docs/bench.md)', () => {
    const shape = { nodes: 2, nodeCores: 1, masters: 1, people: 400, messagesPerSecond: 25_000, heardBy: 1, roundTripMs: 0.1 }
    const seconds = 3
    const { answered, nodeLoad } = run(shape, seconds)
    const most = answered / seconds / nodeLoad
    expect(most / 36_250).toBeGreaterThan(0.9)
    expect(most / 36_250).toBeLessThan(1.15)
    // more than it can carry, as in the bench, so that calls are full
    const { redisMicros } = run({ ...shape, messagesPerSecond: 60_000 }, seconds)
    expect(redisMicros / 8.5).toBeGreaterThan(0.8)
    expect(redisMicros / 8.5).toBeLessThan(1.2)
  })
})

describe('nothing is lost', () => {
  const faults: readonly Fault[] = [{ kind: 'none' }, { kind: 'node', atMs: 1000 }, { kind: 'master', atMs: 1000, forMs: 2000 }]
  test.each(faults)('$kind: every message is answered, and heard by two nodes', (fault) => {
    const { sent, answered, heard } = run(SMALL, 5, fault)
    expect(sent).toBeGreaterThan(9000)
    expect(answered).toBe(sent)
    expect(heard).toBeGreaterThanOrEqual(sent * 2)
  })

  test('the same seed gives the same outcome', () => {
    expect(run(SMALL, 3, { kind: 'node', atMs: 1000 })).toEqual(run(SMALL, 3, { kind: 'node', atMs: 1000 }))
  })
})

describe('faults', () => {
  test('all who lost their node are back, sooner where more nodes take them; messages of the others do not wait for them', () => {
    const shape = { ...SMALL, people: 40_000, masters: 8 }
    const few = run(shape, 40, { kind: 'node', atMs: 2000 })
    const many = run({ ...shape, nodes: 8 }, 40, { kind: 'node', atMs: 2000 })
    expect(few.recoveredMs).toBeGreaterThan(1000)
    expect(many.recoveredMs).toBeLessThan(few.recoveredMs)
    expect(percentile(few.answerMicros, 0.9)).toBeLessThan(20_000)
  })

  test('what a lost master refuses is answered after it is back', () => {
    const { recoveredMs, answerMicros } = run(SMALL, 20, { kind: 'master', atMs: 2000, forMs: 3000 })
    expect(recoveredMs).toBeGreaterThan(3000)
    expect(recoveredMs).toBeLessThan(10_000)
    // two of three masters' conversations noticed nothing
    expect(percentile(answerMicros, 0.5)).toBeLessThan(2000)
  })
})

test('sizes grow with what is asked, and there are always two nodes', () => {
  const demand = { people: 100, messagesPerMinute: 1, heardBy: 1, sessions: 2, sessionMinutes: 10, keepDays: 30, busyHours: 8 }
  expect(sizeFor(COSTS, demand)).toMatchObject({ nodes: 2, masters: 1 })
  const large = sizeFor(COSTS, { ...demand, people: 5_000_000 })
  expect(large.nodes).toBeGreaterThan(40)
  expect(large.redisGigabytes).toBeGreaterThan(sizeFor(COSTS, { ...demand, people: 5_000_000, keepDays: 15 }).redisGigabytes * 1.9)
})
