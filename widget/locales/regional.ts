/** A page with `lang="en"` leaves the region open; the browser's own languages give it, and with it the format of times. */
export function regional(lang: string, browser: readonly string[]): string {
  return browser.find((tag) => tag.split('-')[0]!.toLowerCase() === lang.toLowerCase()) ?? lang
}
