import { html, type TemplateResult } from 'lit'

/** Ends before white space, quotes, brackets and CJK text, which people write against an address without a space. */
const URL = /\bhttps?:\/\/[^\s<>"'`\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+/gi
/** What ends a sentence or a bracket rather than an address. */
const TRAILING = '.,;:!?)]}*_~'
/** Turn what is written around them; in an address they serve only to make it look like another. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text with its web addresses as anchors that cannot reach back into the page. Everything else stays text. */
export function linkify(text: string): readonly (string | TemplateResult)[] {
  const pieces: (string | TemplateResult)[] = []
  let at = 0
  for (let match = URL.exec(text); match; match = URL.exec(text)) {
    const address = withoutTail(match[0])
    pieces.push(text.slice(at, match.index), anchor(address.replace(DIRECTION, '')))
    at = match.index + address.length
  }
  pieces.push(text.slice(at))
  return pieces
}

/** A bracket at the end belongs to an address that has one inside. From the end, because a pattern would look again at each place. */
function withoutTail(found: string): string {
  let end = found.length
  while (TRAILING.includes(found[end - 1]!)) end--
  return found.slice(0, found[end] === ')' && found.includes('(') ? end + 1 : end)
}

const anchor = (href: string): TemplateResult => html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow ugc">${href}</a>`
