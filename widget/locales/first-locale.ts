/** The table of the first language tag that has one: `lang` of the element, then of the page, then of the browser. */
export function firstLocale<T>(locales: Readonly<Record<string, T>>, tags: readonly string[]): T | undefined {
  for (const tag of tags) {
    const found = locales[tag.toLowerCase().split('-')[0]!]
    if (found) return found
  }
  return undefined
}
