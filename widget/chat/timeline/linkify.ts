import { html, type TemplateResult } from 'lit'

/** Ends before white space, quotes, brackets and CJK text, which is often written right after an address. */
const URL = /\bhttps?:\/\/[^\s<>"'`\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+/gi
/** Characters that end a sentence or close a bracket rather than an address. */
const TRAILING = '.,;:!?)]}*_~'
/** Change the direction of text; in an address they serve only to disguise it. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text with its web addresses as links that have no access to the page. Everything else stays text. */
export function linkify(text: string): readonly (string | TemplateResult)[] {
  const pieces: (string | TemplateResult)[] = []
  let at = 0
  for (let match = URL.exec(text); match; match = URL.exec(text)) {
    const address = withoutPunctuation(match[0])
    pieces.push(text.slice(at, match.index), anchor(address.replace(DIRECTION, '')))
    at = match.index + address.length
  }
  pieces.push(text.slice(at))
  return pieces
}

/**
 * Removes trailing punctuation. A closing bracket stays if the address contains an opening one. Scans from the end: a regular expression would take
 * quadratic time.
 */
function withoutPunctuation(found: string): string {
  let end = found.length
  while (TRAILING.includes(found[end - 1]!)) end--
  return found.slice(0, found[end] === ')' && found.includes('(') ? end + 1 : end)
}

const anchor = (href: string): TemplateResult => html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow ugc">${href}</a>`
