/** Text and data that strangers send: whether anything of it can be seen, and whether it may be stored, shown and linked. */
import { freeFormFault } from '../protocol/free-form.ts'
import { LIMITS } from '../protocol/limits.ts'
import { Refusal } from './refusal.ts'

/** White space, joiners, marks of direction, soft hyphens, fillers, the empty braille cell. */
const INVISIBLE = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u
/** Line breaks, lone surrogates, and characters that turn the direction of the text after them. */
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu
/** The same but for line breaks. */
const NOT_LINE_BREAK = /[^\P{Cc}\n]|[\p{Cs}\u202a-\u202e\u2066-\u2069]/gu
/** No script puts more than six marks on one letter; a longer pile paints over the lines around it. */
const MARK_PILE = /(\p{M}{6})\p{M}+/gu
const MARKS = /\p{M}+/gu
/** A store changes these on the way in, so that two keys could become one. */
const BROKEN_KEY = /[\p{Surrogate}\p{Cc}]/u
/** A host that does not exist: relative addresses are read against it. */
const NOWHERE = 'https://relative.invalid/'

/** Whether the text shows nothing. */
export const isInvisible = (text: string): boolean => INVISIBLE.test(text)

/** The name in a form that can stand in a sentence, on one line; undefined where nothing of it can be seen. */
export function tidyName(name: string): string | undefined {
  const tidy = name.replace(CONTROL, ' ').replace(MARK_PILE, '$1').trim()
  return isInvisible(tidy.replace(MARKS, '')) ? undefined : tidy
}

/** A text of several lines without characters that turn the direction of what stands after it, or that nobody sees the end of. */
export const tidyText = (text: string): string => text.replace(NOT_LINE_BREAK, '').replace(MARK_PILE, '$1').trim()

/**
 * The address of a page or picture, unchanged, or undefined where a browser would do anything but fetch it (`javascript:`, also with a tab in
 * the middle). The URL parser follows the rules of browsers.
 */
export function webAddress(text: string | undefined): string | undefined {
  if (text === undefined || text === '' || !URL.canParse(text, NOWHERE)) return undefined
  const { protocol } = new URL(text, NOWHERE)
  return protocol === 'https:' || protocol === 'http:' ? text : undefined
}

/** Returns the data as JSON. Refuses what exceeds the protocol's limits of depth and count before it is walked or serialized. */
export function checkFreeForm(name: string, value: unknown): string {
  const fault = freeFormFault(value, { depth: LIMITS.bodyDepth, count: LIMITS.bodyCount })
  if (fault === 'depth') throw new Refusal('bad_request', `${name} nests deeper than limits.bodyDepth, ${LIMITS.bodyDepth}`)
  if (fault === 'count') throw new Refusal('bad_request', `${name} has more properties and items than limits.bodyCount, ${LIMITS.bodyCount}`)
  const json = JSON.stringify(value) ?? ''
  if (json.length > LIMITS.bodyBytes / 3 && Buffer.byteLength(json) > LIMITS.bodyBytes)
    throw new Refusal('too_large', `${name}: limits.bodyBytes is ${LIMITS.bodyBytes}`)
  return json
}

/** Refuses an id made by a client that cannot be the key of a record. */
export function checkKey(id: string): void {
  if (BROKEN_KEY.test(id)) throw new Refusal('bad_request', 'id is not well-formed text')
}
