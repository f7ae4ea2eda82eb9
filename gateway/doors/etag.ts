import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether the asker holds this very content: RFC 9110, 13.1.2. A list counts, and so does a weakened tag, for a proxy that
 * compresses an answer makes `W/"…"` of its `"…"`.
 */
export function holds(headers: IncomingHttpHeaders, etag: string): boolean {
  const asked = headers['if-none-match']?.trim()
  if (asked === undefined) return false
  const strong = etag.replace(/^W\//, '')
  const tags: readonly string[] = asked.match(/"[^"]*"/g) ?? []
  return asked === '*' || tags.includes(strong)
}
