import { Redis } from 'ioredis'
import type { Server } from './server.ts'
import type { RedisSettings } from './settings.ts'
import type { Access, Place } from './url.ts'

export interface Shard {
  readonly first: number
  readonly last: number
  readonly master: Place
  readonly replicas: readonly Place[]
}

export interface MapSources {
  readonly access: Access
  readonly settings: RedisSettings
  /** Those we are connected to, tried first. */
  readonly servers: readonly Server[]
  /** Every other address heard of. */
  readonly places: readonly Place[]
}

/** Who has which slots, from whoever answers first; rejects with the last reason when nobody does. */
export async function askForMap(sources: MapSources): Promise<Shard[]> {
  let reason: unknown = new Error('no address to ask')
  for (const server of shuffled(sources.servers.filter(({ ask }) => ask.problem === undefined))) {
    try {
      return shardsOf(await server.ask.redis.call('CLUSTER', 'SLOTS'), hostOf(server))
    } catch (error) {
      reason = error
    }
  }
  for (const place of shuffled(unique(sources.places))) {
    try {
      return await askPlace(place, sources)
    } catch (error) {
      reason = error
    }
  }
  throw reason
}

async function askPlace(place: Place, { access, settings }: MapSources): Promise<Shard[]> {
  let lastError: Error | undefined
  const redis = new Redis({
    ...place,
    ...access,
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: settings.connectTimeoutMs,
    commandTimeout: settings.commandTimeoutMs,
    replyMapping: 'legacy',
  })
  redis.on('error', (error: Error) => {
    lastError = error
  })
  try {
    await redis.connect()
    return shardsOf(await redis.call('CLUSTER', 'SLOTS'), place.host)
  } catch (error) {
    throw lastError ?? error
  } finally {
    redis.disconnect()
  }
}

type NodeReply = readonly [host: string | null, port: number, ...rest: unknown[]]
type ShardReply = readonly [first: number, last: number, ...nodes: NodeReply[]]

/** A node that does not know its own address says '' or '?': then it is where we asked. */
function shardsOf(reply: unknown, askedHost: string): Shard[] {
  const placeOf = ([host, port]: NodeReply): Place => ({ host: host && host !== '?' ? host : askedHost, port })
  return (reply as readonly ShardReply[]).flatMap(([first, last, master, ...replicas]) =>
    master === undefined ? [] : [{ first, last, master: placeOf(master), replicas: replicas.map(placeOf) }],
  )
}

const hostOf = ({ name }: Server): string => name.slice(0, name.lastIndexOf(':'))

const unique = (places: readonly Place[]): Place[] => [...new Map(places.map((place) => [`${place.host}:${place.port}`, place])).values()]

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
