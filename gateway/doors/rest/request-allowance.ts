/**
 * What requests cost whom. With the API key: a backend's, wherever it stands. All others: the address, and more where a key, a word or a pass
 * was wrong, so that nobody tries many. What anybody may read without a word of itself (pictures, the description) costs nothing here.
 */
import type { FastifyRequest } from 'fastify'
import type { Allowances } from '../../domain/allowances.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { DemoWord } from '../admit/demo-word.ts'
import type { TrustedProxies } from '../admit/trusted-proxies.ts'
import { hasApiKey } from './api-key.ts'

export interface RequestAllowanceOptions {
  readonly allowances: Allowances
  readonly proxies: TrustedProxies
  readonly apiKey: string | undefined
  readonly demoWord: DemoWord | undefined
}

export class RequestAllowance {
  readonly #options: RequestAllowanceOptions

  constructor(options: RequestAllowanceOptions) {
    this.#options = options
  }

  /** Throws `rate_limited` before anything of the request is looked at but a key. */
  arrived(request: FastifyRequest): void {
    const { allowances, apiKey } = this.#options
    const { method, headers } = request
    if (method === 'OPTIONS' || (method === 'GET' && headers.authorization === undefined)) return
    if (apiKey !== undefined && hasApiKey(request, apiKey)) allowances.take('backend', {})
    else allowances.take('request', this.#spender(request))
  }

  /** Before a word is compared, which people choose and others could guess. */
  mayGuess(request: FastifyRequest): void {
    const { allowances, apiKey } = this.#options
    if (apiKey !== undefined && hasApiKey(request, apiKey)) return
    allowances.take('guess', this.#spender(request))
    allowances.giveBack('guess', this.#spender(request))
  }

  /** What to answer instead of `refusal`: where it says that something was wrong, and that happened too often, `rate_limited`. */
  refused(request: FastifyRequest, refusal: Refusal): Refusal {
    const { allowances, apiKey, demoWord, proxies } = this.#options
    const { code } = refusal.wire
    const isGuess = code === 'pass_invalid' || code === 'forbidden' || (code === 'pass_required' && demoWord?.isTried(request, proxies) === true)
    if (!isGuess || (apiKey !== undefined && hasApiKey(request, apiKey))) return refusal
    try {
      allowances.take('guess', this.#spender(request))
      return refusal
    } catch (limited) {
      if (limited instanceof Refusal) return limited
      throw limited
    }
  }

  #spender({ raw }: FastifyRequest): { readonly address: string } {
    return { address: this.#options.proxies.clientAddress(raw) }
  }
}
