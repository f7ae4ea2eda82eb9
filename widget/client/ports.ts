import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import { boundedText } from './bounded-text.ts'
import type { ClientOptions } from './client-options.ts'
import { systemClock, type Clock } from './clock.ts'
import { pageEnvironment, type Environment } from './environment.ts'
import { guestFrom, refusalFrom } from './incoming.ts'
import { pagePictures } from './page-pictures.ts'
import type { PictureStore } from './picture-store.ts'
import type { StoragePort } from './scoped-storage.ts'
import type { Guest } from './stored.ts'
import type { TransportPort } from './transport.ts'
import { RefusalError } from './refusal-error.ts'
import { engineIoPorts } from './transports/engine-io.ts'

const GUEST_BYTES = 16_384
const GUEST_MS = 15_000

/** Everything of its environment that a client uses. */
export interface Ports {
  /** `null`, undefined: none. */
  readonly storage: StoragePort | null | undefined
  readonly pictures: PictureStore | undefined
  readonly transports: readonly TransportPort[]
  readonly clock: Clock
  readonly random: () => number
  readonly environment: Environment
  readonly fetchGuest: () => Promise<Guest>
}

/** The options, with the browser's own as defaults. */
export const portsOf = (options: ClientOptions): Ports => ({
  storage: options.storage === undefined ? pageStorage() : options.storage,
  pictures: options.pictures || (options.storage === undefined ? pagePictures : undefined),
  transports: options.transports || engineIoPorts(options.gateway),
  clock: options.clock || systemClock,
  random: options.random || systemRandom,
  environment: options.environment || pageEnvironment,
  fetchGuest: options.fetchGuest || (() => within(GUEST_MS, options.clock || systemClock, fetchGuest(options.gateway))),
})

/** Even reading `localStorage` throws where storage is forbidden. */
function pageStorage(): StoragePort | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

const systemRandom = (): number => (typeof crypto === 'object' ? crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32 : Math.random())

/** As `promise`, but rejects after `ms`. */
const within = <T>(ms: number, clock: Clock, promise: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = clock.after(ms, () => reject(new Error('no answer')))
    // not `finally`: the oldest engines lack it
    promise.then(resolve, reject).then(stop)
  })

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

async function fetchGuest(gateway: string): Promise<Guest> {
  const response = await fetch(withoutEndSlashes(gateway) + '/v1/guests', { method: 'POST' })
  const answer = parsed(await boundedText(response, GUEST_BYTES))
  const guest = guestFrom(answer)
  if (response.ok && guest) return guest
  const { error } = Object(answer) as { error?: Partial<WireRefusal> }
  if (typeof error?.code === 'string' && typeof error.retry === 'boolean') throw new RefusalError(refusalFrom(error))
  // The gateway is reachable but issues no guest passes: its REST door is off, or a proxy does not forward `/v1/`.
  if (response.status === 404 || response.status === 405) throw new RefusalError({ code: 'pass_required', retry: false })
  throw new Error('no guest pass: ' + response.status)
}

/** By hand, because a regular expression for this takes quadratic time. */
export function withoutEndSlashes(address: string): string {
  let end = address.length
  while (address[end - 1] === '/') end--
  return address.slice(0, end)
}
