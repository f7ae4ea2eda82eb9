import { setTimeout as wait } from 'node:timers/promises'
import { CONTENDERS, takeTurns, type Contender, type ContenderName, type Results } from './contenders.ts'
import { percentile } from './figures.ts'
import type { Findings } from './findings.ts'
import { Load } from './load.ts'
import { watchCpu } from './machine.ts'
import type { BenchOptions } from './options.ts'

interface Waits {
  /** p99 from the send to the answer, in ms. */
  readonly p99: number
  /** How often V8 collected the whole heap of a node meanwhile; undefined where nobody counts. */
  readonly collections: number | undefined
}

export interface Tail {
  /** Messages a second. */
  readonly rate: number
  /** The first messages of a process, and after `warmup` seconds of as many as it carries. */
  readonly cold: Waits
  readonly warm: Waits
}

/** How long an answer takes at half of the greatest rate, sent evenly, whatever comes back. `greatest`: messages a second that each carries. */
export const measureTails = (greatest: ReadonlyMap<ContenderName, number>, options: BenchOptions, findings: Findings): Promise<Results<Tail>> =>
  takeTurns([...greatest.keys()], options.rounds, async (name) => {
    const contender: Contender = CONTENDERS[name]
    const rate = Math.round(greatest.get(name)! / 2)
    const server = await contender.start(options)
    const load = await Load.open({ ...contender, urls: server.urls, pairs: options.pairs })
    const atRate = async (): Promise<Waits & { lateMs: number; p50: number }> => {
      const before = await server.counted()
      load.drip(rate)
      const { answerMs, lateMs } = await load.measure(options.seconds)
      const collections = before === undefined ? undefined : (await server.counted())!.collections - before.collections
      return { p50: percentile(answerMs, 0.5), p99: percentile(answerMs, 0.99), lateMs, collections }
    }
    const watched = watchCpu(server)
    const cold = await atRate()
    load.saturate(options.window)
    await wait(options.warmup * 1000)
    await load.rest()
    const warm = await atRate()
    const usage = watched()
    const wrong = await load.end()
    await server.stop()
    const figures = (of: string, waits: object): object => Object.fromEntries(Object.entries(waits).map(([key, value]) => [`${of} ${key}`, value]))
    findings.add('answers', contender.name, usage, { rate, ...figures('cold', cold), ...figures('warm', warm) }, wrong)
    return { rate, cold, warm }
  })
