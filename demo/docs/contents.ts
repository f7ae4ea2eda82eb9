/** docs/README.md is the list of all pages in reading order: sections, and in them a line for each page. Navigation and llms.txt come from it. */
export interface Entry {
  readonly title: string
  readonly href: string
  readonly says: string
}

export interface ContentsSection {
  readonly title: string
  readonly entries: readonly Entry[]
}

export function contentsOf(markdown: string): ContentsSection[] {
  const sections: { title: string; entries: Entry[] }[] = []
  for (const line of markdown.split('\n')) {
    const [, heading] = /^## (.+)$/.exec(line) ?? []
    if (heading !== undefined) sections.push({ title: heading, entries: [] })
    const [, title, href, says] = /^- \[([^\]]{1,100})\]\(([^)\s]{1,200})\): (.+)$/.exec(line) ?? []
    if (title !== undefined && href !== undefined && says !== undefined) sections.at(-1)?.entries.push({ title, href, says })
  }
  return sections
}
