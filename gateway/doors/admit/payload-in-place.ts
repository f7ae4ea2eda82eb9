import { isUtf8 } from 'node:buffer'
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import type { JWTPayload } from 'jose'

/** The three parts of a JWT with an HS256 signature, which has 43 characters. */
const SIGNED = /^([\w-]+)\.([\w-]+)\.([\w-]{43})$/
/** The headers that almost all of them have, which say nothing else. */
const USUAL_HEADS: ReadonlySet<string> = new Set(
  ['{"alg":"HS256","typ":"JWT"}', '{"typ":"JWT","alg":"HS256"}', '{"alg":"HS256"}'].map((json) => Buffer.from(json).toString('base64url')),
)

/**
 * What an HS256 pass says, if it is beyond doubt. jose leaves the signature to WebCrypto, which makes a job for another thread of it; in a wave of
 * reconnects that costs more than everything else about a hello. This only ever accepts: for a pass that it does not accept it returns undefined,
 * and jose finds out why, or that the pass is valid after all. `now` in ms since the epoch.
 */
export function payloadInPlace(token: string, secret: KeyObject, now: number): JWTPayload | undefined {
  const [, head = '', body = '', signature = ''] = SIGNED.exec(token) ?? []
  if (head === '') return undefined
  const right = createHmac('sha256', secret).update(`${head}.${body}`, 'latin1').digest('base64url')
  if (!timingSafeEqual(Buffer.from(right, 'latin1'), Buffer.from(signature, 'latin1'))) return undefined
  if (!USUAL_HEADS.has(head) && !isPlain(objectIn(head))) return undefined
  const payload: JWTPayload | undefined = objectIn(body)
  return payload !== undefined && typeof payload.sub === 'string' && isValidAt(payload, now) ? payload : undefined
}

const isPlain = (header: Record<string, unknown> | undefined): boolean =>
  header?.alg === 'HS256' && header.crit === undefined && header.b64 === undefined

export interface Times {
  readonly exp?: unknown
  readonly nbf?: unknown
  readonly iat?: unknown
}

/** Whether the times in the pass allow its use now, in ms since the epoch. */
export function isValidAt({ exp, nbf, iat }: Times, now: number): boolean {
  const seconds = Math.floor(now / 1000)
  if (typeof exp !== 'number' || exp <= seconds) return false
  return (nbf === undefined || (typeof nbf === 'number' && nbf <= seconds)) && (iat === undefined || typeof iat === 'number')
}

function objectIn(part: string): Record<string, unknown> | undefined {
  const bytes = Buffer.from(part, 'base64url')
  if (!isUtf8(bytes)) return undefined
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
