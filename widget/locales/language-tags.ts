/** As Intl writes tags; pages also write `zh_TW`. */
const plain = (tag: string): string => tag.replace(/_/g, '-')

/** The entry of `table` for the tag or the longest beginning of it: `zh-Hans-HK` is found under `zh`. Case does not count. */
export function nearest<T>(table: Readonly<Record<string, T>>, tag: string): T | undefined {
  const names = Object.keys(table)
  for (let rest = plain(tag).toLowerCase(); rest; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('-')))) {
    const name = names.find((each) => plain(each).toLowerCase() === rest)
    if (name !== undefined) return table[name]
  }
  return undefined
}

/** The first tag that one of the tables knows. */
export const spoken = (tables: readonly Readonly<Record<string, unknown>>[], tags: readonly string[]): string | undefined => {
  const found = tags.find((tag) => tables.some((table) => nearest(table, tag) !== undefined))
  return found && plain(found)
}
