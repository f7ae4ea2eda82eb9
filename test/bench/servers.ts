import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { spawnEnding } from '../kit/ends-with-us.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { startRedis, type RedisServer } from '../kit/redis.ts'
import { LOAD_CORE, pin, residentBytes, SERVER_CORE, type Watched } from './machine.ts'
import { SECRET } from './passes.ts'

const LOADER = new URL('../kit/typescript.mjs', import.meta.url).href
const PROBE = new URL('probe.mjs', import.meta.url).href

/** What a node tells of itself, of all nodes together, since their start. */
export interface Counted {
  /** How often V8 collected the whole heap (Mark-Compact). */
  readonly collections: number
  /** Appends that Redis refused, because another node had written in the conversation. */
  readonly refusals: number
}

/** The nodes of one kind, with a Redis of their own where they need one. */
export interface Server extends Watched {
  /** Where writers and where readers connect; the same for one node. */
  readonly urls: readonly [writers: string, readers: string]
  readonly redisPid: number | undefined
  /** Undefined where nobody counts. */
  counted(): Promise<Counted | undefined>
  /** RSS of all nodes. */
  residentBytes(): number
  stop(): Promise<void>
}

export interface StartOptions {
  /** 0: embedded, one node. */
  readonly nodesOnRedis?: 0 | 1 | 2
  /** Servers on one core, Redis with the load on the other. */
  readonly isPinned: boolean
  /** The folder for CPU profiles, written at the end. */
  readonly profileDir?: string | undefined
  readonly nodeOptions?: string | undefined
  /** For gateways, beside what all of the bench have. */
  readonly environment?: Readonly<Record<string, string>>
}

const probed = ({ nodeOptions = '', profileDir }: StartOptions): Record<string, string> => ({
  NODE_OPTIONS: `${nodeOptions} --import=${PROBE}`,
  ...(profileDir === undefined ? {} : { PROFILE_DIR: profileDir }),
})

export async function startGateway(options: StartOptions): Promise<Server> {
  const { nodesOnRedis = 0 } = options
  const redis = nodesOnRedis === 0 ? undefined : await startRedis()
  const environment = {
    COMMANDS_PER_SECOND: '0',
    DRAIN_MS: '300',
    LOG_LEVEL: 'error',
    WARM_UP: 'on',
    IM_SECRET: SECRET,
    ...probed(options),
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
    ...options.environment,
  }
  const gateways: SpawnedGateway[] = []
  for (let i = 0; i < Math.max(1, nodesOnRedis); i++) gateways.push(await spawnGateway(environment))
  const stop = async (): Promise<void> => {
    for (const gateway of gateways) {
      await gateway.stop()
      rmSync(gateway.dataDir, { recursive: true, force: true })
    }
  }
  const counted = async (): Promise<Counted> => {
    const texts = await Promise.all(gateways.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()))
    const sum = (name: RegExp): number => texts.reduce((total, text) => total + Number(name.exec(text)?.[1] ?? 0), 0)
    return { collections: sum(/^nodejs_gc_duration_seconds_count\{kind="major"\} (\d+)/m), refusals: sum(/^im_appends_refused_total (\d+)/m) }
  }
  return asServer(options, { urls: gateways.map(({ url }) => url), pids: gateways.map(({ process }) => process.pid!), redis, counted, stop })
}

export const startRelay = (options: StartOptions): Promise<Server> => startScript(options, { script: 'relay.ts', args: [], count: 1 })

export async function startSocketIo(options: StartOptions & { readonly adapter: 'memory' | 'streams' }): Promise<Server> {
  if (options.adapter === 'memory') return startScript(options, { script: 'socket-io-node.ts', args: ['memory'], count: 1 })
  const redis = await startRedis()
  return startScript(options, { script: 'socket-io-node.ts', args: ['streams', redis.url], count: 2, redis })
}

interface Script {
  readonly script: string
  readonly args: readonly string[]
  /** Of processes. */
  readonly count: number
  readonly redis?: RedisServer
}

async function startScript(options: StartOptions, { script, args, count, redis }: Script): Promise<Server> {
  const file = new URL(script, import.meta.url).pathname
  const started = await Promise.all(
    Array.from({ length: count }, async (): Promise<[ChildProcess, string]> => {
      const env = { PATH: process.env.PATH, ...probed(options) }
      const child = spawnEnding(process.execPath, ['--import', LOADER, file, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env })
      const [port] = (await once(child.stdout!, 'data')) as [Buffer]
      return [child, `http://127.0.0.1:${Number(port)}`]
    }),
  )
  const stop = async (): Promise<void> => {
    for (const [child] of started) {
      child.kill()
      await once(child, 'exit')
    }
  }
  const [urls, pids] = [started.map(([, url]) => url), started.map(([child]) => child.pid!)]
  return asServer(options, { urls, pids, redis, counted: async () => undefined, stop })
}

interface Started extends Pick<Server, 'pids' | 'counted' | 'stop'> {
  readonly urls: readonly string[]
  readonly redis: RedisServer | undefined
}

async function asServer({ isPinned }: StartOptions, { urls, pids, redis, counted, stop }: Started): Promise<Server> {
  const redisPid = redis === undefined ? undefined : Number(await redis.info('process_id'))
  if (isPinned) {
    for (const pid of pids) pin(pid, SERVER_CORE)
    if (redisPid !== undefined) pin(redisPid, LOAD_CORE)
  }
  return {
    urls: [urls[0]!, urls.at(-1)!],
    pids,
    redisPid,
    counted,
    residentBytes: () => pids.reduce((sum, pid) => sum + residentBytes(pid), 0),
    stop: async () => {
      await stop()
      await redis?.stop()
    },
  }
}
