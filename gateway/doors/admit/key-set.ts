/**
 * The key set of IM_JWKS_URL. Fetched at the start and every ten minutes, every few seconds while that fails, and when a pass names a key that is
 * not in it. A fetched set stays in use for as long as newer fetches fail, so that nobody is refused because another server is down. Without any
 * keys no pass can be verified.
 */
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose'
import { fetchKeySet } from './fetch-key-set.ts'

export interface KeySetOptions {
  readonly url: string
  /** Called after each fetch or failed use with what is wrong with the key set; undefined: nothing. */
  readonly onSeen: (problem: string | undefined) => void
  /** Time between two fetches while they succeed, and while they fail. */
  readonly freshMs?: number
  readonly retryMs?: number
  /** Time limit of one fetch, including its body. */
  readonly limitMs?: number
}

export class KeySet {
  readonly #options: Required<KeySetOptions>
  readonly #keys: ReturnType<typeof createRemoteJWKSet>
  #problem: string | undefined = 'it has not come yet'
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: KeySetOptions) {
    this.#options = { freshMs: 600_000, retryMs: 5000, limitMs: 5000, ...options }
    this.#keys = createRemoteJWKSet(new URL(options.url), {
      cacheMaxAge: Infinity,
      timeoutDuration: this.#options.limitMs,
      [customFetch]: fetchKeySet,
    })
  }

  /** Why no pass can be verified; undefined: passes can. */
  get missing(): string | undefined {
    return this.#count > 0 ? undefined : this.#problem
  }

  /** Rejects with jose's errors, and with what `problemOf` reads. */
  async verify(token: string, options: JWTVerifyOptions): Promise<JWTPayload> {
    return (await jwtVerify(token, this.#keys, options)).payload
  }

  /** Fetches the set now and periodically from then on. Never rejects. */
  async follow(): Promise<void> {
    clearTimeout(this.#timer)
    try {
      await this.#keys.reload()
      this.saw(this.#count === 0 ? 'it has no keys' : undefined)
    } catch (error) {
      this.saw(problemOf(error) ?? 'it cannot be fetched')
    }
    if (this.#isClosed) return
    const { freshMs, retryMs } = this.#options
    this.#timer = setTimeout(() => void this.follow(), this.#problem === undefined ? freshMs : retryMs).unref()
  }

  /** Notes what a fetch or a verification found wrong with the key set; undefined: nothing. */
  saw(problem: string | undefined): void {
    const wasWell = this.#problem === undefined
    this.#problem = problem
    this.#options.onSeen(problem)
    if (!wasWell || problem === undefined || this.#isClosed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.follow(), this.#options.retryMs).unref()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  get #count(): number {
    return this.#keys.jwks()?.keys.length ?? 0
  }
}

/** What is wrong with the key set; undefined if the error is the pass's fault. Leaves out the address, which may hold a password. */
export function problemOf(error: unknown): string | undefined {
  if (error instanceof errors.JWKSTimeout) return 'it did not come in time'
  if (error instanceof errors.JWKSInvalid) return 'what came is no JSON Web Key Set'
  if (error instanceof errors.JOSEError) return error.code === 'ERR_JOSE_GENERIC' ? error.message : undefined
  if (!(error instanceof TypeError)) return undefined
  // fetch itself failed: the pass may be valid
  const { code } = Object(error.cause) as { code?: unknown }
  return `it cannot be fetched${typeof code === 'string' ? ` (${code})` : ''}`
}
