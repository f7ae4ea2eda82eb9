import { isInvisible } from './is-invisible.ts'

/** Line breaks, halves of a letter, and what turns the direction of everything after it. */
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu
/** No script stacks more than this on one letter; what does is there to paint over its neighbours. */
const TOWER = /(\p{M}{6})\p{M}+/gu
const MARKS = /\p{M}+/gu

/** A name as it may stand in anybody's sentence and in one line: undefined where nothing of it would be seen. */
export function tidyName(name: string): string | undefined {
  const tidy = name.replace(CONTROL, ' ').replace(TOWER, '$1').trim()
  return isInvisible(tidy.replace(MARKS, '')) ? undefined : tidy
}
