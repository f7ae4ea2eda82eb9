/** Characters beyond the cut that may still belong to the last one shown: an emoji of a family is eleven units long. */
const AHEAD = 40

/** The first `length` UTF-16 units of a text at most, never ending within a character as people see it: no half emoji, no letter without its mark. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const { Segmenter } = Intl as { readonly Segmenter?: typeof Intl.Segmenter }
  // Without Intl.Segmenter (Firefox before 125) at least no surrogate pair is split.
  if (!Segmenter) return text.slice(0, /[\ud800-\udbff]/.test(text[length - 1]!) ? length - 1 : length)
  let end = 0
  for (const { index, segment } of new Segmenter().segment(text.slice(0, length + AHEAD))) {
    if (index + segment.length > length) break
    end = index + segment.length
  }
  return text.slice(0, end)
}
