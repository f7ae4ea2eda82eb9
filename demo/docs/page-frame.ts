/** The HTML around a page of the docs. */
import type { ContentsSection } from './contents.ts'

export interface FrameOptions {
  readonly title: string
  readonly body: string
  /** Where the page is on the site. */
  readonly place: string
  /** The page's Markdown, where it has one. */
  readonly markdown?: string | undefined
  /** With addresses of the site. */
  readonly contents: readonly ContentsSection[]
  readonly headings: readonly { readonly anchor: string; readonly heading: string }[]
}

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const link = (href: string, words: string, more = ''): string => `<a href="${escaped(href)}"${more}>${escaped(words)}</a>`

export const pageFrame = ({ title, body, place, markdown, contents, headings }: FrameOptions): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escaped(title)} · im-chat</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'">
<link rel="icon" href="/art/kettle.svg">
${markdown === undefined ? '' : `<link rel="alternate" type="text/markdown" href="${escaped(markdown)}">\n`}<link rel="stylesheet" href="/pages.css">
<link rel="stylesheet" href="/docs.css">
<script type="module" src="/copy.js"></script>
<script type="module" src="/docs.js"></script>
</head>
<body class="docs">
<a class="skip" href="#content">To the text</a>
<header class="docs-bar">
<a class="home" href="/">im-chat</a>
<a class="to-pages" href="#pages">All pages</a>
<div class="search" role="search">
<label for="search">Search</label>
<input type="search" id="search" placeholder="Search" title="The key / leads here" autocomplete="off" spellcheck="false">
<p id="search-says" role="status"></p>
<ul id="search-results" hidden></ul>
</div>
</header>
<div class="docs-page">
<main id="content" tabindex="-1">
${body}
${after(place, contents)}</main>
<nav id="pages" aria-label="Documentation">
${contents.map((section) => sectionOf(section, place, headings)).join('\n')}
</nav>
</div>
</body>
</html>
`

function sectionOf({ title, entries }: ContentsSection, place: string, headings: FrameOptions['headings']): string {
  const items = entries.map(({ title: words, href }) => {
    const isHere = href === place
    const inner =
      isHere && headings.length > 1 ? `<ul>${headings.map(({ anchor, heading }) => `<li>${link(`#${anchor}`, heading)}</li>`).join('')}</ul>` : ''
    return `<li>${link(href, words, isHere ? ' aria-current="page"' : '')}${inner}</li>`
  })
  return `<h2>${escaped(title)}</h2>\n<ul>${items.join('\n')}</ul>`
}

/** The next page in reading order. */
function after(place: string, contents: readonly ContentsSection[]): string {
  const all = contents.flatMap(({ entries }) => entries)
  const next = place === '/docs/index.html' ? all[0] : all[all.findIndex(({ href }) => href === place) + 1]
  const isListed = place === '/docs/index.html' || all.some(({ href }) => href === place)
  return next === undefined || !isListed ? '' : `<p class="next">Next: ${link(next.href, next.title)}</p>\n`
}
