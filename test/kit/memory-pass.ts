import type { Identity } from '../../gateway/protocol/model.ts'

interface Claims {
  readonly sub: string
  readonly src?: string
  readonly role?: 'customer' | 'agent'
  readonly shop?: string
}

/** A pass for MemoryGateway: a JWT's form without a signature. `n` tells apart two passes of one person. */
export const memoryPass = (claims: Claims, n = 1): string =>
  `e30.${Buffer.from(JSON.stringify({ role: 'customer', ...claims, n })).toString('base64url')}.${n}`

/** Also `customer:<id>` and `agent:<shop>:<id>`; undefined: no pass. */
export function memoryIdentity(token: string | undefined, expiresAt: number): Identity | undefined {
  const [role, a, b] = (token ?? '').split(':')
  if (role === 'agent') return agent(b!, a!, expiresAt)
  if (role === 'customer') return { id: a!, role, side: a!, expiresAt }
  try {
    const { role, shop, src = '', sub } = JSON.parse(Buffer.from(token!.split('.')[1]!, 'base64url').toString()) as Claims
    const id = src + sub
    return role === 'agent' ? agent(id, shop!, expiresAt) : { id, role: 'customer', side: id, expiresAt }
  } catch {
    return undefined
  }
}

const agent = (id: string, shop: string, expiresAt: number): Identity => ({
  id,
  role: 'agent',
  side: `shop:${shop}`,
  shop,
  name: `Agent ${id}`,
  expiresAt,
})
