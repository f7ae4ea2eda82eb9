/**
 * Limits of the protocol for code that checks before sending; other folders of the widget import the protocol as types only. Not the whole table, which
 * a phone would have to fetch.
 */
import { LIMITS } from '../../gateway/protocol/limits.ts'

const { textLength, bodyBytes, bodyCount, bodyDepth, imageBytes, withdrawMs } = LIMITS

/** Of a message, until a gateway tells its own. One that does not tell `withdrawMs` knows no withdrawing, and without `ratingLength` nobody is asked for a rating. */
export const MESSAGE_LIMITS: MessageLimits = { textLength, bodyBytes, bodyCount, bodyDepth, imageBytes, withdrawMs: 0, ratingLength: 0 }
/** A later gateway may allow this many times as much. */
const MOST_TIMES = 64

export type MessageLimits = Readonly<
  Record<'textLength' | 'bodyBytes' | 'bodyCount' | 'bodyDepth' | 'imageBytes' | 'withdrawMs' | 'ratingLength', number>
>

export const TEXT_LENGTH = textLength
/** For so long an entry may change; the clocks of several gateways are not quite the same. */
export const CHANGING_MS = withdrawMs * 1.1
/** What a draft holds at most: twice what can be sent, so that a text that became too long can be shortened by its writer. */
export const DRAFT_LENGTH = 2 * textLength

/** What a gateway says, as far as it makes sense: a limit of 0 would let nobody write, and one without end is none. */
export function limitsFrom(given: Readonly<Record<string, number>> = {}): MessageLimits {
  const limits: Record<keyof MessageLimits, number> = { ...MESSAGE_LIMITS }
  for (const name of Object.keys(limits) as (keyof MessageLimits)[]) {
    const value = Math.floor(given[name]!)
    if (value > 0) limits[name] = Math.min(value, MOST_TIMES * (limits[name] || withdrawMs))
  }
  return limits
}
