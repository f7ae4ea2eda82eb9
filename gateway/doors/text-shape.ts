/**
 * Checks a packet's text against the limits of depth and of parts without parsing it: parsing 10 kB that nest 5,000 deep takes longer than
 * serving twenty messages. It never rejects a packet within the limits; the validator finds those that exceed them by little.
 */
import { LIMITS } from '../protocol/limits.ts'

/** The list of name and input, the input, and a body in it. */
const DEPTH = LIMITS.bodyDepth + 3
/** No text of this length can be over either limit. */
const HARMLESS_LENGTH = Math.min(DEPTH, LIMITS.packetCount)

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...'"\\,[]{}'].map((sign) => sign.charCodeAt(0))

export function textFault(text: string): 'depth' | 'count' | undefined {
  if (text.length <= HARMLESS_LENGTH) return undefined
  let depth = 0
  let commas = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at)
        break
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (++depth > DEPTH) return 'depth'
        break
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--
        break
      case COMMA:
        // a list of n items has n - 1 commas, and one more stands between name and input
        if (++commas > LIMITS.packetCount + 1) return 'count'
    }
  }
  return undefined
}

/** The index of the closing quote, or the text's length. */
function endOfString(text: string, start: number): number {
  for (let at = start; ;) {
    at = text.indexOf('"', at + 1)
    if (at < 0) return text.length
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return at
  }
}
