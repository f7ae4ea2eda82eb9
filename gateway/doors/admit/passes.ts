/**
 * Verifies and mints passes: JWTs that state a participant's identity. They are verified with IM_SECRET (HS256) or with a public key of
 * IM_JWKS_URL; if both are set, the pass's `alg` decides, so that guests, whose passes this gateway signs, work beside the operator's users.
 * A secret that is being replaced still verifies. Passes are minted only with the secret (demo, guests, backends with an API key).
 *
 * A pass that was verified a moment ago is not verified again, as clients that reconnect bring the same one; its times are compared each time.
 */
import { createSecretKey, type KeyObject } from 'node:crypto'
import { decodeProtectedHeader, errors, jwtVerify, SignJWT, type JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { isGuestId, isId, isShopSide, participantId, QUEUE, shopSide } from '../../protocol/keys.ts'
import type { Identity } from '../../protocol/model.ts'
import { Shops } from '../../domain/messaging/shops.ts'
import { Refusal } from '../../domain/refusal.ts'
import { tidyName } from '../../domain/untrusted-text.ts'
import { KeySet, problemOf, type KeySetOptions } from './key-set.ts'
import { isValidAt, payloadInPlace, type Times } from './payload-in-place.ts'

const NAME_LENGTH = 80
const AVATAR_LENGTH = 500
/** Verified passes that are remembered, and for how long: a key may leave the key set meanwhile. */
const REMEMBERED = { max: 1000, ttl: 60_000 }
/** A longer one is verified each time: whoever has a valid pass can lengthen it (jose passes over space in the signature), differently each time. */
const REMEMBERED_LENGTH = 4096
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

export interface Claims {
  readonly sub: string
  readonly src?: string
  readonly role: 'customer' | 'agent'
  readonly shop?: string
  readonly name?: string
  readonly avatar?: string
}

export class Passes {
  readonly #secret: KeyObject | undefined
  /** It verifies, and signs nothing. */
  readonly #oldSecret: KeyObject | undefined
  readonly #keySet: KeySet | undefined
  readonly #sources: readonly string[] | undefined
  readonly #shops: Shops
  readonly #now: () => number
  readonly #verified = new LRUCache<string, { readonly times: Times; readonly identity: Identity }>(REMEMBERED)

  /**
   * `oldSecret`: the one that `secret` is replacing. `sources`: the allowed prefixes, `shops`: the existing shops; absent: any. `keySet`: where the key set is, and who is told of its state.
   */
  constructor(options: {
    secret?: string | undefined
    oldSecret?: string | undefined
    keySet?: KeySetOptions | undefined
    sources?: readonly string[] | undefined
    shops?: Shops
    now: () => number
  }) {
    this.#shops = options.shops ?? new Shops()
    this.#sources = options.sources
    if (options.secret !== undefined) this.#secret = createSecretKey(Buffer.from(options.secret))
    if (options.oldSecret !== undefined) this.#oldSecret = createSecretKey(Buffer.from(options.oldSecret))
    if (options.keySet !== undefined) this.#keySet = new KeySet({ ...options.keySet, onSeen: (problem) => this.#sawKeySet(options.keySet!, problem) })
    this.#now = options.now
  }

  /** Whether this gateway has the secret to sign passes. */
  get canMint(): boolean {
    return this.#secret !== undefined
  }

  /** Rejects with `pass_expired`, `pass_invalid`, `unknown_shop`, or `unavailable` if the key set cannot be fetched. */
  async verify(token: string): Promise<Identity> {
    const now = this.#now()
    const known = this.#verified.get(token)
    if (known !== undefined && isValidAt(known.times, now)) return known.identity
    try {
      const payload = this.#payloadInPlace(token, now) ?? (await this.#payloadOf(token, now))
      const identity = this.#identityOf(payload)
      const { exp, nbf } = payload
      if (token.length <= REMEMBERED_LENGTH) this.#verified.set(token, { times: { exp, nbf }, identity })
      return identity
    } catch (error) {
      throw this.#refusalOf(error)
    }
  }

  /**
   * Why this gateway can verify no pass at all; undefined: it can. With a secret it still verifies the passes that it signed; the log reports the
   * missing key set.
   */
  unready(): string | undefined {
    const missing = this.#secret === undefined ? this.#keySet?.missing : undefined
    return missing === undefined ? undefined : `No pass can be verified: the key set of IM_JWKS_URL: ${missing}.`
  }

  /** Fetches the key set and keeps it fresh, so that problems are reported before the first pass arrives. Never rejects. */
  async followKeySet(): Promise<void> {
    await this.#keySet?.follow()
  }

  close(): void {
    this.#keySet?.close()
  }

  /** The set may have lost a key. */
  #sawKeySet({ onSeen }: KeySetOptions, problem: string | undefined): void {
    this.#verified.clear()
    onSeen(problem)
  }

  #payloadInPlace(token: string, now: number): JWTPayload | undefined {
    return (this.#secret && payloadInPlace(token, this.#secret, now)) ?? (this.#oldSecret && payloadInPlace(token, this.#oldSecret, now))
  }

  async #payloadOf(token: string, now: number): Promise<JWTPayload> {
    const options = { currentDate: new Date(now), requiredClaims: ['exp', 'sub'] }
    const keySet = this.#keySet
    if (keySet === undefined || (this.#secret !== undefined && isShared(token))) {
      const verify = async (key: KeyObject): Promise<JWTPayload> => (await jwtVerify(token, key, { ...options, algorithms: ['HS256'] })).payload
      const old = this.#oldSecret
      return verify(this.#requireSecret()).catch((error: unknown) => {
        if (old !== undefined && error instanceof errors.JWSSignatureVerificationFailed) return verify(old)
        throw error
      })
    }
    return keySet.verify(token, { ...options, algorithms: PUBLIC_KEY_ALGORITHMS })
  }

  #refusalOf(error: unknown): unknown {
    if (error instanceof Refusal) return error
    if (error instanceof errors.JWTExpired) return new Refusal('pass_expired')
    const problem = problemOf(error)
    if (problem === undefined) return error instanceof errors.JOSEError ? new Refusal('pass_invalid', faultOf(error)) : error
    this.#keySet?.saw(problem)
    return new Refusal('unavailable', 'the key set')
  }

  async mint(claims: Claims, ttlMs: number): Promise<{ token: string; expiresAt: number }> {
    const expiresAt = Math.floor((this.#now() + ttlMs) / 1000) * 1000
    this.#identityOf({ ...claims, exp: expiresAt / 1000 })
    const { sub, ...rest } = claims
    const token = await new SignJWT({ ...rest })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(sub)
      .setIssuedAt(Math.floor(this.#now() / 1000))
      .setExpirationTime(expiresAt / 1000)
      .sign(this.#requireSecret())
    return { token, expiresAt }
  }

  #identityOf(payload: JWTPayload): Identity {
    if (this.#sources !== undefined) checkSource(payload, this.#sources)
    const identity = identityOf(payload)
    if (identity.shop !== undefined && !this.#shops.has(identity.shop)) throw new Refusal('unknown_shop', 'shop is not one of SHOPS')
    return identity
  }

  #requireSecret(): KeyObject {
    if (this.#secret === undefined) throw new Refusal('pass_invalid', 'this gateway holds no secret')
    return this.#secret
  }
}

/** No prefix begins with another, so an id determines its source, and a pass without `src` cannot have the id of one with `src`. */
function checkSource({ sub, src }: JWTPayload, sources: readonly string[]): void {
  if (typeof src === 'string' && src !== '') {
    if (!sources.includes(src)) throw new Refusal('pass_invalid', 'src is not one of SOURCES')
  } else if (typeof sub === 'string' && sources.some((source) => sub.startsWith(source))) {
    throw new Refusal('pass_invalid', 'sub begins with one of SOURCES, but src is absent')
  }
}

function identityOf({ sub, src, role, shop, name, avatar, exp }: JWTPayload): Identity {
  if (src !== undefined && typeof src !== 'string') throw new Refusal('pass_invalid', 'the claim "src" must be text')
  if (typeof sub !== 'string') throw new Refusal('pass_invalid', 'the claim "sub" must be text, not a number')
  const id = participantId(src, sub)
  if (!isId(id) || isShopSide(id)) throw new Refusal('pass_invalid', 'the claims "src" and "sub" together are no id')
  const base = {
    id,
    expiresAt: (exp ?? 0) * 1000,
    ...nameOf(name),
    ...text('avatar', avatar, AVATAR_LENGTH),
  }
  if (role === 'customer') return { ...base, role, side: id, ...(isGuestId(id) ? { guest: true } : undefined) }
  if (role !== 'agent') throw new Refusal('pass_invalid', 'the claim "role" must be "customer" or "agent"')
  if (typeof shop !== 'string' || !isId(shopSide(shop)) || shop === '') {
    throw new Refusal('pass_invalid', 'the claim "shop" must name the agent\'s shop')
  }
  if (id === QUEUE) throw new Refusal('pass_invalid', `no agent may have the id "${QUEUE}": a transfer to it goes to whoever has room`)
  return { ...base, role, side: shopSide(shop), shop }
}

function nameOf(value: unknown): { name?: string } {
  if (value === undefined) return {}
  const { name = '' } = text('name', value, NAME_LENGTH)
  const tidy = tidyName(name)
  return tidy === undefined ? {} : { name: tidy }
}

function text<K extends 'name' | 'avatar'>(key: K, value: unknown, maxLength: number): { [P in K]?: string } {
  if (value === undefined || value === null || value === '') return {}
  if (typeof value !== 'string') throw new Refusal('pass_invalid', `the claim "${key}" must be text`)
  // a pair of surrogates that the end halved is no text
  return { [key]: value.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '') } as { [P in K]?: string }
}

/** Whether the pass is signed with a shared secret. True for an unreadable one, which verification then rejects. */
function isShared(token: string): boolean {
  try {
    return decodeProtectedHeader(token).alg?.startsWith('HS') === true
  } catch {
    return true
  }
}

/** What is wrong with the pass, for the developer who signs it. */
function faultOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.reason === 'missing' ? `the claim "${error.claim}" is missing` : `the claim "${error.claim}": ${error.reason}`
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signed with another key'
  if (error instanceof errors.JWKSNoMatchingKey) return 'its kid is not in the key set'
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'it names no kid, and several keys of the key set fit'
  if (error instanceof errors.JOSEAlgNotAllowed) return "its alg is not one of this gateway's"
  return 'it is no signed JWT'
}
