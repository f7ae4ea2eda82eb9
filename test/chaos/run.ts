/** `npm run chaos -- --help`. Ends with 1 where the books do not balance. */
import { parseArgs } from 'node:util'
import { endOnSignals } from '../kit/ends-with-us.ts'
import { attacks } from './attack/attacks.ts'
import { runAttacks } from './attack/run-attacks.ts'
import { siegeTable } from './siege-table.ts'
import { siege } from './siege.ts'
import { startEmbedded } from './stages/embedded.ts'
import { startRedisStage } from './stages/redis.ts'
import { storm } from './storm.ts'
import { table } from './table.ts'

const HELP = `npm run chaos -- [options]
  --stage redis      (default) people chat over every transport through nginx, two gateways and Redis, each of which breaks
    --minutes <n>    how long (default 2)
    --pairs <n>      of people (default 10)
    --rate <n>       messages a second of all pairs together (default 100)
    --pause <ms>     between two faults, on average (default 3000)
  --stage embedded   peers write as fast as they can to one gateway over files, which is killed again and again
    --messages <n>   in all (default 10000)
    --minutes <n>    how long to write instead
    --peers <n>      that write at once, in pairs (default 8)
    --window <n>     unanswered messages of a peer (default 8)
    --strikes <n>    how often it is killed; with --minutes, a minute on average (default 5)
  --attack[=<names>] attacks a gateway while a healthy pair chats; all attacks in turn, or those named, separated by commas:
                     ${attacks.map(({ name }) => name).join(', ')}
    --redis          on Redis instead of files
    --seconds <n>    how long each lasts (default 8)
    --scale <n>      multiplies its counts (default 1)
    --entry <file>   the gateway's main.js, of another build (default dist/gateway/main.js)`

const text = (fallback: string) => ({ type: 'string', default: fallback }) as const

/** parseArgs has no option whose value may be left out. */
const args = process.argv.slice(2).map((argument) => (argument === '--attack' ? '--attack=' : argument))

const { values } = parseArgs({
  args,
  options: {
    stage: text('redis'),
    minutes: { type: 'string' },
    help: { type: 'boolean', default: false },
    pairs: text('10'),
    rate: text('100'),
    pause: text('3000'),
    messages: text('10000'),
    peers: text('8'),
    window: text('8'),
    strikes: text('5'),
    attack: { type: 'string' },
    redis: { type: 'boolean', default: false },
    seconds: text('8'),
    scale: text('1'),
    entry: text('dist/gateway/main.js'),
  },
})

const log = (text: string): void => console.log(text)

async function besiege(): Promise<readonly string[]> {
  const stage = await startRedisStage()
  const report = await siege(stage, {
    minutes: Number(values.minutes ?? 2),
    pairs: Number(values.pairs),
    messagesPerSecond: Number(values.rate),
    pauseMs: Number(values.pause),
    chance: Math.random,
    log,
  })
  console.log(siegeTable(report))
  return [...report.faults, ...((await stage.stop()) ? [] : ['a gateway did not end cleanly'])]
}

async function storming(): Promise<readonly string[]> {
  const stage = await startEmbedded()
  const report = await storm(stage, {
    peers: Number(values.peers),
    window: Number(values.window),
    strikes: Number(values.strikes),
    messages: Number(values.messages),
    ...(values.minutes === undefined ? {} : { minutes: Number(values.minutes) }),
    log,
  })
  console.log(table(report))
  return [...report.faults, ...((await stage.stop()) ? [] : ['the gateway did not end cleanly'])]
}

const attacking = (only: string): Promise<readonly string[] | undefined> =>
  runAttacks(only, {
    entry: values.entry,
    redis: values.redis,
    seconds: Number(values.seconds),
    quietSeconds: 5,
    afterSeconds: 10,
    scale: Number(values.scale),
  })

async function run(): Promise<number> {
  const strike = { redis: besiege, embedded: storming }[values.stage]
  const faults = values.help || strike === undefined ? undefined : await (values.attack === undefined ? strike() : attacking(values.attack))
  if (faults === undefined) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const bad = values.attack === undefined ? 'NOT BALANCED' : 'NOT WELL'
  const good = values.attack === undefined ? 'The books balance.' : 'All is well.'
  console.log(faults.length === 0 ? good : `${bad}: ${faults.join(', ')}`)
  return faults.length === 0 ? 0 : 1
}

endOnSignals()
process.exitCode = await run()
