/**
 * The docs as a site: every page that docs/README.md lists, and every file of the repository that one of them links to, with an index to search, and
 * llms.txt (https://llmstxt.org) for programs that read. Pure: the repository's texts in, the site's texts out.
 */
import { contentsOf, type ContentsSection } from './contents.ts'
import { markdownPage, withAddresses, type MarkdownPage } from './markdown-page.ts'
import { escaped, pageFrame } from './page-frame.ts'
import { isDemoPage, isPicture, placeOf, textPlaceOf } from './places.ts'
import { targetOf, type Repository } from './repository.ts'

export interface Site {
  /** The site's address → text. */
  readonly files: ReadonlyMap<string, string>
  /** The site's address → a file of the repository. */
  readonly copies: ReadonlyMap<string, string>
  /** Links that lead nowhere. */
  readonly broken: readonly string[]
}

const INDEX = 'docs/README.md'

export function makeSite(repository: Repository): Site {
  return new SiteMaker(repository).make()
}

class SiteMaker {
  readonly #repository: Repository
  readonly #files = new Map<string, string>()
  readonly #copies = new Map<string, string>()
  readonly #broken: string[] = []
  readonly #pages = new Map<string, MarkdownPage>()
  readonly #due: string[] = [INDEX]
  readonly #seen = new Set<string>(this.#due)
  readonly #contents: readonly ContentsSection[]

  constructor(repository: Repository) {
    this.#repository = repository
    this.#contents = contentsOf(repository.read(INDEX)).map(({ title, entries }) => ({
      title,
      entries: entries.flatMap((entry) => {
        const href = this.#addressOf(INDEX, entry.href)
        return href === undefined ? [] : [{ ...entry, href }]
      }),
    }))
  }

  make(): Site {
    for (let file = this.#due.shift(); file !== undefined; file = this.#due.shift()) this.#add(file)
    const listed = this.#listed()
    const searched = listed.filter((file) => file !== INDEX && file !== 'CHANGELOG.md')
    this.#files.set('/docs/search.json', searchIndex(searched.map((file) => [placeOf(file), this.#pages.get(file)!])))
    this.#files.set('/llms.txt', this.#llms())
    this.#files.set('/llms-full.txt', listed.map((file) => this.#markdown(file)).join('\n\n'))
    return { files: this.#files, copies: this.#copies, broken: this.#broken }
  }

  #add(file: string): void {
    const place = placeOf(file)
    if (isPicture(file)) return void this.#copies.set(place, file)
    if (!file.endsWith('.md')) return void this.#files.set(place, this.#frame(place, file.endsWith('/') ? this.#folder(file) : this.#source(file)))
    const page = markdownPage(this.#repository.read(file), (href) => this.#addressOf(file, href))
    this.#pages.set(file, page)
    const markdown = textPlaceOf(file)
    this.#files.set(place, this.#frame(place, { title: page.title, body: page.html }, { markdown, page }))
    this.#files.set(markdown, this.#markdown(file))
  }

  #frame(
    place: string,
    { title, body }: { readonly title: string; readonly body: string },
    { markdown, page }: { readonly markdown?: string; readonly page?: MarkdownPage } = {},
  ): string {
    const headings = (page?.sections ?? []).filter(({ level }) => level === 2)
    return pageFrame({ title, body, place, markdown, contents: this.#contents, headings })
  }

  /** The address on the site of what `href` names on the page `from`; the file becomes part of the site. Undefined where there is no such file. */
  #addressOf(from: string, href: string, place = placeOf): string | undefined {
    const target = targetOf(this.#repository, from, href)
    if (target === 'elsewhere') return href
    if (target === undefined) {
      this.#broken.push(`${from}: ${href}`)
      return undefined
    }
    const { file, anchor } = target
    if (!this.#seen.has(file) && !isDemoPage(file)) {
      this.#seen.add(file)
      this.#due.push(file)
    }
    return file === from && anchor !== '' ? anchor : place(file) + anchor
  }

  #folder(folder: string): { title: string; body: string } {
    const rows = this.#repository.list(folder.slice(0, -1))!.map((name) => {
      const text = name.endsWith('.md') ? (/^# (.+)$/m.exec(this.#repository.read(folder + name))?.[1] ?? name) : name
      return `<li><a href="${this.#addressOf(`${folder}index`, name)}">${escaped(text)}</a></li>`
    })
    return { title: folder, body: `<h1>${escaped(folder)}</h1>\n<ul>${rows.join('\n')}</ul>` }
  }

  #source(file: string): { title: string; body: string } {
    return { title: file, body: `<h1>${escaped(file)}</h1>\n<pre tabindex="0"><code>${escaped(this.#repository.read(file))}</code></pre>` }
  }

  /** The files of the pages in reading order, the index first. */
  #listed(): string[] {
    const places = [placeOf(INDEX), ...this.#contents.flatMap(({ entries }) => entries.map(({ href }) => href))]
    const byPlace = new Map([...this.#pages.keys()].map((file) => [placeOf(file), file]))
    return [...new Set(places.flatMap((place) => byPlace.get(place) ?? []))]
  }

  #markdown(file: string): string {
    return withAddresses(this.#repository.read(file), (href) => this.#addressOf(file, href, textPlaceOf))
  }

  #llms(): string {
    const summary = /^> (.+)$/m.exec(this.#repository.read(INDEX))?.[1] ?? ''
    const sections = contentsOf(this.#repository.read(INDEX)).map(({ title, entries }) => {
      const lines = entries.map(({ title: words, href, says }) => `- [${words}](${this.#addressOf(INDEX, href, textPlaceOf)}): ${says}`)
      return `## ${title}\n\n${lines.join('\n')}`
    })
    return `# im-chat\n\n> ${summary}\n\nThe text of all pages in one file: [llms-full.txt](/llms-full.txt)\n\n${sections.join('\n\n')}\n`
  }
}

/** What the search of docs.js reads: `[address, title of the page, heading, text]` for each section. */
function searchIndex(pages: readonly (readonly [place: string, page: MarkdownPage])[]): string {
  const rows = pages.flatMap(([place, { title, sections }]) =>
    sections.map(({ anchor, heading, level, text }) => [level === 1 ? place : `${place}#${anchor}`, title, heading, text]),
  )
  return JSON.stringify(rows)
}
