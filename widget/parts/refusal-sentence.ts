import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Strings } from '../locales/strings.ts'

/** A refusal in the person's language; the wire's own sentence is for developers. */
export function refusalSentence({ code }: WireRefusal, { refusals }: Strings): string {
  if (code.startsWith('pass_') || code === 'forbidden') return refusals.pass
  if (code === 'origin_forbidden') return refusals.origin
  if (code === 'text_too_long' || code === 'too_large') return refusals.tooLong
  if (code.startsWith('image_')) return refusals.picture
  return code === 'rate_limited' ? refusals.limited : refusals.other
}
