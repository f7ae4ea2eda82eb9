import { engineDialect, gatewayDialect, relayDialect, socketIoDialect, type Dialect } from './dialect.ts'
import type { Transport } from './load.ts'
import { startGateway, startRelay, startSocketIo, type Server, type StartOptions } from './servers.ts'

export interface Contender {
  readonly name: string
  readonly dialect: Dialect
  readonly transport?: Transport
  readonly bothWrite?: boolean
  start(options: StartOptions): Promise<Server>
}

const gateway = (dialect: Dialect, nodesOnRedis: 0 | 1 | 2, more: Pick<Contender, 'transport' | 'bothWrite'> = {}): Contender => ({
  name: `${['embedded', 'one node on Redis', 'two nodes on Redis'][nodesOnRedis]}, ${dialect === gatewayDialect ? '/ws' : 'engine.io'}${
    more.transport === 'polling' ? ', polling' : ''
  }${more.bothWrite === true ? ', both write' : ''}`,
  dialect,
  ...more,
  start: (options) => startGateway({ ...options, nodesOnRedis }),
})

const socketIo = (adapter: 'memory' | 'streams', transport: Transport = 'websocket'): Contender => ({
  name: `socket.io, ${adapter === 'memory' ? 'in memory' : 'Redis Streams, two nodes'}${transport === 'polling' ? ', polling' : ''}`,
  dialect: socketIoDialect,
  transport,
  start: (options) => startSocketIo({ ...options, adapter }),
})

/** Everything that takes part in some row. With two nodes the first of each pair is at one, the second at the other. */
export const CONTENDERS = {
  relay: { name: 'bare relay that answers', dialect: relayDialect, start: startRelay },
  streams: socketIo('streams'),
  socketIo: socketIo('memory'),
  socketIoPolling: socketIo('memory', 'polling'),
  nodes: gateway(gatewayDialect, 2),
  nodesBothWrite: gateway(gatewayDialect, 2, { bothWrite: true }),
  nodesEngine: gateway(engineDialect, 2),
  node: gateway(gatewayDialect, 1),
  nodePolling: gateway(engineDialect, 1, { transport: 'polling' }),
  embedded: gateway(gatewayDialect, 0),
  embeddedEngine: gateway(engineDialect, 0),
  embeddedPolling: gateway(engineDialect, 0, { transport: 'polling' }),
} as const satisfies Readonly<Record<string, Contender>>

export type ContenderName = keyof typeof CONTENDERS

/** What each contender gave, a round each, in the order of the rounds. */
export type Results<T> = ReadonlyMap<ContenderName, readonly T[]>

/** Lets them take turns (A B C, C B A, …), so that what disturbs the machine for a while disturbs all of them. */
export async function takeTurns<T>(
  names: readonly ContenderName[],
  rounds: number,
  measure: (name: ContenderName) => Promise<T>,
): Promise<Results<T>> {
  const results = new Map<ContenderName, T[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) results.get(name)!.push(await measure(name))
  }
  return results
}
