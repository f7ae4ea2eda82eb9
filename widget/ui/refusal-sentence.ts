import type { Code, WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Blocked } from '../../gateway/protocol/model.ts'
import type { Strings } from '../locales/strings.ts'

/** The sentence that a person reads for each refusal code; a code without one does not compile. `image_heic` and `image_many` are the composer's own. */
const SENTENCES: Readonly<Record<Code | 'image_heic' | 'image_many', keyof Strings['refusals']>> = {
  image_heic: 'pictureHeic',
  image_many: 'pictureMany',
  bad_packet: 'setup',
  binary_unsupported: 'setup',
  namespace_unknown: 'setup',
  too_large: 'tooLong',
  hello_required: 'other',
  hello_repeated: 'other',
  hello_timeout: 'other',
  version_unsupported: 'outdated',
  pass_required: 'signIn',
  pass_invalid: 'setup',
  pass_expired: 'pass',
  origin_forbidden: 'origin',
  unknown_command: 'outdated',
  bad_request: 'setup',
  text_empty: 'other',
  text_too_long: 'tooLong',
  image_unsupported: 'picture',
  image_too_large: 'picture',
  image_gone: 'pictureLater',
  images_full: 'pictureLater',
  unknown_conversation: 'setup',
  unknown_shop: 'setup',
  forbidden: 'forbidden',
  start_forbidden: 'start',
  blocked: 'blocked',
  too_late: 'tooLate',
  conflict: 'other',
  agent_unavailable: 'other',
  too_many: 'other',
  rate_limited: 'limited',
  unavailable: 'other',
  draining: 'other',
  internal: 'other',
  replaced: 'replaced',
  slow: 'other',
  abuse: 'limited',
}

/** Refusals of what was sent that sending it again cannot change. */
const HOPELESS: readonly string[] = ['bad_request', 'image_heic', 'image_many', 'image_too_large', 'image_unsupported', 'text_too_long', 'too_large']

/** Whether a message that was refused may get through when it is sent again. `isBlocked`: the other side takes none now. */
export const mayRetry = ({ code }: WireRefusal, isBlocked: boolean): boolean => !isBlocked && !HOPELESS.includes(code)

/** What a message would be refused with while this block holds. */
export function blockRefusal({ reason, until }: Blocked): WireRefusal {
  const end = until === undefined ? '' : `; until ${new Date(until).toISOString()}`
  return { code: 'blocked', message: reason === '' ? '' : `(${reason}${end})`, retry: false }
}

/** A refusal in the person's language. The message on the wire is for developers; only of a block are its reason and end shown: `(reason; until ISO time)`. */
export function refusalSentence({ code, message }: WireRefusal, { refusals }: Strings, lang?: string): string {
  const sentence = refusals[Object.keys(SENTENCES).includes(code) ? SENTENCES[code] : 'other']
  if (code !== 'blocked') return sentence
  // a shop gives a reason, a person gives none
  if (!message.includes('(')) return refusals.blockedByPerson
  return (
    sentence + message.replace(/^[^(]*/, ' ').replace(/; until ([-\dT:.]+Z)\)$/, (_, at: string) => `${refusals.until + moment(new Date(at), lang)})`)
  )
}

function moment(at: Date, lang: string | undefined): string {
  const options = { dateStyle: 'medium', timeStyle: 'short' } as const
  try {
    return at.toLocaleString(lang || undefined, options)
  } catch {
    // a page's tag that is none
    return at.toLocaleString(undefined, options)
  }
}
