/** `npm run chaos -- --help`. Ends with 1 where the books do not balance. */
import { parseArgs } from 'node:util'
import { siegeTable } from './siege-table.ts'
import { siege } from './siege.ts'
import { startEmbedded } from './stages/embedded.ts'
import { startRedisStage } from './stages/redis.ts'
import { storm } from './storm.ts'
import { table } from './table.ts'

const HELP = `npm run chaos -- [options]
  --stage redis      (default) people on every way in chat through nginx over two gateways and Redis; all of it breaks
    --minutes <n>    how long (default 2)
    --pairs <n>      of people (default 10)
    --rate <n>       messages a second of all together (default 100)
    --pause <ms>     between two faults, on average (default 3000)
  --stage embedded   peers write as fast as they can to one gateway over files, which is killed again and again
    --messages <n>   in all (default 10000)
    --minutes <n>    write for so long instead
    --peers <n>      that write at once, in pairs (default 8)
    --window <n>     messages of a peer on their way at once (default 8)
    --strikes <n>    how often it is killed; with --minutes, a minute on average (default 5)`

const text = (fallback: string) => ({ type: 'string', default: fallback }) as const

const { values } = parseArgs({
  options: {
    stage: text('redis'), minutes: { type: 'string' }, help: { type: 'boolean', default: false },
    pairs: text('10'), rate: text('100'), pause: text('3000'),
    messages: text('10000'), peers: text('8'), window: text('8'), strikes: text('5'),
  },
})

const tell = (line: string): void => console.log(line)

async function besiege(): Promise<readonly string[]> {
  const stage = await startRedisStage()
  const report = await siege(stage, {
    minutes: Number(values.minutes ?? 2), pairs: Number(values.pairs), messagesPerSecond: Number(values.rate),
    pauseMs: Number(values.pause), chance: Math.random, tell,
  })
  console.log(siegeTable(report))
  return [...report.faults, ...(await stage.stop() ? [] : ['a gateway did not end cleanly'])]
}

async function storming(): Promise<readonly string[]> {
  const stage = await startEmbedded()
  const report = await storm(stage, {
    peers: Number(values.peers), window: Number(values.window),
    strikes: Number(values.strikes), messages: Number(values.messages),
    ...(values.minutes === undefined ? {} : { minutes: Number(values.minutes) }), tell,
  })
  console.log(table(report))
  return [...report.faults, ...(await stage.stop() ? [] : ['the gateway did not end cleanly'])]
}

async function run(): Promise<number> {
  const strike = { redis: besiege, embedded: storming }[values.stage]
  if (values.help || strike === undefined) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const faults = await strike()
  console.log(faults.length === 0 ? 'The books balance.' : `NOT BALANCED: ${faults.join(', ')}`)
  return faults.length === 0 ? 0 : 1
}

process.exitCode = await run()
