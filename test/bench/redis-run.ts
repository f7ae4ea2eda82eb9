import { startGatewayDuo, startSocketIoDuo, type Duo } from './duos.ts'
import { columns, median, percentile } from './figures.ts'
import { openIdle, type Idle } from './idle.ts'
import { Load, type Pace, type Round } from './load.ts'

export interface RedisBenchOptions {
  readonly pairs: number
  readonly window: number
  readonly rounds: number
  readonly seconds: number
  readonly idle: number
}

interface Measured extends Round {
  /** Ms per 1,000 messages. */
  readonly nodesCpu: number
  readonly redisCpu: number
}

interface Contender {
  readonly duo: Duo
  readonly load: Load
  readonly saturated: Measured[]
  readonly paced: Measured[]
  readonly idle: Partial<Record<'websocket' | 'polling', Idle>>
}

/** Measures two nodes on one Redis, writers at one and readers at the other, in turn with socket.io and its adapters; medians and ratios. */
export async function benchRedis({ pairs, window, rounds, seconds, idle }: RedisBenchOptions): Promise<number> {
  const duos = [await startGatewayDuo('ws'), await startGatewayDuo('engine.io'), await startSocketIoDuo('pubsub'), await startSocketIoDuo('streams')]
  const contenders: Contender[] = []
  for (const duo of duos) {
    const contender: Contender = { duo, load: new Load(duo.dialect), saturated: [], paced: [], idle: {} }
    contender.idle.websocket = await openIdle(duo, 'websocket', idle)
    if (duo.dialect.path.includes('EIO')) contender.idle.polling = await openIdle(duo, 'polling', Math.ceil(idle / 2))
    await contender.load.open(duo.urls[0], pairs, duo.token, duo.urls[1])
    contenders.push(contender)
  }
  for (const contender of contenders) await measure(contender, { window }, 1)
  for (let i = 0; i < rounds; i++) {
    for (const contender of contenders) contender.saturated.push(await measure(contender, { window }, seconds))
  }
  // half of what each can do, and half of what the slowest can, so that one round has the same load for all
  const rate = Math.round(Math.min(...contenders.map(({ saturated }) => median(saturated.map(perSecond)))) / 2)
  for (let i = 0; i < rounds; i++) {
    for (const contender of contenders) contender.paced.push(await measure(contender, { rate }, seconds))
  }
  for (const { load, duo } of contenders) {
    load.close()
    await duo.stop()
  }
  return print(contenders, rate)
}

const perSecond = ({ delivered, seconds }: Round): number => delivered / seconds

async function measure({ duo, load }: Contender, pace: Pace, seconds: number): Promise<Measured> {
  const before = duo.cpu()
  const round = await load.round(pace, seconds)
  const after = duo.cpu()
  return { ...round, nodesCpu: (after.nodes - before.nodes) / round.delivered, redisCpu: (after.redis - before.redis) / round.delivered }
}

function print(contenders: readonly Contender[], rate: number): number {
  const of = (rounds: readonly Measured[], figure: (round: Measured) => number): number => median(rounds.map(figure))
  const speed = ({ saturated }: Contender): number => of(saturated, perSecond)
  const streams = contenders.at(-1)!
  const three = (rounds: readonly Measured[], key: 'answerMs' | 'deliveryMs'): string =>
    [0.5, 0.99, 0.999].map((part) => of(rounds, (round) => percentile(round[key], part)).toFixed(2)).join(' / ')
  const wrongs = (contender: Contender): string =>
    (['lost', 'doubled', 'misordered'] as const)
      .map((key) => [...contender.saturated, ...contender.paced].reduce((sum, round) => sum + round[key], 0))
      .join(' / ')
  const whole = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(0))
  console.log(
    columns([
      [
        'two nodes on one Redis',
        'messages/s',
        '× Streams',
        'CPU ms per 1,000: nodes',
        'Redis',
        `ack at ${rate}/s: p50 / p99 / p999 ms`,
        'delivery',
        'bytes/idle ws',
        'polling',
        'connects/s ws',
        'polling',
        'lost / doubled / misordered',
      ],
      ...contenders.map((contender) => [
        contender.duo.name,
        whole(speed(contender)),
        (speed(contender) / speed(streams)).toFixed(2),
        of(contender.saturated, ({ nodesCpu }) => nodesCpu).toFixed(1),
        of(contender.saturated, ({ redisCpu }) => redisCpu).toFixed(1),
        three(contender.paced, 'answerMs'),
        three(contender.paced, 'deliveryMs'),
        whole(contender.idle.websocket?.bytesPerSession),
        whole(contender.idle.polling?.bytesPerSession),
        whole(contender.idle.websocket?.connectsPerSecond),
        whole(contender.idle.polling?.connectsPerSecond),
        wrongs(contender),
      ]),
    ]),
  )
  const isWrong = contenders.some((contender) => wrongs(contender) !== '0 / 0 / 0')
  if (isWrong) console.log('NOT RIGHT: messages were lost, doubled or out of order.')
  return isWrong ? 1 : 0
}
