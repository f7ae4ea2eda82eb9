import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { spawnEnding } from '../kit/ends-with-us.ts'
import { spawnGateway } from '../kit/gateway.ts'
import { gatewayDialect, relayDialect, type Dialect } from './dialect.ts'

const PROFILER = new URL('profile.mjs', import.meta.url).href

export interface Server {
  readonly name: string
  readonly url: string
  readonly dialect: Dialect
  readonly pid: number
  /** How often V8 has collected the whole heap since the start (Mark-Compact); absent where nobody counts. */
  readonly fullCollections?: () => Promise<number>
  token(user: string): Promise<string>
  stop(): Promise<void>
}

export interface GatewayOptions {
  /** The folder for a CPU profile, written at the end. */
  readonly profileDir?: string | undefined
  readonly nodeOptions?: string | undefined
}

export async function startGatewayServer({ profileDir, nodeOptions = '' }: GatewayOptions): Promise<Server> {
  const gateway = await spawnGateway({
    COMMANDS_PER_SECOND: '0',
    LOG_LEVEL: 'error',
    WARM_UP: 'on',
    NODE_OPTIONS: profileDir === undefined ? nodeOptions : `${nodeOptions} --import=${PROFILER}`,
    ...(profileDir === undefined ? {} : { PROFILE_DIR: profileDir }),
  })
  const pid = gateway.process.pid!
  pin(pid, 0)
  return {
    name: 'gateway, embedded, durable',
    url: gateway.url,
    dialect: gatewayDialect,
    pid,
    fullCollections: async () => {
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
      return Number(/^nodejs_gc_duration_seconds_count\{kind="major"\} (\d+)/m.exec(metrics)?.[1] ?? 0)
    },
    token: (sub) => gateway.pass({ sub }),
    stop: async () => {
      await gateway.stop()
      rmSync(gateway.dataDir, { recursive: true, force: true })
    },
  }
}

export async function startRelay({ answers }: { answers: boolean }): Promise<Server> {
  const loader = new URL('../kit/typescript.mjs', import.meta.url).href
  const script = new URL('relay.ts', import.meta.url).pathname
  const child = spawnEnding(process.execPath, ['--import', loader, script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(child.stdout!, 'data')) as [Buffer]
  pin(child.pid!, 0)
  return {
    name: answers ? 'bare ws relay that answers' : 'bare ws relay',
    url: `http://127.0.0.1:${Number(port)}`,
    dialect: relayDialect(answers),
    pid: child.pid!,
    token: async () => '',
    stop: async () => {
      child.kill()
      await once(child, 'exit')
    },
  }
}

/** Pins servers to one core and the load to another, so that they do not share one by chance. False where that is impossible. */
export function pin(pid: number, core: number): boolean {
  if (availableParallelism() < 2) return false
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** CPU time that the process has used, in µs; NaN where there is no /proc. */
export function cpuMicros(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    const ticks = Number(fields[11]) + Number(fields[12])
    return ticks * 10_000
  } catch {
    return NaN
  }
}
