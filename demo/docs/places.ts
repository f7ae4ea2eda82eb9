/** Where a file of the repository is on the site. Pure. */

/** A page of the demo, which is served as it is. */
export const isDemoPage = (file: string): boolean => /^demo\/pages\/[\w-]+\.html$/.test(file)

/** `docs/start.md` is /docs/start.html; what is not of docs/ is below /docs/repository, but for the demo's pages. Folders end in a slash. */
export function placeOf(file: string): string {
  if (isDemoPage(file)) return file.replace('demo/pages', '')
  const inside = file.startsWith('docs/') ? file : `docs/repository/${file}`
  if (file.endsWith('/')) return `/${inside}index.html`
  if (file === 'docs/README.md') return '/docs/index.html'
  if (isPicture(file)) return `/${inside}`
  return `/${inside.replace(/\.md$/, '')}.html`
}

/** The same for programs that read: of a page its Markdown. */
export const textPlaceOf = (file: string): string => (file.endsWith('.md') ? placeOf(file).replace(/\.html$/, '.md') : placeOf(file))

export const isPicture = (file: string): boolean => /\.(?:jpg|png|svg|webp)$/.test(file)
