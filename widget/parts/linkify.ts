import { html, type TemplateResult } from 'lit'

/** Ends before white space, quotes, brackets and CJK text, which people write against an address without a space. */
const URL = /\bhttps?:\/\/[^\s<>"'`\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+/gi
const TRAILING = /[.,;:!?)\]}*_~]+$/

/** Text with its web addresses as anchors that cannot reach back into the page. Everything else stays text. */
export function linkify(text: string): readonly (string | TemplateResult)[] {
  const pieces: (string | TemplateResult)[] = []
  let at = 0
  for (let match = URL.exec(text); match; match = URL.exec(text)) {
    const tail = TRAILING.exec(match[0])?.[0] ?? ''
    const isBalanced = tail.startsWith(')') && match[0].includes('(')
    const href = isBalanced ? match[0].slice(0, match[0].length - tail.length + 1) : match[0].slice(0, match[0].length - tail.length)
    pieces.push(text.slice(at, match.index), anchor(href))
    at = match.index + href.length
  }
  pieces.push(text.slice(at))
  return pieces
}

const anchor = (href: string): TemplateResult =>
  html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow ugc">${href}</a>`
