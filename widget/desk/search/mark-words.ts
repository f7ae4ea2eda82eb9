import { fold } from '../../client/conversation-filter.ts'

export interface MarkedPiece {
  readonly text: string
  readonly isFound: boolean
}

/** A row shows and searches no more characters than this. */
const LENGTH = 400
/** How many characters stand before the first word found. */
const BEFORE = 24

/**
 * The text around the first word of `query` in it, in pieces, those that were searched for marked. Compared as the search
 * compares (case, accents, width), letter by letter, so that what is marked is what stands there.
 */
export function markWords(text: string, query: string): readonly MarkedPiece[] {
  const words = fold(query)
    .split(/\s+/)
    .filter(Boolean)
    .sort((a, b) => b.length - a.length)
  const { folded, places } = foldPlaces(text)
  const marks: (readonly [number, number])[] = []
  for (let at = 0; at < folded.length;) {
    const word = words.find((each) => folded.startsWith(each, at))
    if (word) marks.push([places[at]!, places[at + word.length]!])
    at += word?.length ?? 1
  }
  const start = Math.max(0, (marks[0]?.[0] ?? 0) - BEFORE)
  const pieces: MarkedPiece[] = []
  let done = start
  const add = (end: number, isFound: boolean): void => {
    const piece = text.slice(done, Math.min(end, start + LENGTH))
    if (piece) pieces.push({ text: start > 0 && pieces.length === 0 ? `…${piece}` : piece, isFound })
    done = Math.max(done, end)
  }
  for (const [from, to] of marks) {
    add(from, false)
    add(to, true)
  }
  add(text.length, false)
  return pieces
}

/** The folded text, and for each of its letters where it stands in the original. */
function foldPlaces(text: string): { folded: string; places: readonly number[] } {
  let folded = ''
  const places: number[] = []
  let at = 0
  for (const letter of text.slice(0, 4 * LENGTH * 10)) {
    const plain = fold(letter)
    for (let index = 0; index < plain.length; index++) places.push(at)
    folded += plain
    at += letter.length
  }
  places.push(at)
  return { folded, places }
}
