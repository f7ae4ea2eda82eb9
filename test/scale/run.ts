/** `npm run scale`: what so many people need, and what happens to a million when a part fails. What it says: docs/scale.md */
import { columns, percentile } from '../bench/figures.ts'
import { COSTS } from './costs.ts'
import { seededRandom } from './seeded-random.ts'
import { Simulation, type Fault, type Outcome, type Shape } from './simulation.ts'
import { sizeFor, type Demand } from './sizing.ts'

const SEED = 1

/** A customer service: a person writes once in two minutes, an agent and a colleague see it, a visit lasts ten minutes. */
const SERVICE: Omit<Demand, 'people' | 'keepDays'> = { messagesPerMinute: 0.5, heardBy: 2, sessions: 3, sessionMinutes: 10, busyHours: 6 }

const simulate = (shape: Shape, seconds: number, fault: Fault = { kind: 'none' }): Outcome =>
  new Simulation(COSTS, shape, { seconds, warmUpMs: 1000, random: seededRandom(SEED), fault }).run()

const ms = ({ answerMicros }: Outcome, part: number): string => (percentile(answerMicros, part) / 1000).toFixed(1)
const percent = (part: number): string => `${(part * 100).toFixed(0)} %`

function sizes(): string {
  const rows = [['people', 'kept, days', 'messages/s', 'nodes', 'GB each', 'Redis masters', 'GB of Redis', 'Mbit/s']]
  for (const people of [1000, 10_000, 100_000, 1_000_000]) {
    for (const keepDays of [7, 90]) {
      const size = sizeFor(COSTS, { people, keepDays, ...SERVICE })
      rows.push([
        people.toLocaleString('en'),
        String(keepDays),
        size.messagesPerSecond.toFixed(0),
        String(size.nodes),
        size.nodeGigabytes.toFixed(2),
        String(size.masters),
        size.redisGigabytes.toFixed(1),
        size.megabitsPerSecond.toFixed(1),
      ])
    }
  }
  return columns(rows)
}

/** One million people, as sizes() has them. */
const MILLION: Shape = { nodes: 11, masters: 14, people: 1_000_000, messagesPerSecond: 8333, heardBy: 2, roundTripMs: 0.4 }

function faults(): string {
  const rows = [['', 'answer p50 ms', 'p99 ms', 'p999 ms', 'busiest node', 'busiest Redis', 'messages a call', 'recovered after s']]
  const row = (label: string, outcome: Outcome): void => {
    const { nodeLoad, redisLoad, batch, recoveredMs } = outcome
    const recovered = Number.isNaN(recoveredMs) ? '–' : (recoveredMs / 1000).toFixed(1)
    rows.push([label, ms(outcome, 0.5), ms(outcome, 0.99), ms(outcome, 0.999), percent(nodeLoad), percent(redisLoad), batch.toFixed(1), recovered])
  }
  const twice = { ...MILLION, nodes: 22 }
  row('nothing fails', simulate(MILLION, 10))
  row('one node of 11 is gone', simulate(MILLION, 60, { kind: 'node', atMs: 5000 }))
  row('one node of 22 is gone', simulate(twice, 60, { kind: 'node', atMs: 5000 }))
  row('the same with 2 masters', simulate({ ...twice, masters: 2 }, 60, { kind: 'node', atMs: 5000 }))
  row('one Redis master of 14 is gone for 8 s', simulate(MILLION, 40, { kind: 'master', atMs: 5000, forMs: 8000 }))
  row('the same with 2 masters', simulate({ ...MILLION, masters: 2 }, 40, { kind: 'master', atMs: 5000, forMs: 8000 }))
  for (const heardBy of [1, 4, 10]) row(`each message is heard by ${heardBy} nodes`, simulate({ ...MILLION, heardBy }, 10))
  return columns(rows)
}

console.log(`What people need (each writes once in two minutes)\n${sizes()}\n\nA million people\n${faults()}`)
