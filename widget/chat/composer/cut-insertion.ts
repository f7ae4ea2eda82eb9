import { DRAFT_LENGTH, TEXT_LENGTH } from '../../client/limits.ts'

export interface Edited {
  readonly text: string
  readonly caret: number
}

/**
 * What stays of an insertion that filled the field: as much of it as can be sent together with what was there before. Laying out a megabyte freezes a
 * phone, and nobody shortens it by hand. Undefined: there is room.
 */
export function cutInsertion(before: string, { text, caret }: Edited): Edited | undefined {
  if (text.length < DRAFT_LENGTH) return undefined
  const after = text.slice(caret)
  let from = 0
  while (from < caret && text[from] === before[from]) from++
  const head = text.slice(0, from) + whole(text.slice(from, caret), TEXT_LENGTH - from - after.length)
  // Where the caret is not at the end of what came, a script wrote it.
  const fits = head.length + after.length < DRAFT_LENGTH ? head + after : whole(text, TEXT_LENGTH)
  return { text: fits, caret: Math.min(head.length, fits.length) }
}

/** The first `length` units, without half a surrogate pair at the end. */
const whole = (text: string, length: number): string =>
  text.slice(0, Math.max(0, /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length))
