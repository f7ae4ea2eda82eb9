import type { Person } from './types.ts'

interface Claims {
  readonly src: string
  readonly sub: string
  readonly role: string
  readonly shop: string
}

/** Reads the claims without checking the signature; the gateway checks it. Texts stay as bytes, one per character. */
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
 * The storage scope of a pass: two passes with one scope belong to the same person. What one person wrote on a shared phone must neither be shown to
 * the next nor be sent in their name, so `src`, `sub`, `role` and `shop` all count. A customer without `src` has `sub` alone as scope, as stored by
 * earlier versions. An unreadable pass, which no gateway accepts, is a scope of its own, made of its last characters. No pass: this device's guest.
 */
export function scopeOf(token: string | undefined): string {
  if (!token) return 'guest'
  const claims = claimsOf(token)
  if (!claims) return '~' + safe(token.slice(-16))
  const { src, sub, role, shop } = claims
  const isPlain = src === '' && role !== 'agent' && sub !== 'guest'
  return isPlain ? safe(sub) : [role, shop, src, sub].map(safe).join('{')
}

/** The person that a pass names, unchecked, for the page. */
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
