import type { ClientOptions } from './client-options.ts'
import { systemClock, type Clock } from './clock.ts'
import { pageEnvironment, type Environment } from './environment.ts'
import type { StoragePort } from './keep.ts'
import type { Guest } from './kept.ts'
import type { TransportPort } from './transport.ts'
import { engineIoPorts } from './transports/engine-io.ts'

/** Everything of the world that a client touches. */
export interface Ports {
  /** `null`, undefined: none. */
  readonly storage: StoragePort | null | undefined
  readonly transports: readonly TransportPort[]
  readonly clock: Clock
  readonly random: () => number
  readonly environment: Environment
  readonly fetchGuest: () => Promise<Guest>
}

/** The options where given, the browser's own where not. */
export const portsOf = (options: ClientOptions): Ports => ({
  storage: options.storage === undefined ? pageStorage() : options.storage,
  transports: options.transports || engineIoPorts(options.gateway),
  clock: options.clock || systemClock,
  random: options.random || dice,
  environment: options.environment || pageEnvironment,
  fetchGuest: options.fetchGuest || (() => fetchGuest(options.gateway)),
})

/** Merely naming it throws where storage is forbidden. */
function pageStorage(): StoragePort | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

const dice = (): number =>
  typeof crypto === 'object' ? crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32 : Math.random()

async function fetchGuest(gateway: string): Promise<Guest> {
  const response = await fetch(gateway.replace(/\/$/, '') + '/v1/guests', { method: 'POST' })
  if (!response.ok) throw new Error('no guest pass: ' + response.status)
  return response.json() as Promise<Guest>
}
