/**
 * Takes REST requests from allowances. A request with the API key counts as the backend's, any other by its address, and once more if its key,
 * demo word or pass is wrong, so that nobody can try many. Public reads (pictures, the API description) are free.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AllowanceName, Spender } from '../../domain/allowances.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Allowances } from '../admit/allowances.ts'
import type { Standing } from '../admit/buckets.ts'
import type { ApiKeys } from '../admit/api-keys.ts'
import type { DemoWord } from '../admit/demo-word.ts'
import type { TrustedProxies } from '../admit/trusted-proxies.ts'

export interface RequestAllowanceOptions {
  readonly allowances: Pick<Allowances, 'take' | 'giveBack' | 'standing'>
  readonly proxies: TrustedProxies
  readonly apiKeys: ApiKeys
  readonly demoWord: DemoWord | undefined
}

export class RequestAllowance {
  readonly #options: RequestAllowanceOptions

  constructor(options: RequestAllowanceOptions) {
    this.#options = options
  }

  /** Throws `rate_limited`. To be called before anything in the request but the key is checked. Says in the answer's headers what is left. */
  arrived(request: FastifyRequest, reply: FastifyReply): void {
    const { allowances, apiKeys } = this.#options
    const { method, headers } = request
    if (method === 'OPTIONS' || (method === 'GET' && headers.authorization === undefined)) return
    const [name, spender]: [AllowanceName, Spender] = apiKeys.of(request) === undefined ? ['request', this.#spender(request)] : ['backend', {}]
    try {
      allowances.take(name, spender)
    } finally {
      const standing = allowances.standing(name, spender)
      if (standing !== undefined) reply.headers(limitHeaders(standing))
    }
  }

  /** Throws `rate_limited` after too many guesses. To be called before the demo word, which others could guess, is compared. */
  mayGuess(request: FastifyRequest): void {
    const { allowances, apiKeys } = this.#options
    if (apiKeys.of(request) !== undefined) return
    allowances.take('guess', this.#spender(request))
    allowances.giveBack('guess', this.#spender(request))
  }

  /** Counts a refusal for a wrong key, word or pass. Returns the refusal to send: `refusal`, or `rate_limited` after too many. */
  refused(request: FastifyRequest, refusal: Refusal): Refusal {
    const { allowances, apiKeys, demoWord, proxies } = this.#options
    const { code } = refusal.wire
    const isGuess = code === 'pass_invalid' || code === 'forbidden' || (code === 'pass_required' && demoWord?.isTried(request, proxies) === true)
    if (!isGuess || apiKeys.of(request) !== undefined) return refusal
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

/** The header fields of draft-ietf-httpapi-ratelimit-headers up to version 6, which clients know. `RateLimit-Reset` is in seconds. */
const limitHeaders = ({ limit, left, fullMs }: Standing): Record<string, string> => ({
  'RateLimit-Limit': String(limit),
  'RateLimit-Remaining': String(left),
  'RateLimit-Reset': String(Math.ceil(fullMs / 1000)),
})
