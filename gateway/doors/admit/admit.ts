/** What a hello must prove before a line is attached: an origin that may, a version we speak, a pass that holds. */
import type { Hello } from '../../protocol/commands.ts'
import type { Identity } from '../../protocol/model.ts'
import { OLDEST_VERSION } from '../../protocol/version.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Origins } from './origins.ts'
import type { Passes } from './passes.ts'

export interface Arrival {
  readonly origin: string | undefined
  readonly host: string | undefined
}

export class Admit {
  readonly #passes: Passes
  readonly #origins: Origins

  constructor(options: { passes: Passes; origins: Origins }) {
    this.#passes = options.passes
    this.#origins = options.origins
  }

  /** Rejects with a Refusal. */
  async hello(hello: Hello, { origin, host }: Arrival): Promise<Identity> {
    if (!this.#origins.allow(origin, host)) throw new Refusal('origin_forbidden', origin)
    if (hello.v !== undefined && hello.v < OLDEST_VERSION) throw new Refusal('version_unsupported', `oldest is ${OLDEST_VERSION}`)
    if (hello.token === undefined || hello.token === '') throw new Refusal('pass_required')
    return this.#passes.verify(hello.token)
  }

  /** A fresh pass on an open line: it must prove the very same participant. */
  async renew(token: string, current: Identity): Promise<Identity> {
    const next = await this.#passes.verify(token)
    const isSame = next.id === current.id && next.role === current.role && next.side === current.side
    if (!isSame) throw new Refusal('forbidden', 'the pass is another participant\'s')
    return next
  }
}
