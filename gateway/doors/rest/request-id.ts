import type { IncomingMessage } from 'node:http'
import { randomId } from '../random-id.ts'

const GIVEN = /^[\w.-]{1,64}$/

/**
 * What a request is called in the log and in `X-Request-Id` of its answer: what a proxy or the caller has called it, else 120 random bits. It is a label
 * for people who read logs; nothing is decided by it.
 */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && GIVEN.test(given) ? given : randomId()
}
