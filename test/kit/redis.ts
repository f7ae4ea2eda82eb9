/**
 * Real Redis servers for tests: each on a free loopback port with its own folder, without persistence unless asked,
 * ended by pid. `stop` ends every server that was started, also one that the test killed.
 */
import { execFile, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { removeEnding, spawnEnding } from './ends-with-us.ts'
import { freePort } from './free-port.ts'

const run = promisify(execFile)

const PORT_ATTEMPTS = 5

/** One redis-server process; may be killed and started again on the same port with the same folder. */
export class RedisServer {
  readonly port: number
  readonly #folder = removeEnding(mkdtempSync(join(tmpdir(), 'im-redis-')))
  readonly #args: readonly string[]
  #process: ChildProcess | undefined

  constructor(port: number, args: readonly string[]) {
    this.port = port
    this.#args = args
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async start(): Promise<this> {
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--daemonize', 'no']
    const child = spawnEnding('redis-server', [...this.#mode(), ...place], { stdio: ['ignore', 'pipe', 'inherit'], cwd: this.#folder })
    this.#process = child
    let log = ''
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (chunk: Buffer) => {
        log = (log + chunk).slice(-4000)
        if (/Ready to accept connections|Sentinel ID is/.test(log)) resolve()
      })
      child.once('close', (code) => reject(new Error(`redis-server ended with ${code}: ${log}`)))
    })
    return this
  }

  /** What redis-cli prints; throws Redis' errors. */
  async cli(...args: string[]): Promise<string> {
    const { stdout } = await run('redis-cli', ['-e', '-p', String(this.port), ...args])
    return stdout.trimEnd()
  }

  async info(field: string): Promise<string | undefined> {
    return new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(await this.cli('INFO'))?.[1]
  }

  /** SIGKILL by default; SIGSTOP makes it hang, SIGCONT resume. */
  async signal(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    if (signal === 'SIGKILL') await once(child, 'exit')
  }

  async stop(): Promise<void> {
    await this.signal()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** A Sentinel rewrites its configuration, so it needs a file. */
  #mode(): string[] {
    if (!this.#args.includes('--sentinel')) return ['--save', '', '--appendonly', 'no', ...this.#args]
    const file = join(this.#folder, 'sentinel.conf')
    writeFileSync(file, '')
    return [file, ...this.#args]
  }
}

export const startRedis = (...args: string[]): Promise<RedisServer> => startOnFreePorts(async () => args)

/** Tries other ports where one was taken before the server listened on it. */
async function startOnFreePorts(argsOf: () => Promise<readonly string[]>): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    const server = new RedisServer(await freePort(), await argsOf())
    try {
      return await server.start()
    } catch (error) {
      await server.stop()
      if (attempt === PORT_ATTEMPTS || !/Address already in use/.test(String(error))) throw error
    }
  }
}

/**
 * Repeats `ask` until its value `holds`; fails with the last value or error. `ask` may throw meanwhile: a server that is
 * being promoted cuts its clients' connections.
 */
export async function eventually<T>(ask: () => Promise<T>, holds: (value: T) => boolean, withinMs = 15_000): Promise<T> {
  const end = Date.now() + withinMs
  let last = ''
  while (Date.now() < end) {
    try {
      const value = await ask()
      if (holds(value)) return value
      last = String(value)
    } catch (error) {
      last = String(error)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`not within ${withinMs} ms; last: ${last.slice(0, 500)}`)
}

const CLUSTER = [
  '--cluster-enabled',
  'yes',
  '--cluster-node-timeout',
  '1000',
  '--cluster-replica-validity-factor',
  '0',
  '--cluster-require-full-coverage',
  'no',
  '--repl-diskless-sync-delay',
  '0',
  '--repl-ping-replica-period',
  '1',
]

/** Servers started together, ended together. */
export interface RedisGroup {
  readonly servers: readonly RedisServer[]
  readonly url: string
  stop(): Promise<void>
}

const group = (servers: readonly RedisServer[], url: string): RedisGroup => ({
  servers,
  url,
  stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
})

const portsOf = (servers: readonly RedisServer[]): string => servers.map(({ port }) => `127.0.0.1:${port}`).join(',')

/** Three masters (servers 0 to 2) and a replica each (3 to 5), joined by hand: redis-cli's own way takes many seconds. */
export async function startCluster(): Promise<RedisGroup> {
  const servers = await Promise.all(
    Array.from({ length: 6 }, () => startOnFreePorts(async () => [...CLUSTER, '--cluster-port', String(await freePort())])),
  )
  const [first, ...others] = servers as [RedisServer, ...RedisServer[]]
  await Promise.all(
    servers
      .slice(0, 3)
      .map((server, i) => server.cli('CLUSTER', 'ADDSLOTSRANGE', String(Math.ceil((i * 16_384) / 3)), String(Math.ceil(((i + 1) * 16_384) / 3) - 1))),
  )
  await Promise.all(servers.map((server, i) => server.cli('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1))))
  const busPort = /@(\d+)/.exec(await first.cli('CLUSTER', 'NODES'))![1]!
  await Promise.all(others.map((server) => server.cli('CLUSTER', 'MEET', '127.0.0.1', String(first.port), busPort)))
  await allKnow(servers, (nodes) => nodes.length === 6 && nodes.every((node) => !node.includes('handshake')))
  await Promise.all(servers.slice(3).map(async (server, i) => server.cli('CLUSTER', 'REPLICATE', await servers[i]!.cli('CLUSTER', 'MYID'))))
  await allKnow(servers, (nodes) => nodes.filter((node) => node.includes('slave')).length === 3)
  await Promise.all(
    servers.slice(3).map((server) =>
      eventually(
        () => server.info('master_link_status'),
        (status) => status === 'up',
      ),
    ),
  )
  await Promise.all(
    servers.map((server) =>
      eventually(
        () => server.cli('CLUSTER', 'INFO'),
        (info) => info.includes('cluster_state:ok'),
      ),
    ),
  )
  return group(servers, `redis+cluster://${portsOf(servers)}`)
}

async function allKnow(servers: readonly RedisServer[], holds: (nodes: string[]) => boolean): Promise<void> {
  await Promise.all(servers.map((server) => eventually(async () => (await server.cli('CLUSTER', 'NODES')).split('\n'), holds)))
}

/** A master (server 0), its replica (1), and three Sentinels (2 to 4) that call the master `im`. */
export async function startSentinel(): Promise<RedisGroup> {
  const master = await startRedis('--repl-diskless-sync-delay', '0')
  const replica = await startRedis('--repl-diskless-sync-delay', '0', '--replicaof', '127.0.0.1', String(master.port))
  await eventually(
    () => replica.info('master_link_status'),
    (status) => status === 'up',
  )
  const sentinels = await Promise.all([1, 2, 3].map(() => startRedis('--sentinel')))
  await Promise.all(
    sentinels.map(async (sentinel) => {
      await sentinel.cli('SENTINEL', 'MONITOR', 'im', '127.0.0.1', String(master.port), '2')
      await sentinel.cli('SENTINEL', 'SET', 'im', 'down-after-milliseconds', '1000', 'failover-timeout', '5000')
    }),
  )
  const knows = (info: string): boolean => /num-other-sentinels\n2\n/.test(info) && /num-slaves\n1\n/.test(info)
  await Promise.all(sentinels.map((sentinel) => eventually(() => sentinel.cli('SENTINEL', 'MASTER', 'im'), knows)))
  return group([master, replica, ...sentinels], `redis+sentinel://${portsOf(sentinels)}/im`)
}

/** Servers that do not know each other; the md5 rule picks one for each key. */
export async function startRing(count = 4): Promise<RedisGroup> {
  const servers = await Promise.all(Array.from({ length: count }, () => startRedis()))
  return group(servers, servers.map(({ url }) => url).join(','))
}
