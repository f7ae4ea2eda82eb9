import type { Identity } from '../../gateway/protocol/model.ts'

interface Claims {
  readonly sub: string
  readonly src?: string
  readonly role?: 'customer' | 'agent'
  readonly shop?: string
  readonly name?: string
  /** From the hello on; an hour unless told. */
  readonly ttlMs?: number
}

/** A pass for MemoryGateway: a JWT's form without a signature. `n` tells apart two passes of one person. */
export const memoryPass = (claims: Claims, n = 1): string =>
  `e30.${Buffer.from(JSON.stringify({ role: 'customer', ...claims, n })).toString('base64url')}.${n}`

/** Also `customer:<id>` and `agent:<shop>:<id>`; undefined: no pass. */
export function memoryIdentity(token: string, now: number): Identity | undefined {
  const claims = claimsOf(token)
  if (!claims) return undefined
  const { name, role = 'customer', shop, src = '', sub, ttlMs = 3_600_000 } = claims
  const id = src + sub
  const identity = { id, role, expiresAt: now + ttlMs, ...(name === undefined ? {} : { name }) }
  return role === 'agent' ? { ...identity, side: `shop:${shop!}`, shop: shop! } : { ...identity, side: id }
}

function claimsOf(token: string): Claims | undefined {
  const [role, a, b] = token.split(':')
  if (role === 'agent') return { sub: b!, role, shop: a!, name: `Agent ${b!}` }
  if (role === 'customer') return { sub: a!, role }
  try {
    return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Claims
  } catch {
    return undefined
  }
}
