import type { IncomingMessage } from 'node:http'

/** The query of a request to engine.io, read exactly as engine.io reads it; otherwise a request could open a session and count as one of an open session. */
export const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams => new URL(url, 'http://engine.io').searchParams

/** The open session that the request belongs to; undefined: it opens one. Of several ids the last counts. */
export const sidOf = (request: IncomingMessage): string | undefined => queryOf(request).getAll('sid').at(-1) || undefined
