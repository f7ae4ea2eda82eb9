import type { IncomingMessage } from 'node:http'

/** engine.io reads the query from here once it is set, so a request cannot open a session there and count as one of an open session here. */
export type QueriedRequest = IncomingMessage & { _query?: Readonly<Record<string, string>> }

/** The query of a request to engine.io, read once. Of several values of one name the last counts. */
export const queryOf = (request: QueriedRequest): Readonly<Record<string, string>> => (request._query ??= parsed(request.url ?? ''))

/** The open session that the request belongs to; undefined: it opens one. */
export const sidOf = (request: IncomingMessage): string | undefined => queryOf(request)['sid'] || undefined

function parsed(url: string): Record<string, string> {
  // no name is inherited
  const query = Object.create(null) as Record<string, string>
  const [address = ''] = url.split('#', 1)
  const start = address.indexOf('?')
  if (start >= 0) for (const [name, value] of new URLSearchParams(address.slice(start + 1))) query[name] = value
  return query
}
