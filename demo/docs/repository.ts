/** The files that a site is made of. Names have slashes, and no slash at the start. */
export interface Repository {
  read(file: string): string
  isFile(file: string): boolean
  /** Names in a folder, sorted; undefined where it is none. */
  list(folder: string): readonly string[] | undefined
}

export interface Target {
  /** Of the repository; a folder's ends in a slash. */
  readonly file: string
  /** With its `#`, or ''. */
  readonly anchor: string
}

/** Where `href` leads from the page `from`: 'elsewhere' for addresses, undefined for nowhere. */
export function targetOf(repository: Repository, from: string, href: string): Target | 'elsewhere' | undefined {
  if (/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(href)) return 'elsewhere'
  const [path = '', anchor] = href.split('#')
  const after = anchor === undefined ? '' : `#${anchor}`
  if (path === '') return { file: from, anchor: after }
  const parts = from.split('/').slice(0, -1)
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else if (part !== '.' && part !== '') parts.push(decodeURIComponent(part))
  }
  const file = parts.join('/')
  if (repository.isFile(file)) return { file, anchor: after }
  return repository.list(file) === undefined ? undefined : { file: `${file}/`, anchor: after }
}
