/** A page that says "en" leaves open which one; the person's browser knows, and with it how a clock is read there. */
export function regional(lang: string, browser: readonly string[]): string {
  return browser.find((tag) => tag.split('-')[0]!.toLowerCase() === lang.toLowerCase()) ?? lang
}
