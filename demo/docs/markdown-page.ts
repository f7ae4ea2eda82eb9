/** One Markdown file as HTML, with anchors as GitHub makes them. */
import GithubSlugger from 'github-slugger'
import MarkdownIt, { type Token } from 'markdown-it'

export interface Section {
  readonly anchor: string
  readonly heading: string
  readonly level: number
  /** Its words, without code blocks. */
  readonly text: string
}

export interface MarkdownPage {
  readonly title: string
  readonly html: string
  /** The part before the first further heading is the first. */
  readonly sections: readonly Section[]
}

/** The only markup that our pages write by hand, beside comments. */
const BY_HAND = /^<\/?(?:picture|source|img|br)\b/

const parser = new MarkdownIt({ html: true })

/** Gets what a link or picture says, and returns what the page says; undefined: nowhere. */
type AddressOf = (href: string) => string | undefined

/** A link that leads nowhere becomes its text. Throws for other markup than that of BY_HAND. */
export function markdownPage(markdown: string, addressOf: AddressOf): MarkdownPage {
  const tokens = parser.parse(markdown, {})
  const slugger = new GithubSlugger()
  const sections: { anchor: string; heading: string; level: number; texts: string[] }[] = []
  for (const [at, token] of tokens.entries()) {
    if (token.type === 'heading_open') {
      const heading = plainText(tokens[at + 1]!)
      const anchor = slugger.slug(heading)
      token.attrSet('id', anchor)
      sections.push({ anchor, heading, level: Number(token.tag.slice(1)), texts: [] })
    } else if (token.type === 'inline' && tokens[at - 1]?.type !== 'heading_open') sections.at(-1)?.texts.push(plainText(token))
    for (const each of [token, ...(token.children ?? [])]) prepare(each, addressOf)
    endDeadLinks(token.children ?? [])
  }
  const html = parser.renderer
    .render(tokens, parser.options, {})
    // a wide table or a long line scrolls by itself, and by keys
    .replaceAll('<table>', '<div class="scrolls" tabindex="0" role="group" aria-label="Table"><table>')
    .replaceAll('</table>', '</table></div>')
    .replace(/<thead>\n<tr>\n(?:<th[^>]{0,40}><\/th>\n){1,20}<\/tr>\n<\/thead>\n/g, '')
    .replace(/<th([^>]{0,40})><\/th>/g, '<td$1></td>')
    .replaceAll('<pre><code', '<pre tabindex="0"><code')
  return { title: sections[0]?.heading ?? '', html, sections: sections.map(({ texts, ...rest }) => ({ ...rest, text: texts.join(' ') })) }
}

const plainText = ({ children }: Token): string =>
  (children ?? []).map(({ type, content }) => (type === 'softbreak' || type === 'hardbreak' ? ' ' : type === 'html_inline' ? '' : content)).join('')

function prepare(token: Token, addressOf: AddressOf): void {
  for (const name of ['href', 'src']) {
    const value = token.attrGet(name)
    if (value !== null) setOrRemove(token, name, addressOf(String(value)))
  }
  // the policy of the pages has no style attributes
  const align = /^text-align:(\w+)$/.exec(String(token.attrGet('style') ?? ''))?.[1]
  if (align !== undefined) {
    setOrRemove(token, 'style', undefined)
    token.attrSet('class', align)
  }
  if (token.type === 'html_block' || token.type === 'html_inline') token.content = byHand(token.content, addressOf)
}

function setOrRemove(token: Token, name: string, value: string | undefined): void {
  if (value === undefined) token.attrs = (token.attrs ?? []).filter(([each]) => each !== name)
  else token.attrSet(name, value)
}

/** Links have no links in them. */
function endDeadLinks(tokens: readonly Token[]): void {
  let isDead = false
  for (const token of tokens) {
    if (token.type === 'link_open') isDead = token.attrGet('href') === null
    if (isDead && (token.type === 'link_open' || token.type === 'link_close')) token.tag = 'span'
  }
}

function byHand(markup: string, addressOf: AddressOf): string {
  const kept = markup.replace(/<!--[\s\S]*?-->/g, '')
  for (const [tag] of kept.matchAll(/<[^>]{1,400}/g)) if (!BY_HAND.test(tag)) throw new Error(`Markup that the docs have no place for: ${tag}`)
  return kept.replace(/ (src|srcset)="([^"]{1,300})"/g, (_whole, name: string, href: string) => ` ${name}="${addressOf(href) ?? href}"`)
}

/** The same file with other addresses in its links; code blocks stay as they are. */
export function withAddresses(markdown: string, addressOf: AddressOf): string {
  let isCode = false
  return markdown
    .split('\n')
    .map((line) => {
      if (/^\s{0,6}```/.test(line)) isCode = !isCode
      return isCode ? line : line.replace(/\]\(([^)\s]{1,300})\)/g, (_whole, href: string) => `](${addressOf(href) ?? href})`)
    })
    .join('\n')
}
