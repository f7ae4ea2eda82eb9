import type { KnownLogs } from './known-logs.ts'
import type { Ring } from './ring.ts'
import type { Router } from './router.ts'
import type { Scripts } from './scripts.ts'
import type { RedisSettings } from './settings.ts'

/** What each part of the backbone works with. */
export interface RedisContext {
  readonly settings: RedisSettings
  readonly ring: Ring
  readonly writes: Router
  readonly reads: Router
  readonly scripts: Scripts
  readonly logs: KnownLogs
  readonly now: () => number
}
