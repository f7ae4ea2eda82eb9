import { Muted, NotStarted, Unavailable } from '../backbone.ts'

/** Answers of a server that is there but cannot serve now. Whoever sees one may try again later. */
const PASSING = /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|NOREPLICAS|OOM|MISCONF|UNKILLABLE|NOSCRIPT|MOVED|ASK)\b/

/** Thrown by whoever reads a reply, not by the driver. */
const ASKED_FOR = [Unavailable, Muted, NotStarted, TypeError, SyntaxError]

/** A refusal by Redis in Redis' own words; everything else that ioredis rejects with is a broken connection. */
const isReply = (error: Error): boolean => error.name === 'ReplyError'

export const isTimeout = (error: unknown): boolean => error instanceof Error && error.message === 'Command timed out'

/** What a method of the backbone rejects with: Unavailable for whatever may pass, the error itself for a bug. */
export function failureOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  if (ASKED_FOR.some((kind) => error instanceof kind)) return error
  // Not the driver's own error: it carries the command's arguments, which are people's messages, and would reach the log.
  if (isReply(error) && !PASSING.test(error.message)) return new Error(`Redis: ${error.message}`)
  return new Unavailable(`Redis: ${error.message}`)
}
