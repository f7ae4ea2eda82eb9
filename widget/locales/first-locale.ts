/** The entry of the first language tag that has one: `lang` of the element, then of the page, then of the browser. */
export function firstLocale<T>(locales: Readonly<Record<string, T>>, tags: readonly string[]): T | undefined {
  const names = tags.map((tag) => tag.toLowerCase().split('-')[0]!)
  const name = names.find((each) => Object.prototype.hasOwnProperty.call(locales, each))
  return name === undefined ? undefined : locales[name]
}
