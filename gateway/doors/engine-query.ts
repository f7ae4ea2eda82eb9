import type { IncomingMessage } from 'node:http'

/** engine.io reads the query from here once it is set, so a request cannot open a session there and count as one of an open session here. */
export type QueriedRequest = IncomingMessage & { _query?: Readonly<Record<string, string>> }

/** The query of a request to engine.io, read once. Of several values of one name the last counts. */
export const queryOf = (request: QueriedRequest): Readonly<Record<string, string>> => (request._query ??= parsed(request.url ?? ''))

/** The open session that the request belongs to; undefined: it opens one. */
export const sidOf = (request: IncomingMessage): string | undefined => queryOf(request)['sid'] || undefined

/** A query that means what it says: nothing in it is encoded. */
const PLAIN = /^[\w.=&-]*$/

function parsed(url: string): Record<string, string> {
  // none of the names that are asked for is inherited
  const query: Record<string, string> = {}
  const fragment = url.indexOf('#')
  const address = fragment < 0 ? url : url.slice(0, fragment)
  const start = address.indexOf('?')
  if (start < 0) return query
  const text = address.slice(start + 1)
  if (!PLAIN.test(text)) {
    for (const [name, value] of new URLSearchParams(text)) query[name] = value
    return query
  }
  for (let at = 0; at < text.length;) {
    const next = text.indexOf('&', at)
    const end = next < 0 ? text.length : next
    const equals = text.indexOf('=', at)
    if (equals < 0 || equals > end) query[text.slice(at, end)] = ''
    else query[text.slice(at, equals)] = text.slice(equals + 1, end)
    at = end + 1
  }
  return query
}
