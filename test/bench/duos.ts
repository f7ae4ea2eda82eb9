import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeEnding, spawnEnding } from '../kit/ends-with-us.ts'
import { spawnGateway } from '../kit/gateway.ts'
import { startRedis, type RedisServer } from '../kit/redis.ts'
import { engineDialect, gatewayDialect, socketIoDialect, type Dialect } from './dialect.ts'
import { cpuMicros, pin } from './servers.ts'

/** Two nodes of one kind on a Redis of their own. */
export interface Duo {
  readonly name: string
  readonly urls: readonly [string, string]
  readonly dialect: Dialect
  token(user: string): Promise<string>
  /** CPU time of both nodes, and of Redis, in µs. */
  cpu(): { readonly nodes: number; readonly redis: number }
  /** Resident bytes of the first node. */
  residentBytes(): number
  stop(): Promise<void>
}

export async function startGatewayDuo(door: 'ws' | 'engine.io'): Promise<Duo> {
  const redis = await startRedis()
  const environment = {
    COMMANDS_PER_SECOND: '0',
    LOG_LEVEL: 'error',
    REDIS_URL: redis.url,
    DATA_DIR: removeEnding(await mkdtemp(join(tmpdir(), 'im-bench-'))),
  }
  const nodes = [await spawnGateway(environment), await spawnGateway(environment)] as const
  return {
    name: `gateway, ${door}`,
    dialect: door === 'ws' ? gatewayDialect : engineDialect,
    urls: [nodes[0].url, nodes[1].url],
    token: (sub) => nodes[0].pass({ sub }),
    ...(await figures([nodes[0].process.pid!, nodes[1].process.pid!], redis)),
    stop: async () => {
      for (const node of nodes) await node.stop()
      await redis.stop()
      rmSync(environment.DATA_DIR, { recursive: true, force: true })
    },
  }
}

export async function startSocketIoDuo(adapter: 'pubsub' | 'streams'): Promise<Duo> {
  const redis = await startRedis()
  const loader = new URL('../kit/typescript.mjs', import.meta.url).href
  const script = new URL('socket-io-node.ts', import.meta.url).pathname
  const nodes = await Promise.all(
    [1, 2].map(async () => {
      const child = spawnEnding(process.execPath, ['--import', loader, script, adapter, redis.url], { stdio: ['ignore', 'pipe', 'inherit'] })
      const [port] = (await once(child.stdout!, 'data')) as [Buffer]
      return { child, url: `http://127.0.0.1:${Number(port)}` }
    }),
  )
  return {
    name: `socket.io, ${adapter === 'streams' ? 'Redis Streams adapter' : 'Redis adapter'}`,
    dialect: socketIoDialect,
    urls: [nodes[0]!.url, nodes[1]!.url],
    token: async () => '',
    ...(await figures(
      nodes.map(({ child }) => child.pid!),
      redis,
    )),
    stop: async () => {
      for (const { child } of nodes) {
        child.kill()
        await once(child, 'exit')
      }
      await redis.stop()
    },
  }
}

/** Both nodes and their Redis share one core; the load has the other. */
async function figures(pids: readonly number[], redis: RedisServer): Promise<Pick<Duo, 'cpu' | 'residentBytes'>> {
  const redisPid = Number(await redis.info('process_id'))
  for (const pid of [...pids, redisPid]) pin(pid, 0)
  return {
    cpu: () => ({ nodes: pids.reduce((sum, pid) => sum + cpuMicros(pid), 0), redis: cpuMicros(redisPid) }),
    residentBytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pids[0]}/status`, 'utf8'))?.[1]) * 1024,
  }
}
