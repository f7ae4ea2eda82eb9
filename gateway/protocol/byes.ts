/**
 * Why the gateway ends a session. `byePush` says it on both doors before the close (engine.io carries no reason);
 * on the raw door the WebSocket close code repeats it: 40xx = come back, 41xx = do not until something has changed.
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
