import { html, type TemplateResult } from 'lit'
import { LinkifyIt } from 'linkify-it'

/** Characters of scripts that are written without spaces, and their punctuation: words beside an address are not part of it. */
const CJK = '\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef'
/**
 * Where such words begin or end beside an address. After a slash or an equals sign they belong to it (`/wiki/茶`), but not after that of the bare host
 * (`https://a.example/好`).
 */
const EDGE = new RegExp(
  `[a-z0-9](?=[${CJK}])|[${CJK}](?=[a-z0-9])|//[^/\\s${CJK}]{1,253}/(?=[${CJK}])|.(?=[\u3000-\u3003\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f])`,
  'gi',
)
/** Change the direction of text; in an address they serve only to disguise it. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
/** Without `www.` only these make a name an address: `main.py` and `yes.it` are none. */
const COMMON = ['com', 'net', 'org', 'edu', 'gov', 'shop', 'store', 'info', 'app', 'cn', 'рф', '中国']

/** What was found is the name of a user, and the host comes after it: `https://shop.example@evil.example`. */
const USER = /^[^\s/?#@]{0,150}@/

/** With `+`, or as people write numbers of their own country; dates, prices and the numbers of orders are none. */
const PHONE = /\+\d[\d ().-]{6,18}\d|\(0\d{1,4}\)[\d .-]{5,12}\d|0\d{1,4}[ -]\d[\d .-]{4,10}\d|[48]00[ -]\d{3}[ -]\d{4}|1[3-9]\d(?:[ -]?\d{4}){2}/g
const PHONE_DIGITS = { least: 8, most: 15 }

const finder = new LinkifyIt({ fuzzyLink: true, tlds: COMMON, maxLength: 2000 })
  .add('ftp:')
  .add('//')
  .add('www.', {
    validate(text, at, { re }) {
      const rest = re.get_http_validator()
      rest.lastIndex = 0
      const [found = ''] = rest.exec(`//www.${text.slice(at, at + 2000)}`) ?? []
      return /^\/\/www\.[^/?#:.]+\./.test(found) ? found.length - '//www.'.length : 0
    },
  })

interface Found {
  readonly from: number
  readonly to: number
  readonly href: string
  readonly text: string
}

/** The pieces of a text, in their order; everything that is no link stays text. */
export function links(text: string): readonly (string | TemplateResult)[] {
  const pieces: (string | TemplateResult)[] = []
  let at = 0
  for (const { from, to, href, text: words } of find(text)) {
    if (from < at) continue
    pieces.push(text.slice(at, from), anchor(href, words))
    at = to
  }
  pieces.push(text.slice(at))
  return pieces
}

function find(text: string): readonly Found[] {
  const found: Found[] = []
  let from = 0
  for (const end of [...edges(text), text.length]) {
    for (const match of finder.match(text.slice(from, end)) ?? []) {
      const link = addressed(match.raw.replace(DIRECTION, ''), match.schema)
      if (link && !USER.test(text.slice(from + match.lastIndex, end).slice(0, 200)))
        found.push({ ...link, from: from + match.index, to: from + match.lastIndex })
    }
    from = end
  }
  return [...found, ...phones(text, found)].sort((a, b) => a.from - b.from)
}

function edges(text: string): number[] {
  const found: number[] = []
  EDGE.lastIndex = 0
  for (let match = EDGE.exec(text); match; match = EDGE.exec(text)) found.push(match.index + match[0].length)
  return found
}

/** Undefined for what leads elsewhere than it reads. */
function addressed(raw: string, schema: string): Pick<Found, 'href' | 'text'> | undefined {
  if (schema === 'mailto:') return { href: `mailto:${raw.replace(/^mailto:/i, '')}`, text: raw }
  const isWhole = schema === 'http:' || schema === 'https:'
  try {
    const url = new URL(isWhole ? raw : `https://${raw}`)
    if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined
    return { href: isWhole ? raw : `https://${raw}`, text: shownHost(raw, url.host) }
  } catch {
    return undefined
  }
}

/** Outside of `taken`, and no part of a longer number or word. */
function phones(text: string, taken: readonly Found[]): readonly Found[] {
  const found: Found[] = []
  PHONE.lastIndex = 0
  for (let match = PHONE.exec(text); match; match = PHONE.exec(text)) {
    const [number] = match
    const [from, to] = [match.index, match.index + number.length]
    const digits = number.replace(/\D/g, '')
    const isPart = /[\w.+/#-]/.test(text[from - 1] ?? '') || /[\w@/]/.test(text[to] ?? '')
    const isNumber = digits.length >= PHONE_DIGITS.least && digits.length <= PHONE_DIGITS.most && !isPart
    if (isNumber && !taken.some((each) => from < each.to && to > each.from)) {
      found.push({ from, to, href: `tel:${number.startsWith('+') ? '+' : ''}${digits}`, text: number })
    }
  }
  return found
}

const anchor = (href: string, text: string): TemplateResult =>
  html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow ugc">${text}</a>`

/** Letters that nobody takes for others: of Latin as Europe and Vietnam write it, of scripts that look like no other. */
const PLAIN =
  /^[\w\u00df-\u00f6\u00f8-\u00ff\u0100-\u0130\u0132-\u017f\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9\u0590-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af-]*$/i
const CYRILLIC = /^[\d\u0400-\u045f-]+$/

/**
 * An address as it is shown. A name of a host whose letters may be taken for others is shown as the network writes it (`xn--…`): `аpple.com` with a Cyrillic а
 * is not to be read as the other. Wholly Cyrillic names stay where the domain above them is Cyrillic, too.
 */
function shownHost(address: string, host: string): string {
  const written = /^(?:[a-z]+:\/\/)?([^/?#:]*)/i.exec(address)?.[1] ?? ''
  const labels = written.normalize('NFC').split('.')
  const isPlain = labels.every((label) => PLAIN.test(label)) || labels.every((label) => CYRILLIC.test(label))
  return isPlain ? address : address.replace(written, () => host)
}
