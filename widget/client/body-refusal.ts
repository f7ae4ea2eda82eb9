import type { Code, WireRefusal } from '../../gateway/protocol/codes.ts'
import { freeFormFault } from '../../gateway/protocol/free-form.ts'
import type { Body } from '../../gateway/protocol/model.ts'
import { MESSAGE_LIMITS, type MessageLimits } from './limits.ts'
import { plainJson } from './plain-json.ts'

/**
 * The refusal that the gateway would answer with for this message's size or form, found before the outbox takes it; otherwise it would wait for a
 * connection only to fail. A waiting picture is uploaded first, so its `data:` url does not count.
 */
export function bodyRefusal(kind: string, body: Body, limits: MessageLimits = MESSAGE_LIMITS): WireRefusal | undefined {
  const { textLength, bodyBytes, bodyCount, bodyDepth } = limits
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(kind))
    return refused('bad_request', 'A kind is a small letter, then at most 31 small letters, digits and hyphens.')
  const { text, url } = Object(body) as Partial<Body> & { readonly url?: unknown }
  if (typeof text !== 'string') return refused('bad_request', 'body.text is missing or no text.')
  if (kind === 'system') return refused('forbidden', 'Only the gateway writes messages of the kind "system".')
  if (text.length > textLength) return refused('text_too_long', `The text is longer than limits.textLength (${textLength}).`)
  // before JSON.stringify, which throws on values that are too deep or circular
  const fault = freeFormFault(body, { depth: bodyDepth, count: bodyCount })
  if (fault)
    return refused(
      'bad_request',
      `The body is larger than ${fault === 'depth' ? `limits.bodyDepth (${bodyDepth})` : `limits.bodyCount (${bodyCount})`}.`,
    )
  const json = jsonOf(isWaitingPicture(url) ? { ...body, url: '' } : body)
  if (json === undefined) return refused('bad_request', 'The body is no JSON.')
  return isLonger(json, bodyBytes) ? refused('too_large', `The body is larger than limits.bodyBytes (${bodyBytes}).`) : undefined
}

/** A refusal by the client itself. The gateway's table of sentences is not part of the widget. */
const refused = (code: Code, message: string): WireRefusal => ({ code, message, retry: false })

/** A picture that is not uploaded yet. */
export const isWaitingPicture = (url: unknown): url is string => typeof url === 'string' && url.startsWith('data:')

function jsonOf(value: unknown): string | undefined {
  try {
    return plainJson(() => JSON.stringify(value))
  } catch {
    return undefined
  }
}

/** In bytes of UTF-8, counted by hand because the oldest engines have no TextEncoder. Half a surrogate pair counts as two bytes. */
function isLonger(text: string, mostBytes: number): boolean {
  let bytes = text.length
  for (let at = 0; at < text.length && bytes <= mostBytes; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x7f) bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2
  }
  return bytes > mostBytes
}
