/**
 * The reasons for which the gateway ends a session. Both doors send `byePush` before the close, because engine.io has no close codes. The raw
 * door repeats the reason as the WebSocket's close code: 40xx = reconnect, 41xx = do not reconnect until something has changed.
 */
import type { Code } from './codes.ts'

export const BYES = {
  draining: { closeCode: 4000, reconnect: true },
  slow: { closeCode: 4001, reconnect: true },
  hello_timeout: { closeCode: 4002, reconnect: true },
  internal: { closeCode: 4003, reconnect: true },
  pass_expired: { closeCode: 4004, reconnect: true },
  replaced: { closeCode: 4100, reconnect: false },
  abuse: { closeCode: 4101, reconnect: false },
} as const satisfies Partial<Record<Code, { closeCode: number; reconnect: boolean }>>

export type Bye = keyof typeof BYES
