import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Strings } from '../locales/strings.ts'

/** A refusal in the person's language; the wire's own sentence is for developers, but of a block's the reason and the end: `(why; until ISO time)`. */
export function refusalSentence({ code, message }: WireRefusal, { refusals }: Strings): string {
  if (code.startsWith('pass_') || code === 'forbidden') return refusals.pass
  if (code === 'origin_forbidden') return refusals.origin
  if (code === 'text_too_long' || code === 'too_large') return refusals.tooLong
  if (code.startsWith('image_')) return refusals.picture
  if (code === 'blocked') {
    return refusals.blocked + message.replace(/^[^(]*/, ' ')
      .replace(/; until ([-\dT:.]+Z)\)$/, (_, at: string) => `${refusals.until + new Date(at).toLocaleString()})`)
  }
  return code === 'rate_limited' ? refusals.limited : refusals.other
}
