import type { Person } from './types.ts'

interface Claims {
  readonly src: string
  readonly sub: string
  readonly role: string
  readonly shop: string
}

/** Read without checking: the gateway has the last word. Bytes stay bytes. */
function claimsOf(token: string): Claims | undefined {
  try {
    const json = atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'))
    const { src = '', sub = '', role = '', shop = '' } = JSON.parse(json) as Partial<Claims>
    const claims = { src: String(src), sub: String(sub), role: String(role), shop: role === 'agent' ? String(shop) : '' }
    return claims.sub ? claims : undefined
  } catch {
    return undefined // Not a JWT.
  }
}

/** `~` separates the parts of a storage key and `{` those of a scope; neither occurs in an id that a gateway takes. */
const safe = (part: string): string => part.replace(/[~{}]/g, (sign) => '%' + sign.charCodeAt(0).toString(16))

/**
 * Whose things are kept, and with it who is another person: two passes of one scope are the same person's. What one person wrote on
 * a shared phone must not be painted for the next, nor be sent in the next one's name, so `src`, `sub`, `role` and `shop` all count. A customer
 * without `src` is told by `sub` alone, as it lies in phones already. A pass that cannot be read, which no gateway takes, is a
 * scope of its own by its end. No pass: the guest of this device.
 */
export function scopeOf(token: string | undefined): string {
  if (!token) return 'guest'
  const claims = claimsOf(token)
  if (!claims) return '~' + safe(token.slice(-16))
  const { src, sub, role, shop } = claims
  const isPlain = src === '' && role !== 'agent' && sub !== 'guest'
  return isPlain ? safe(sub) : [role, shop, src, sub].map(safe).join('{')
}

/** Who a pass says it is, for the page. */
export function personOf(token: string | undefined): Person {
  if (!token) return { role: 'guest' }
  const { src = '', sub = '', role, shop } = claimsOf(token) ?? {}
  const id = utf8(src + sub)
  if (role === 'agent') return { id, role, shop: utf8(shop ?? '') }
  return id === '' ? { role: 'customer' } : { id, role: 'customer' }
}

function utf8(bytes: string): string {
  try {
    return decodeURIComponent(bytes.replace(/[%\x80-\xff]/g, (byte) => '%' + byte.charCodeAt(0).toString(16)))
  } catch {
    return bytes
  }
}
