/** Somewhere that nobody lives: a relative address is read against it. */
const NOWHERE = 'https://relative.invalid/'

/**
 * The address of a page or picture as a stranger gave it, or nothing where a browser would do something else with it than fetch it
 * (`javascript:`, also with a tab in the middle). Read by the very rules of browsers.
 */
export function webAddress(text: string | undefined): string | undefined {
  if (text === undefined || text === '' || !URL.canParse(text, NOWHERE)) return undefined
  const { protocol } = new URL(text, NOWHERE)
  return protocol === 'https:' || protocol === 'http:' ? text : undefined
}
