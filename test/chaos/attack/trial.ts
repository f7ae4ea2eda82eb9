/** Runs one attack on a gateway of its own beside a healthy pair, and returns its outcome. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import { removeEnding } from '../../kit/ends-with-us.ts'
import { spawnGateway, type SpawnedGateway } from '../../kit/gateway.ts'
import { startRedis } from '../../kit/redis.ts'
import type { Attack, Prepared } from './attack.ts'
import { AttackerProcess, type AttackResult } from './attacker-process.ts'
import { Gauge, type Reading } from './gauge.ts'
import { HealthyPair, type Books } from './healthy-pair.ts'
import type { Outcome } from './verdict.ts'

const SECRET = 'the secret of the gateway under attack'
/** On Linux all of 127/8 is loopback. */
const STRANGERS_ADDRESS = process.platform === 'linux' ? '127.0.0.66' : undefined
/** The pause between a gateway's first messages and the measured ones, and between the measurements before and during an attack. */
const APART_MS = 1000
/** For `prepare`: no rate limits, so that it does at once what a stranger does over days. The attacked gateway then starts on the same store. */
const WITHOUT_ALLOWANCES = {
  COMMANDS_PER_SECOND: '0',
  RATE_LIMITS: 'off',
  GUESTS_PER_MINUTE: '0',
  IMAGES_PER_MINUTE: '0',
}

export interface TrialOptions {
  /** The gateway's main.js. */
  readonly entry: string
  readonly redis: boolean
  /** How long the attack lasts. */
  readonly seconds: number
  /** How long the pair chats before and after. */
  readonly quietSeconds: number
  readonly afterSeconds: number
  /** Multiplies the attack's counts. */
  readonly scale: number
}

const pass = (claims: Readonly<Record<string, string>>): Promise<string> =>
  new SignJWT({ role: 'customer', ...claims }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(new TextEncoder().encode(SECRET))

export async function trial(attack: Attack, options: TrialOptions): Promise<Outcome> {
  const dataDir = removeEnding(await mkdtemp(join(tmpdir(), 'im-attack-')))
  const redis = options.redis ? await startRedis() : undefined
  const probePath = join(dataDir, 'probe')
  const environment = {
    DATA_DIR: dataDir,
    IM_SECRET: SECRET,
    LOG_LEVEL: 'error',
    METRICS: 'public',
    API_KEY: 'the key of the backend',
    NODE_OPTIONS: `--import ${fileURLToPath(new URL('probe.mjs', import.meta.url))}`,
    ATTACK_PROBE: probePath,
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
  }
  const attacker = new AttackerProcess()
  try {
    const prepared = await prepare(attack, { options, environment, attacker })
    const gateway = await spawnGateway(environment, options.entry)
    const outcome = await strike(attack, { gateway, attacker, prepared, options, probePath })
    await gateway.kill()
    return outcome
  } finally {
    await attacker.end()
    await redis?.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

const means = ({ url }: SpawnedGateway, { scale, seconds }: TrialOptions) => ({
  url,
  secret: SECRET,
  scale,
  seconds,
  localAddress: STRANGERS_ADDRESS,
})

async function prepare(
  attack: Attack,
  {
    options,
    environment,
    attacker,
  }: {
    options: TrialOptions
    environment: Readonly<Record<string, string>>
    attacker: AttackerProcess
  },
): Promise<Prepared> {
  if (attack.prepare === undefined) return {}
  const gateway = await spawnGateway({ ...environment, ...WITHOUT_ALLOWANCES }, options.entry)
  const { prepared, error } = await attacker.carryOut({ ...means(gateway, options), attack: attack.name, step: 'prepare', prepared: {} })
  await gateway.stop()
  if (error !== undefined) throw new Error(`${attack.name} could not be prepared: ${error}`)
  return prepared
}

interface Field {
  readonly gateway: SpawnedGateway
  readonly attacker: AttackerProcess
  readonly prepared: Prepared
  readonly options: TrialOptions
  readonly probePath: string
}

/** One reading of the gauge. */
interface State {
  readonly memoryBytes: number
  readonly socketCount: number
  readonly reading: Reading | undefined
}

async function look(gauge: Gauge): Promise<State> {
  const reading = await gauge.reading('collect')
  return { reading, memoryBytes: await gauge.memoryBytes(), socketCount: await gauge.socketCount() }
}

async function strike(attack: Attack, { gateway, attacker, prepared, options, probePath }: Field): Promise<Outcome> {
  const gauge = new Gauge(gateway.process.pid!, probePath)
  const pair = await HealthyPair.open(gateway.url, pass)
  pair.chat()
  await wait(APART_MS)
  const start = performance.now()
  await wait(options.quietSeconds * 1000)
  const quietUntil = performance.now()
  // messages of the measurement before the attack are answered before it begins
  await wait(APART_MS)
  const before = await look(gauge)
  gauge.takePeakBytes()
  const struckAt = performance.now()
  const result = await attacker.carryOut({ ...means(gateway, options), attack: attack.name, step: 'run', prepared })
  const endedAt = performance.now()
  const during = await gauge.reading('look')
  const socketsAtEnd = await gauge.socketCount()
  const peakBytes = gauge.takePeakBytes()
  if (howEnded(gateway) === undefined) await wait(options.afterSeconds * 1000)
  const after = await look(gauge)
  const books = howEnded(gateway) === undefined ? await booksOf(pair) : undefined
  const outcome = {
    ...{ attack: attack.name, description: attack.description, ended: howEnded(gateway), ...words(result), books },
    quiet: pair.delays(start, quietUntil),
    during: pair.delays(struckAt, endedAt),
    memory: {
      peakBytes: peakBytes - before.memoryBytes,
      afterBytes: after.memoryBytes - before.memoryBytes,
      heldBytes: (after.reading?.heldBytes ?? NaN) - (before.reading?.heldBytes ?? NaN),
    },
    standstillMs: during?.standstillMs ?? NaN,
    sockets: { atEnd: socketsAtEnd - before.socketCount, after: after.socketCount - before.socketCount },
    socketsAllowed: attack.socketsAfter ?? Infinity,
  }
  pair.close()
  gauge.stop()
  return outcome
}

async function booksOf(pair: HealthyPair): Promise<Books | undefined> {
  await pair.quiet()
  return pair.books().catch(() => undefined) // a gateway that does not answer: the verdict says so
}

const words = ({ outcomes, error, done }: AttackResult) => ({ outcomes, attackerError: error, wasCarriedOut: done })

/** How the gateway ended, in its own words where it printed any. */
function howEnded({ process: { exitCode, signalCode }, output }: SpawnedGateway): string | undefined {
  if (exitCode === null && signalCode === null) return undefined
  const reason = /(heap out of memory|RangeError[^\n]*|\w*Error: [^\n]*)/.exec(output())?.[1] ?? ''
  return `${signalCode ?? `exit ${exitCode}`} ${reason}`.trim()
}
