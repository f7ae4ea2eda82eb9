const warned = new Set<string>()

/** One sentence in the console, once a page: `what` tells one mistake from another. */
export function warnAuthor(tag: string, what: string, sentence: string): void {
  const key = `${tag} ${what}`
  if (warned.has(key)) return
  warned.add(key)
  console.warn(`<${tag}>: ${sentence}`)
}

/** `to` that may be meant for a shop; undefined: it is clear. */
export function doubtfulTo(to: string): string | undefined {
  if (!/^\d+$/.test(to)) return undefined
  return `\`to="${to}"\` is the person whose id is ${to}, and there is no conversation yet. If the shop is meant, write to="shop:${to}".`
}
