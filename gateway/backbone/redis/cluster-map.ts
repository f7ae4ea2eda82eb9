import { connectOnce } from './connect-once.ts'
import type { Server } from './server.ts'
import type { RedisSettings } from './settings.ts'
import type { Access, Address } from './url.ts'

export interface Shard {
  readonly first: number
  readonly last: number
  readonly master: Address
  readonly replicas: readonly Address[]
}

export interface MapSources {
  readonly access: Access
  readonly settings: RedisSettings
  /** Those we are connected to; they are asked first. */
  readonly servers: readonly Server[]
  /** Every other known address. */
  readonly addresses: readonly Address[]
}

/** Asks one server after another which slots each master has, until one replies; rejects with the last error when none does. */
export async function fetchMap(sources: MapSources): Promise<Shard[]> {
  let reason: unknown = new Error('no address to ask')
  for (const server of shuffled(sources.servers.filter(({ reader }) => reader.problem === undefined))) {
    try {
      return shardsOf(await server.reader.redis.call('CLUSTER', 'SLOTS'), hostOf(server))
    } catch (error) {
      reason = error
    }
  }
  for (const address of shuffled(unique(sources.addresses))) {
    try {
      return await askAddress(address, sources)
    } catch (error) {
      reason = error
    }
  }
  throw reason
}

async function askAddress(address: Address, { access, settings }: MapSources): Promise<Shard[]> {
  const { connectTimeoutMs: connectTimeout, commandTimeoutMs: commandTimeout } = settings
  const redis = await connectOnce({ ...address, ...access, enableReadyCheck: false, connectTimeout, commandTimeout })
  return shardsOf(await redis.call('CLUSTER', 'SLOTS').finally(() => redis.disconnect()), address.host)
}

type NodeReply = readonly [host: string | null, port: number, ...rest: unknown[]]
type ShardReply = readonly [first: number, last: number, ...nodes: NodeReply[]]

/** A node that does not know its own address says '' or '?': then it is the host we asked. */
function shardsOf(reply: unknown, askedHost: string): Shard[] {
  const addressOf = ([host, port]: NodeReply): Address => ({ host: host && host !== '?' ? host : askedHost, port })
  return (reply as readonly ShardReply[]).flatMap(([first, last, master, ...replicas]) =>
    master === undefined ? [] : [{ first, last, master: addressOf(master), replicas: replicas.map(addressOf) }],
  )
}

const hostOf = ({ name }: Server): string => name.slice(0, name.lastIndexOf(':'))

const unique = (addresses: readonly Address[]): Address[] => [
  ...new Map(addresses.map((address) => [`${address.host}:${address.port}`, address])).values(),
]

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
