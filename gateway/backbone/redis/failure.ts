import { Muted, NotStarted, Unavailable } from '../backbone.ts'

/** Error replies of a server that is up but cannot serve now; the command may be retried later. */
const TEMPORARY = /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|NOREPLICAS|OOM|MISCONF|UNKILLABLE|NOSCRIPT|MOVED|ASK)\b/

/** Those of which every command that writes would get the same. */
const OF_SERVER = /^(LOADING|BUSY|MASTERDOWN|READONLY|NOREPLICAS|OOM|MISCONF|UNKILLABLE)\b/

/** Thrown by our own code that reads a reply, not by the driver. */
const OWN_ERRORS = [Unavailable, Muted, NotStarted, TypeError, SyntaxError]

/** An error reply by Redis; everything else that ioredis rejects with is a broken connection. */
const isReply = (error: Error): boolean => error.name === 'ReplyError'

/** Whether the server refuses to write anything, whatever the operation. */
export const isOfServer = (error: Error): boolean => isReply(error) && OF_SERVER.test(error.message)

export const isTimeout = (error: unknown): boolean => error instanceof Error && error.message === 'Command timed out'

/** What a method of the backbone rejects with: Unavailable for a temporary failure, the error itself for a bug. */
export function failureOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  if (OWN_ERRORS.some((kind) => error instanceof kind)) return error
  // Not the driver's own error: its command arguments, which hold people's messages, would reach the log.
  if (isReply(error) && !TEMPORARY.test(error.message)) return new Error(`Redis: ${error.message}`)
  return new Unavailable(`Redis: ${error.message}`)
}
