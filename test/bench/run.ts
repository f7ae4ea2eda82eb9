/** `npm run bench -- --help`. Ends with 1 where a message was lost, doubled or out of order. What it says: docs/bench.md */
import { parseArgs } from 'node:util'
import { endOnSignals } from '../kit/ends-with-us.ts'
import { benchPage } from './page.ts'
import { benchRedis } from './redis-run.ts'
import { benchGrowth } from './growth.ts'
import { columns, median, percentile } from './figures.ts'
import { Load, type Pace, type Round } from './load.ts'
import { cpuMicros, pin, startGatewayServer, startRelay, type Server } from './servers.ts'

const HELP = `npm run bench -- [options]
  --backbone <b>  embedded (default), or redis: two nodes on one Redis, beside socket.io with its Redis adapters
  --growth <n>    CPU of single operations while conversations, lists and shops grow: 1 is the whole, 10 a tenth; with either backbone
  --page          the product page on a slow phone, beside deep-chat (of the others, --rounds alone counts)
  --idle <n>      with redis: idle sessions on each transport (default 1000)
  --pairs <n>     of users, of whom one writes to the other (default 200)
  --window <n>    unanswered messages of each writer at saturation (default 8)
  --rounds <n>    for each server, in turn; the medians count (default 5)
  --seconds <n>   how long a round lasts (default 4)
  --profile <dir> let the gateway write a CPU profile there when it ends
  --node-options <options>  for the gateway's node`

/** Messages a second of a cold process, and for how long. */
const COLD = { rate: 2000, seconds: 2 }

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '200' },
    window: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    backbone: { type: 'string', default: 'embedded' },
    page: { type: 'boolean', default: false },
    growth: { type: 'string' },
    idle: { type: 'string', default: '1000' },
    profile: { type: 'string' },
    'node-options': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

interface Measured extends Round {
  readonly cpuPerMessage: number
  readonly fullCollections: number | undefined
}

interface Contender {
  readonly server: Server
  readonly load: Load
  /** The first messages of the process, while V8 still compiles. */
  readonly cold: Measured[]
  readonly saturated: Measured[]
  readonly paced: Measured[]
}

async function run(): Promise<number> {
  if (values.help) {
    console.log(HELP)
    return 0
  }
  if (values.page) return benchPage(Number(values.rounds))
  pin(process.pid, 1)
  if (values.growth !== undefined) return benchGrowth({ backbone: values.backbone === 'redis' ? 'redis' : 'embedded', size: Number(values.growth) })
  if (values.backbone === 'redis') return benchRedis(numbers())
  const gateway = await startGatewayServer({ profileDir: values.profile, nodeOptions: values['node-options'] })
  const servers = [gateway, await startRelay({ answers: false }), await startRelay({ answers: true })]
  const contenders: Contender[] = []
  for (const server of servers) {
    const load = new Load(server.dialect)
    await load.open(server.url, Number(values.pairs), server.token)
    contenders.push({ server, load, cold: [], saturated: [], paced: [] })
  }
  const [seconds, rounds, window] = [Number(values.seconds), Number(values.rounds), Number(values.window)]
  // one message each makes the conversations; the answer to a conversation's first waits for an invitation, and the next one's may overtake it
  for (const contender of contenders) await measure(contender, { window: 1 }, 0)
  for (const contender of contenders) contender.cold.push(await measure(contender, COLD, COLD.seconds))
  for (const contender of contenders) await measure(contender, { window }, 1)
  for (let i = 0; i < rounds; i++) {
    for (const contender of contenders) contender.saturated.push(await measure(contender, { window }, seconds))
  }
  const rate = Math.round(median(contenders[0]!.saturated.map(perSecond)) / 2)
  for (let i = 0; i < rounds; i++) {
    for (const contender of contenders) contender.paced.push(await measure(contender, { rate }, seconds))
  }
  for (const { load, server } of contenders) {
    load.close()
    await server.stop()
  }
  return print(contenders, rate)
}

const numbers = () => ({
  pairs: Number(values.pairs),
  window: Number(values.window),
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  idle: Number(values.idle),
})

async function measure({ server, load }: Contender, pace: Pace, seconds: number): Promise<Measured> {
  const collections = await server.fullCollections?.()
  const before = cpuMicros(server.pid)
  const round = await load.round(pace, seconds)
  const cpuPerMessage = (cpuMicros(server.pid) - before) / round.delivered
  const fullCollections = collections === undefined ? undefined : (await server.fullCollections!()) - collections
  return { ...round, cpuPerMessage, fullCollections }
}

const perSecond = ({ delivered, seconds }: Round): number => delivered / seconds

function print(contenders: readonly Contender[], rate: number): number {
  const base = contenders[1]!
  const of = (rounds: readonly Measured[], figure: (round: Measured) => number): number => median(rounds.map(figure))
  const ratio = (value: number, other: number): string => (value / other).toFixed(2)
  const sum = ({ cold, saturated, paced }: Contender, key: 'lost' | 'doubled' | 'misordered'): number =>
    [...cold, ...saturated, ...paced].reduce((total, round) => total + round[key], 0)
  const ms = (rounds: readonly Measured[], part: number): string => of(rounds, ({ answerMs }) => percentile(answerMs, part)).toFixed(2)
  /** p99, and in brackets how many Mark-Compacts fell into the round. */
  const tail = (rounds: readonly Measured[]): string => {
    const [{ fullCollections } = { fullCollections: undefined }] = rounds
    const collected = fullCollections === undefined ? '' : ` (${of(rounds, (round) => round.fullCollections ?? NaN)})`
    return ms(rounds, 0.99) + collected
  }
  console.log(
    columns([
      [
        '',
        'messages/s',
        'of relay',
        'CPU µs',
        'of relay',
        'cold p99 ms',
        'p50 ms',
        'p99 ms',
        `p50 at ${rate}/s`,
        'p99',
        'lost',
        'doubled',
        'misordered',
      ],
      ...contenders.map((contender) => {
        const { server, cold, saturated, paced } = contender
        const speed = of(saturated, perSecond)
        const cpu = of(saturated, ({ cpuPerMessage }) => cpuPerMessage)
        return [
          server.name,
          speed.toFixed(0),
          ratio(speed, of(base.saturated, perSecond)),
          cpu.toFixed(1),
          ratio(
            cpu,
            of(base.saturated, ({ cpuPerMessage }) => cpuPerMessage),
          ),
          tail(cold),
          ms(saturated, 0.5),
          tail(saturated),
          ms(paced, 0.5),
          tail(paced),
          ...(['lost', 'doubled', 'misordered'] as const).map((key) => String(sum(contender, key))),
        ]
      }),
    ]),
  )
  console.log('In brackets: how often V8 collected the whole heap meanwhile. All threads of a server share one core, the helpers of V8 among them.')
  const wrong = contenders.some((contender) => sum(contender, 'lost') + sum(contender, 'doubled') + sum(contender, 'misordered') > 0)
  if (wrong) console.log('NOT RIGHT: messages were lost, doubled or out of order.')
  return wrong ? 1 : 0
}

endOnSignals()
process.exitCode = await run()
