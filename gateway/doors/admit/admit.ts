/** Checks a hello before its session is attached: the origin may connect, the version is supported, the pass is valid. */
import type { IncomingMessage } from 'node:http'
import type { Hello } from '../../protocol/commands.ts'
import type { Identity } from '../../protocol/model.ts'
import { OLDEST_VERSION } from '../../protocol/version.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Origins } from './origins.ts'
import type { Passes } from './passes.ts'
import type { Arrival, TrustedProxies } from './trusted-proxies.ts'

export class Admit {
  readonly proxies: TrustedProxies
  readonly #passes: Passes
  readonly #origins: Origins

  constructor(options: { passes: Passes; origins: Origins; proxies: TrustedProxies }) {
    this.#passes = options.passes
    this.#origins = options.origins
    this.proxies = options.proxies
  }

  /** Whether the page that sent the request is one that may connect. */
  mayConnect(request: IncomingMessage): boolean {
    return this.#origins.allow(this.proxies.arrival(request))
  }

  /** Resolves with the identity in the pass. Throws or rejects with a Refusal. */
  hello(hello: Hello, arrival: Arrival): Promise<Identity> {
    if (!this.#origins.allow(arrival)) throw new Refusal('origin_forbidden', arrival.origin)
    if (hello.v !== undefined && hello.v < OLDEST_VERSION) throw new Refusal('version_unsupported', `oldest is ${OLDEST_VERSION}`)
    if (hello.token === undefined || hello.token === '') throw new Refusal('pass_required')
    return this.#passes.verify(hello.token)
  }

  /** Checks a fresh pass for an open session: it must be the same participant's. */
  async renew(token: string, current: Identity): Promise<Identity> {
    const next = await this.#passes.verify(token)
    const isSame = next.id === current.id && next.role === current.role && next.side === current.side
    if (!isSame) throw new Refusal('forbidden', "the pass is another participant's")
    return next
  }
}
