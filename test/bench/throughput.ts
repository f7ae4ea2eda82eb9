import { setTimeout as wait } from 'node:timers/promises'
import { CONTENDERS, takeTurns, type Contender, type ContenderName, type Results } from './contenders.ts'
import type { Findings } from './findings.ts'
import { Load } from './load.ts'
import { watchCpu } from './machine.ts'
import type { BenchOptions } from './options.ts'

export interface Throughput {
  /** Delivered a second. */
  readonly perSecond: number
  /** CPU µs of a message: all nodes, Redis. */
  readonly nodesMicros: number
  readonly redisMicros: number
  /** Appends that Redis refused, for each message. */
  readonly refused: number
}

/** As many messages as they carry: each pair has `window` under way, all the time. Processes are new in each round. */
export const measureThroughput = (names: readonly ContenderName[], options: BenchOptions, findings: Findings): Promise<Results<Throughput>> =>
  takeTurns(names, options.rounds, (name) => saturate(CONTENDERS[name], options, findings))

async function saturate(contender: Contender, options: BenchOptions, findings: Findings): Promise<Throughput> {
  const { pairs, pollingPairs, window, seconds, warmup } = options
  const { name, transport, bothWrite = false } = contender
  const server = await contender.start(options)
  const load = await Load.open({ ...contender, urls: server.urls, pairs: transport === 'polling' ? pollingPairs : pairs })
  // a pair has as much under way where both write
  load.saturate(bothWrite ? Math.ceil(window / 2) : window)
  await wait(warmup * 1000)
  const before = await server.counted()
  const watched = watchCpu(server)
  const { delivered, seconds: elapsed } = await load.measure(seconds)
  const usage = watched()
  const after = await server.counted()
  const wrong = await load.end()
  await server.stop()
  const refused = before === undefined ? 0 : (after!.refusals - before.refusals) / delivered
  const found = { perSecond: delivered / elapsed, nodesMicros: usage.nodes / delivered, redisMicros: usage.redis / delivered, refused }
  const loadMicros = usage.load / delivered
  const loadCore = (usage.load + usage.redis) / usage.seconds / 1_000_000
  findings.add('messages', name, usage, { ...found, loadMicros, loadCore }, wrong)
  return found
}
