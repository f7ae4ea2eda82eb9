/** The rows of the table of goals, computed from what was measured. Ratios are taken within a round; the median of the rounds counts. */
import type { ContenderName, Results } from './contenders.ts'
import { median } from './figures.ts'
import type { List } from './list.ts'
import type { Storm } from './storm.ts'
import type { Tail } from './tail.ts'
import type { Throughput } from './throughput.ts'

export type Goal = { readonly atLeast: number } | { readonly atMost: number }

export interface Row {
  readonly title: string
  /** In `unit`; NaN: not measured. */
  readonly value: number
  readonly unit?: '%' | 'ms' | 'µs' | 'kB'
  /** Absent: reported only. */
  readonly goal?: Goal
  /** The figures behind it. */
  readonly from: string
}

export type Verdict = 'met' | 'missed' | 'reported'

export function verdictOf({ value, goal }: Pick<Row, 'value' | 'goal'>): Verdict {
  if (goal === undefined) return 'reported'
  return ('atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost) ? 'met' : 'missed'
}

/** `figure` of each round of the one, over that of the same round of the other. */
export const ratioOf = <T>(one: readonly T[], other: readonly T[], figure: (each: T) => number): number =>
  median(one.map((each, round) => figure(each) / figure(other[round]!)))

const medianOf = <T>(rounds: readonly T[], figure: (each: T) => number): number => median(rounds.map(figure))

const speed = ({ perSecond }: Throughput): number => perSecond
const nodes = ({ nodesMicros }: Throughput): number => nodesMicros
const redis = ({ redisMicros }: Throughput): number => redisMicros
const nodesAndRedis = (each: Throughput): number => nodes(each) + redis(each)

const whole = (value: number): string => Math.round(value).toLocaleString('en')
const tenth = (value: number): string => value.toFixed(1)
const of = <T>(results: Results<T>, name: ContenderName): readonly T[] => results.get(name)!

/** Messages a second of the one over those of the other. */
function speedRow(results: Results<Throughput>, [name, other]: readonly [ContenderName, ContenderName], row: Pick<Row, 'title' | 'goal'>): Row {
  const [one, beside] = [of(results, name), of(results, other)]
  return { ...row, value: ratioOf(one, beside, speed), from: `${whole(medianOf(one, speed))}/s ÷ ${whole(medianOf(beside, speed))}/s` }
}

/** CPU µs of a message of the one over those of the other. */
function cpuRow(
  results: Results<Throughput>,
  [name, other]: readonly [ContenderName, ContenderName],
  { figure, ...row }: Pick<Row, 'title' | 'goal'> & { readonly figure: (each: Throughput) => number },
): Row {
  const [one, beside] = [of(results, name), of(results, other)]
  return { ...row, value: ratioOf(one, beside, figure), from: `${tenth(medianOf(one, figure))} ÷ ${tenth(medianOf(beside, figure))} µs` }
}

export const nodesRows = (results: Results<Throughput>): Row[] => [
  speedRow(results, ['nodes', 'relay'], { title: 'two nodes on Redis, `/ws`: delivered/s ÷ bare relay that answers', goal: { atLeast: 0.9 } }),
  speedRow(results, ['nodes', 'streams'], { title: 'the same ÷ socket.io with Redis Streams, two nodes' }),
  {
    title: 'both of each pair write, each at its own node: appends refused by Redis, of messages',
    value: 100 * medianOf(of(results, 'nodesBothWrite'), ({ refused }) => refused),
    unit: '%',
    goal: { atMost: 1 },
    from: `one of each pair writes: ${tenth(100 * medianOf(of(results, 'nodes'), ({ refused }) => refused))} %`,
  },
  cpuRow(results, ['nodesBothWrite', 'nodes'], {
    title: 'the same: CPU of a message, nodes and Redis, ÷ where one writes',
    goal: { atMost: 1.2 },
    figure: nodesAndRedis,
  }),
  { title: 'CPU of a message, both nodes', value: medianOf(of(results, 'nodes'), nodes), unit: 'µs', goal: { atMost: 21 }, from: relayCpu(results) },
  { title: 'CPU of a message, Redis', value: medianOf(of(results, 'nodes'), redis), unit: 'µs', goal: { atMost: 8 }, from: '' },
  cpuRow(results, ['nodesEngine', 'nodes'], { title: 'engine.io on Redis: CPU of the nodes ÷ `/ws`', goal: { atMost: 1.15 }, figure: nodes }),
]

const relayCpu = (results: Results<Throughput>): string =>
  `relay ${tenth(medianOf(of(results, 'relay'), nodes))}, socket.io with Streams ${tenth(medianOf(of(results, 'streams'), nodes))}`

export const embeddedRows = (results: Results<Throughput>): Row[] => [
  speedRow(results, ['embedded', 'relay'], { title: 'embedded, durable, `/ws`: delivered/s ÷ bare relay that answers', goal: { atLeast: 0.85 } }),
  speedRow(results, ['embeddedEngine', 'relay'], { title: 'embedded, durable, engine.io: the same', goal: { atLeast: 0.75 } }),
  cpuRow(results, ['embeddedEngine', 'embedded'], { title: 'engine.io embedded: CPU ÷ `/ws`', goal: { atMost: 1.15 }, figure: nodes }),
]

export const pollingRows = (results: Results<Throughput>): Row[] => [
  speedRow(results, ['embeddedPolling', 'socketIoPolling'], {
    title: 'long polling, embedded: delivered/s ÷ socket.io in memory on polling',
    goal: { atLeast: 1 },
  }),
  speedRow(results, ['nodePolling', 'socketIoPolling'], { title: 'long polling, one node on Redis: the same', goal: { atLeast: 1 } }),
]

export function stormRows(results: Results<Storm>, sessions: number): Row[] {
  const row = (name: ContenderName, title: string, atLeast: number): Row => {
    const [ours, theirs] = [of(results, name), of(results, 'socketIo')]
    const micros = ({ nodesMicros }: Storm): number => nodesMicros
    const beside = medianOf(ours, ({ redisMicros }) => redisMicros)
    const from = `${whole(medianOf(theirs, micros))} ÷ ${whole(medianOf(ours, micros))} µs a connect${beside > 0 ? `, and Redis ${whole(beside)}` : ''}`
    return { title, value: ratioOf(theirs, ours, micros), goal: { atLeast }, from }
  }
  return [
    row('embedded', `${whole(sessions)} connect at once, embedded: CPU of socket.io in memory ÷ ours`, 1),
    row('node', 'the same on one node on Redis', 0.8),
  ]
}

export function idleRows(results: Results<number>, sessions: number): Row[] {
  const row = (name: ContenderName, title: string, atMost: number): Row => {
    const kilobytes = of(results, name).map((bytes) => bytes / 1024)
    return { title, value: median(kilobytes), unit: 'kB', goal: { atMost }, from: `rounds: ${kilobytes.map(tenth).join(', ')}` }
  }
  return [row('embedded', `RSS of an idle session of ${whole(sessions)}, \`/ws\``, 12), row('embeddedEngine', 'the same by engine.io', 13)]
}

const TAIL_MS = 15

export function tailRows(results: Results<Tail>): Row[] {
  const row = (name: 'nodes' | 'embedded', when: 'cold' | 'warm', title: string): Row => {
    const tails = of(results, name)
    const collected = tails.map((tail) => tail[when].collections ?? 0).join(', ')
    const from = `at ${whole(medianOf(tails, ({ rate }) => rate))}/s; Mark-Compacts in each round: ${collected}`
    return { title, value: medianOf(tails, (tail) => tail[when].p99), unit: 'ms', goal: { atMost: TAIL_MS }, from }
  }
  const beside = (when: 'cold' | 'warm'): Row => {
    const [ours, theirs] = [of(results, 'nodes'), of(results, 'streams')]
    const p99 = (tail: Tail): number => tail[when].p99
    const rate = whole(medianOf(theirs, ({ rate: each }) => each))
    const from = `${tenth(medianOf(ours, p99))} ÷ ${tenth(medianOf(theirs, p99))} ms, theirs at ${rate}/s`
    return { title: `two nodes, ${when}: p99 ÷ socket.io with Redis Streams`, value: ratioOf(ours, theirs, p99), goal: { atMost: 1 }, from }
  }
  return [
    row('nodes', 'cold', 'p99 of an answer at half of the greatest rate, two nodes on Redis, a new process'),
    beside('cold'),
    row('nodes', 'warm', 'the same, warm'),
    beside('warm'),
    row('embedded', 'cold', 'embedded, a new process'),
    row('embedded', 'warm', 'embedded, warm'),
  ]
}

export function listRows({ embedded, onRedis }: { embedded: readonly List[]; onRedis: readonly List[] }): Row[] {
  const page = ({ pageMs }: List): number => pageMs
  const connect = (lists: readonly List[], title: string): Row => ({
    title,
    value: medianOf(lists, ({ connectMs }) => connectMs),
    unit: 'ms',
    from: `and Redis ${medianOf(lists, ({ connectRedisMs }) => connectRedisMs).toFixed(2)} ms`,
  })
  return [
    { title: 'a page of 100 conversations, embedded: CPU of the node', value: medianOf(embedded, page), unit: 'ms', goal: { atMost: 0.5 }, from: '' },
    {
      title: 'the same on Redis',
      value: medianOf(onRedis, page),
      unit: 'ms',
      goal: { atMost: 0.5 },
      from: `and Redis ${medianOf(onRedis, ({ pageRedisMs }) => pageRedisMs).toFixed(2)} ms`,
    },
    { ...connect(embedded, "an agent's connect, embedded: CPU of the node"), from: '' },
    connect(onRedis, 'the same on Redis'),
    {
      title: "an agent's connect: round trips to Redis, one after the other",
      value: medianOf(onRedis, ({ roundTrips }) => roundTrips),
      goal: { atMost: 1 },
      from: '',
    },
  ]
}

const shown = ({ value, unit }: Row): string =>
  Number.isNaN(value) ? 'not measured' : unit === undefined ? value.toFixed(3) : `${value.toFixed(2)} ${unit}`

const goalOf = ({ goal, unit }: Row): string => {
  if (goal === undefined) return ''
  const text = 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
  return unit === undefined ? text : `${text} ${unit}`
}

export const markdownOf = (rows: readonly Row[]): string =>
  [
    '| | measured | goal | | from |',
    '|---|---:|---:|---|---|',
    ...rows.map((row) => `| ${row.title} | ${shown(row)} | ${goalOf(row)} | ${verdictOf(row)} | ${row.from} |`),
  ].join('\n')
