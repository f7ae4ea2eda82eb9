/** What stands where values go. A name that has a value gets an end, so that no browser acts upon it before, as upon `<path d=…>`. */
export interface Marks {
  readonly name: string
  readonly value: string
  readonly node: string
}

/** A template's strings as markup with a mark where each value goes: in an attribute, or else between nodes. */
export const markup = (strings: readonly string[], { name, value, node }: Marks): string =>
  strings.reduce((before, next) => {
    const named = before.replace(/(<[^>]*[\w-])(="?[^"]*)$/, (_, start: string, end: string) => start + name + end)
    return named + (/<[^>]*$/.test(named) ? value : node) + next
  })
