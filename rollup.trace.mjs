/**
 * Where each piece of a rewritten text came from, for true source maps. A piece is copied from an offset of the original, or new, and
 * then stands for one. Texts that are put together from other texts carry their pieces' offsets in marks; `traced` takes those out.
 */
const [OPEN, SHUT] = ['\uF8F0', '\uF8F1']
const MARK = /\uF8F0(@?\d+)\uF8F1/

/** What follows is new and stands for this offset. */
export const standsFor = (offset) => `${OPEN}@${offset}${SHUT}`
export const copied = (code, start, end) => (start < end ? `${OPEN}${start}${SHUT}${code.slice(start, end)}${standsFor(end)}` : '')

/** What a plugin returns: the text and its map. */
export function traced(code, marked) {
  if (code.includes(OPEN) || code.includes(SHUT)) throw new Error('trace: the text has a character that marks are made of')
  const [head, ...parts] = marked.split(MARK)
  const pieces = [{ text: head, from: 0, isNew: true }]
  for (let at = 0; at < parts.length; at += 2) {
    const isNew = parts[at].startsWith('@')
    pieces.push({ text: parts[at + 1], from: Number(parts[at].replace('@', '')), isNew })
  }
  return { code: pieces.map(({ text }) => text).join(''), map: mapOf(code, pieces) }
}

/** One change after the other, each found in what the earlier ones left. */
export function editing(code) {
  let pieces = [{ text: code, from: 0, isNew: false }]
  const cut = (offset) => {
    let end = 0
    pieces = pieces.flatMap((piece) => {
      const at = offset - end
      end += piece.text.length
      if (at <= 0 || at >= piece.text.length) return piece
      const rest = { ...piece, text: piece.text.slice(at), from: piece.isNew ? piece.from : piece.from + at }
      return [{ ...piece, text: piece.text.slice(0, at) }, rest]
    })
  }
  const indexAt = (offset) => {
    cut(offset)
    let index = 0
    for (let end = 0; end < offset; index++) end += pieces[index].text.length
    return index
  }
  const text = () => pieces.map((piece) => piece.text).join('')
  const put = (start, end, instead) => {
    const first = indexAt(start)
    const last = indexAt(end)
    pieces.splice(first, last - first, { text: instead, from: pieces[first]?.from ?? code.length, isNew: true })
  }
  return {
    text,
    put,
    /** As `String.replace` does; false where there is nothing to replace. */
    replace(what, instead) {
      const before = text()
      const after = before.replace(what, instead)
      if (after === before) return false
      const [start, length] = typeof what === 'string' ? [before.indexOf(what), what.length] : [before.search(what), what.exec(before)[0].length]
      const rest = before.length - start - length
      put(start, start + length, after.slice(start, after.length - rest))
      return true
    },
    result: () => ({ code: text(), map: mapOf(code, pieces) }),
  }
}

/** A word at a time, because whoever works on the text after this cuts it between words. */
function mapOf(code, pieces) {
  const placeOf = places(code)
  const lines = [[]]
  let column = 0
  for (const { text, from, isNew } of pieces) {
    for (const { 0: word, index } of text.matchAll(/\n|[\w$]+|[^\w$\n]+/g)) {
      lines.at(-1).push([column, 0, ...placeOf(isNew ? from : from + index)])
      column += word.length
      if (word !== '\n') continue
      lines.push([])
      column = 0
    }
  }
  return { version: 3, sources: [''], names: [], mappings: lines }
}

/** Offset to line and column, both from 0. */
function places(code) {
  const starts = [0, ...[...code.matchAll(/\n/g)].map(({ index }) => index + 1)]
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle] <= offset) low = middle
      else high = middle - 1
    }
    return [low, offset - starts[low]]
  }
}
