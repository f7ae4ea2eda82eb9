/**
 * Passes: JWTs that say who somebody is. Verified with IM_SECRET (HS256) or with any key of IM_JWKS_URL;
 * minted here only where this gateway has the secret (demo, guests, backends with an API key).
 */
import { createSecretKey, type KeyObject } from 'node:crypto'
import { createRemoteJWKSet, errors, jwtVerify, SignJWT, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { isGuestId, isId, isShopSide, participantId, shopSide } from '../../protocol/keys.ts'
import type { Identity } from '../../protocol/model.ts'
import { Shops } from '../../domain/shops.ts'
import { Refusal } from '../../domain/refusal.ts'
import { tidyName } from '../../domain/tidy-name.ts'

const NAME_LENGTH = 80
const AVATAR_LENGTH = 500
const PUBLIC_KEY_ALGORITHMS = [
  'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519',
]

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
  readonly #jwks: JWTVerifyGetKey | undefined
  readonly #sources: readonly string[] | undefined
  readonly #shops: Shops
  readonly #now: () => number

  /** `sources`: the prefixes there are, `shops`: the shops there are; absent: any. */
  constructor(options: {
    secret?: string | undefined; jwksUrl?: string | undefined; sources?: readonly string[] | undefined; shops?: Shops; now: () => number
  }) {
    this.#shops = options.shops ?? new Shops()
    this.#sources = options.sources
    if (options.secret !== undefined) this.#secret = createSecretKey(Buffer.from(options.secret))
    if (options.jwksUrl !== undefined) this.#jwks = createRemoteJWKSet(new URL(options.jwksUrl))
    this.#now = options.now
  }

  /** Whether this gateway holds the secret, so that it can give out passes. */
  get canMint(): boolean {
    return this.#secret !== undefined
  }

  /** Rejects with `pass_expired`, `pass_invalid`, or `unavailable` where the key set cannot be fetched. */
  async verify(token: string): Promise<Identity> {
    const currentDate = new Date(this.#now())
    try {
      const { payload } = this.#jwks === undefined
        ? await jwtVerify(token, this.#requireSecret(), { algorithms: ['HS256'], currentDate, requiredClaims: ['exp', 'sub'] })
        : await jwtVerify(token, this.#jwks, { algorithms: PUBLIC_KEY_ALGORITHMS, currentDate, requiredClaims: ['exp', 'sub'] })
      return this.#identityOf(payload)
    } catch (error) {
      throw refusalOf(error)
    }
  }

  async mint(claims: Claims, ttlMs: number): Promise<{ token: string; expiresAt: number }> {
    const expiresAt = Math.floor((this.#now() + ttlMs) / 1000) * 1000
    this.#identityOf({ ...claims, exp: expiresAt / 1000 })
    const { sub, ...rest } = claims
    const token = await new SignJWT({ ...rest }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).setSubject(sub)
      .setIssuedAt(Math.floor(this.#now() / 1000)).setExpirationTime(expiresAt / 1000).sign(this.#requireSecret())
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

/** No two prefixes begin alike, so an id tells its source, and nobody without one can have the id of somebody with one. */
function checkSource({ sub, src }: JWTPayload, sources: readonly string[]): void {
  if (typeof src === 'string' && src !== '') {
    if (!sources.includes(src)) throw new Refusal('pass_invalid', 'src is not one of SOURCES')
  } else if (typeof sub === 'string' && sources.some((source) => sub.startsWith(source))) {
    throw new Refusal('pass_invalid', 'sub begins with one of SOURCES, but src is absent')
  }
}

function identityOf({ sub, src, role, shop, name, avatar, exp }: JWTPayload): Identity {
  if (src !== undefined && typeof src !== 'string') throw new Refusal('pass_invalid', 'src')
  const id = typeof sub === 'string' ? participantId(src, sub) : ''
  if (!isId(id) || isShopSide(id)) throw new Refusal('pass_invalid', 'src + sub is not an id')
  const base = {
    id, expiresAt: (exp ?? 0) * 1000, ...nameOf(name), ...text('avatar', avatar, AVATAR_LENGTH),
  }
  if (role === 'customer') return { ...base, role, side: id, ...(isGuestId(id) ? { guest: true } : undefined) }
  if (role !== 'agent') throw new Refusal('pass_invalid', 'role')
  if (typeof shop !== 'string' || !isId(shopSide(shop)) || shop === '') throw new Refusal('pass_invalid', 'shop')
  return { ...base, role, side: shopSide(shop), shop }
}

function nameOf(value: unknown): { name?: string } {
  const { name = '' } = text('name', value, NAME_LENGTH)
  const tidy = tidyName(name)
  return tidy === undefined ? {} : { name: tidy }
}

function text<K extends 'name' | 'avatar'>(key: K, value: unknown, maxLength: number): { [P in K]?: string } {
  if (value === undefined || value === null || value === '') return {}
  if (typeof value !== 'string') throw new Refusal('pass_invalid', key)
  return { [key]: value.slice(0, maxLength) } as { [P in K]?: string }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof Refusal) return error
  if (error instanceof errors.JWTExpired) return new Refusal('pass_expired')
  if (error instanceof errors.JWKSTimeout) return new Refusal('unavailable', 'the key set')
  if (error instanceof errors.JOSEError) {
    const isFetch = error.code === 'ERR_JOSE_GENERIC'
    return isFetch ? new Refusal('unavailable', 'the key set') : new Refusal('pass_invalid')
  }
  // fetch itself failed: the pass may well be good
  return error instanceof TypeError ? new Refusal('unavailable', 'the key set') : error
}
