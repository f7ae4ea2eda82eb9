/**
 * Takes REST requests from allowances. A request with the API key counts as the backend's, any other by its address, and once more if its key,
 * demo word or pass is wrong, so that nobody can try many. Public reads (pictures, the API description) are free.
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

  /** Throws `rate_limited`. To be called before anything in the request but the key is checked. */
  arrived(request: FastifyRequest): void {
    const { allowances, apiKey } = this.#options
    const { method, headers } = request
    if (method === 'OPTIONS' || (method === 'GET' && headers.authorization === undefined)) return
    if (apiKey !== undefined && hasApiKey(request, apiKey)) allowances.take('backend', {})
    else allowances.take('request', this.#spender(request))
  }

  /** Throws `rate_limited` after too many guesses. To be called before the demo word, which others could guess, is compared. */
  mayGuess(request: FastifyRequest): void {
    const { allowances, apiKey } = this.#options
    if (apiKey !== undefined && hasApiKey(request, apiKey)) return
    allowances.take('guess', this.#spender(request))
    allowances.giveBack('guess', this.#spender(request))
  }

  /** Counts a refusal for a wrong key, word or pass. Returns the refusal to send: `refusal`, or `rate_limited` after too many. */
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
