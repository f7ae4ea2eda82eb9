/** The docs as the demo serves them: every page is reached, every link and anchor leads somewhere, and programs and people find them. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contentsOf } from '../demo/docs/contents.ts'
import { markdownPage } from '../demo/docs/markdown-page.ts'
import { placeOf } from '../demo/docs/places.ts'
import type { Repository } from '../demo/docs/repository.ts'
import { makeSite } from '../demo/docs/site.ts'
import { repositoryIn } from '../demo/docs/write.ts'

const site = makeSite(repositoryIn(process.cwd()))
const html = [...site.files].filter(([place]) => place.endsWith('.html'))
const idsOf = new Map(html.map(([place, text]) => [place, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!))]))
const demo = new Set(readdirSync('demo/pages', { recursive: true, encoding: 'utf8' }).map((name) => `/${name.replaceAll('\\', '/')}`))

/** The demo's own files, and `/`. */
const isOfDemo = (path: string): boolean => path === '/' || path === '/playground.js' || demo.has(path)
const whole = (path: string): string => (path.endsWith('/') ? `${path}index.html` : path)
const plain = (text: string): string => text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

/** Why a link of a page leads nowhere. */
function complaint(place: string, href: string): string | undefined {
  if (/^https?:/.test(href)) return URL.canParse(href) ? undefined : 'is no address'
  if (href.startsWith('mailto:')) return undefined
  const [path = '', anchor] = href.split('#')
  const target = path === '' ? place : whole(path)
  if (!site.files.has(target) && !site.copies.has(target) && !isOfDemo(target)) return 'has no such page'
  return anchor === undefined || anchor === '' || idsOf.get(target)?.has(decodeURIComponent(anchor)) ? undefined : 'has no such anchor'
}

const deadLinks = (place: string, hrefs: readonly string[]): string[] =>
  hrefs.flatMap((href) => {
    const why = complaint(place, href)
    return why === undefined ? [] : [`${place}: ${href} ${why}`]
  })

test('every link, picture and anchor of every page leads somewhere', () => {
  expect(site.broken).toEqual([])
  expect(html.length).toBeGreaterThan(60)
  const hrefs = (text: string): string[] => [...text.matchAll(/ (?:href|src|srcset)="([^"]*)"/g)].map(([, href]) => plain(href!))
  expect(html.flatMap(([place, text]) => deadLinks(place, hrefs(text)))).toEqual([])
})

test('every link of the texts for programs leads to a text', () => {
  const texts = [...site.files].filter(([place]) => /\.(?:md|txt)$/.test(place))
  const hrefs = (text: string): string[] =>
    [...text.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, href]) => href!).filter((href) => href.startsWith('/'))
  const bare = texts.flatMap(([place, text]) => hrefs(text).map((href) => [place, href.split('#')[0]!] as const))
  expect(bare.length).toBeGreaterThan(100)
  expect(bare.filter(([, path]) => !site.files.has(path) && !site.copies.has(path) && !isOfDemo(path))).toEqual([])
})

test('a file or anchor that is missing is found', () => {
  const repository: Repository = {
    read: () => '# One\n\n[a](two.md) [b](#one) [c](#two) [d](../../three.md) <https://example.com>',
    isFile: (file) => file === 'docs/README.md',
    list: () => undefined,
  }
  const { broken, files } = makeSite(repository)
  expect(broken).toEqual(expect.arrayContaining(['docs/README.md: two.md', 'docs/README.md: ../../three.md']))
  expect(files.get('/docs/index.html')).toContain('<p><span>a</span> <a href="#one">b</a> <a href="#two">c</a> <span>d</span>')
})

test('docs/README.md lists every page of docs/, and README.md links to every one of them', () => {
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md')
  const listed = contentsOf(readFileSync('docs/README.md', 'utf8')).flatMap(({ entries }) => entries.map(({ href }) => href))
  const readme = readFileSync('README.md', 'utf8')
  expect(pages.filter((name) => !listed.includes(name))).toEqual([])
  expect([...pages, 'README.md'].filter((name) => !readme.includes(`(docs/${name}`))).toEqual([])
})

test('every page is on its own: a title, a policy without inline code and styles, the list of pages', () => {
  for (const [place, text] of html) {
    expect(text, place).toMatch(/<title>[^<]+ · im-chat<\/title>/)
    expect(text, place).toContain("default-src 'none'; script-src 'self'; style-src 'self';")
    expect(text, place).not.toMatch(/<[^>]* (?:style|on\w+)=/)
    expect(text.match(/<h1/g), place).toHaveLength(1)
    expect(text, place).toContain('<a href="/docs/start.html"')
  }
})

test('anchors are as GitHub makes them', () => {
  const { sections, html: text } = markdownPage('# `<im-chat>` & Co.\n\n## Ä b_c\n\n### Twice\n\n### Twice\n\n## 100 % of **it**', (href) => href)
  expect(sections.map(({ anchor }) => anchor)).toEqual(['im-chat--co', 'ä-b_c', 'twice', 'twice-1', '100--of-it'])
  expect(text).toContain('<h3 id="twice-1">')
})

test('a table scrolls by itself, aligned without style attributes, and markup that nobody expects is refused', () => {
  const { html: text } = markdownPage('| a | b |\n|---|---:|\n| 1 | 2<br>3 |\n\n<!-- a note -->', (href) => href)
  expect(text).toContain('tabindex="0" role="group"')
  expect(text).toContain('<td class="right">2<br>3</td>')
  expect(text).not.toContain('a note')
  expect(markdownPage('| | |\n|---|---|\n| 1 | 2 |', (href) => href).html).not.toContain('<th')
  expect(() => markdownPage('<script>alert(1)</script>', (href) => href)).toThrow('no place for')
})

test('the search finds settings, anchors and words', () => {
  const rows = JSON.parse(site.files.get('/docs/search.json')!) as [string, string, string, string][]
  expect(rows.find(([address]) => address === '/docs/operate.html#the-doctor')).toMatchObject([
    '/docs/operate.html#the-doctor',
    'Operating it',
    'The doctor',
    /./,
  ])
  expect(rows.filter(([, , , text]) => text.includes('WEBHOOK_SECRET')).map(([address]) => address)).toContain('/docs/gateway.html#settings')
  expect(
    deadLinks(
      '',
      rows.map(([address]) => address),
    ),
  ).toEqual([])
})

test('llms.txt has the form of llmstxt.org: a title, a summary, sections, and a line for each page', () => {
  const text = site.files.get('/llms.txt')!
  expect(text).toMatch(/^# im-chat\n\n> .{40,}\n\n/)
  const lines = text.split('\n').filter((line) => line.startsWith('- '))
  expect(lines.length).toBeGreaterThan(30)
  for (const line of lines) expect(line).toMatch(/^- \[[^\]]+\]\(\/[\w/.-]+\.(?:md|html)\): .{10,}$/)
  expect(site.files.get('/llms-full.txt')!.includes('\n# Glossary\n')).toBe(true)
  expect(placeOf('docs/start.md')).toBe('/docs/start.html')
})
