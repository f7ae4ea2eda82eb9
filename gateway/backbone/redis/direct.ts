import type { Redis, RedisOptions } from 'ioredis'
import { shardNumber } from '../../protocol/keys.ts'
import { DataError } from '../data-error.ts'
import { fetchMap } from './cluster-map.ts'
import { connectOnce } from './connect-once.ts'
import { PROBE_TAG, tagWhere } from './keys.ts'
import { sentinelOptions } from './redis.ts'
import { REDIS_DEFAULTS } from './settings.ts'
import { slotOf } from './slot.ts'
import { parseRedisUrl, type Target } from './url.ts'

/** A pipeline or a script of a command on all data takes longer than one of a gateway. */
const COMMAND_TIMEOUT_MS = 60_000

export interface DirectServer {
  readonly name: string
  readonly redis: Redis
  /** Hash tag of what belongs to this server, as in probe.ts. */
  readonly tag: string
}

/** One plain connection to each server that has keys, for a command that looks at all of them while no gateway needs to be quick. */
export interface DirectServers {
  readonly all: readonly DirectServer[]
  readonly isCluster: boolean
  /** The server that has a key, or what belongs to a channel. */
  of(keyOrChannel: string): Redis
  close(): void
}

/** Rejects with `DataError` where a server cannot be reached, and with an error where the URL cannot be read. */
export async function connectDirectly(url: string, tlsCa?: string): Promise<DirectServers> {
  const target = parseRedisUrl(url, tlsCa)
  if (target.kind === 'cluster') return connectCluster(target)
  const options =
    target.kind === 'sentinel'
      ? [sentinelOptions(target, REDIS_DEFAULTS)]
      : target.servers.map((redis) => ({ name: `${redis.host}:${redis.port}`, redis }))
  const all = await connectAll(options.map((one) => ({ ...one, tag: PROBE_TAG })))
  const of = (key: string): Redis => all[all.length === 1 ? 0 : shardNumber(key, all.length)]!.redis
  return { all, isCluster: false, of, close: () => closeAll(all) }
}

async function connectCluster({ seeds, access }: Extract<Target, { kind: 'cluster' }>): Promise<DirectServers> {
  const shards = await fetchMap({ access, settings: { url: '', ...REDIS_DEFAULTS }, servers: [], addresses: seeds }).catch((error: Error) => {
    throw unreachable('Cluster', error)
  })
  const nameOf = (slot: number): string => {
    const shard = shards.find(({ first, last }) => slot >= first && slot <= last)
    if (shard === undefined) throw new DataError(`Redis Cluster: slot ${slot} has no server. Repair the Cluster first.`)
    return `${shard.master.host}:${shard.master.port}`
  }
  const masters = new Map(shards.map(({ master }) => [`${master.host}:${master.port}`, master]))
  const all = await connectAll(
    [...masters].map(([name, { host, port }]) => ({
      name,
      redis: { host, port, ...access },
      tag: tagWhere((key) => nameOf(slotOf(key)) === name) ?? '',
    })),
  )
  const byName = new Map(all.map((one) => [one.name, one.redis]))
  return { all, isCluster: true, of: (key) => byName.get(nameOf(slotOf(key)))!, close: () => closeAll(all) }
}

async function connectAll(
  servers: readonly { readonly name: string; readonly redis: RedisOptions; readonly tag: string }[],
): Promise<DirectServer[]> {
  const timeouts = { connectTimeout: REDIS_DEFAULTS.connectTimeoutMs, commandTimeout: COMMAND_TIMEOUT_MS }
  const results = await Promise.allSettled(
    servers.map(async ({ name, redis, tag }) => {
      const connected = connectOnce({ ...redis, ...timeouts })
      return { name, tag, redis: await connected.catch((error: Error) => Promise.reject(unreachable(name, error))) }
    }),
  )
  const connected = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed === undefined) return connected
  closeAll(connected)
  throw failed.reason
}

function closeAll(servers: readonly DirectServer[]): void {
  for (const { redis } of servers) redis.disconnect()
}

const unreachable = (name: string, { message }: Error): DataError => new DataError(`Redis ${name} cannot be reached: ${message}`)

/** The replies of a pipeline; rejects with the first error. */
export async function replies(pipeline: ReturnType<Redis['pipeline']>): Promise<unknown[]> {
  const results = (await pipeline.exec()) ?? []
  return results.map(([error, value]) => {
    if (error) throw error
    return value
  })
}
