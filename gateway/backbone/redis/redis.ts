import type { RedisOptions } from 'ioredis'
import type { Backbone } from '../backbone.ts'
import { INBOX_CHECK_MS, RedisBus } from './bus.ts'
import { RedisClock } from './clock.ts'
import { ClusterRing } from './cluster-ring.ts'
import { FixedRing } from './fixed-ring.ts'
import { RedisImages } from './images.ts'
import { PROBE_TAG } from './keys.ts'
import { KnownLogs } from './known-logs.ts'
import type { Ring } from './ring.ts'
import { RedisRecords } from './records.ts'
import { Router } from './router.ts'
import { loadScripts, type Scripts } from './scripts.ts'
import { Server } from './server.ts'
import { REDIS_DEFAULTS, type RedisSettings } from './settings.ts'
import { RedisStore } from './store.ts'
import { parseRedisUrl, type Target } from './url.ts'

const CLOCK_SYNC_MS = 5000

/**
 * Opens the backbone on Redis. Resolves after one attempt, whether or not Redis can be reached: until it can, `unready()` says why
 * and every method rejects with Unavailable; it becomes ready by itself. Rejects only if the URL cannot be parsed.
 */
export async function openRedis(given: Partial<RedisSettings> & Pick<RedisSettings, 'url'>): Promise<Backbone> {
  const settings: RedisSettings = { ...REDIS_DEFAULTS, ...given }
  const target = parseRedisUrl(settings.url, settings.tlsCa)
  const isCluster = target.kind === 'cluster'
  const scripts = loadScripts(settings, isCluster ? 'SPUBLISH' : 'PUBLISH')
  const ring = openRing(target, settings, scripts)
  const reads = new Router(ring, 'reader', settings)
  const writes = new Router(ring, 'writer', settings)
  const clock = new RedisClock(reads)
  const context = { settings, ring, writes, reads, scripts, logs: new KnownLogs(settings.windowCount, ring), now: clock.now }
  const bus = new RedisBus(context)
  await ring.checked
  await clock.sync().catch(() => undefined) // the job reports it
  return {
    store: new RedisStore(context, bus),
    records: new RedisRecords(context),
    images: new RedisImages(context),
    bus,
    now: clock.now,
    jobs: [
      { name: 'redisClock', everyMs: CLOCK_SYNC_MS, run: () => clock.sync() },
      { name: 'inboxes', everyMs: INBOX_CHECK_MS, run: () => bus.check() },
    ],
    scrub: async () => undefined,
    unready: () => ring.unready(),
    async close() {
      await Promise.all([writes.drain(), reads.drain()])
      bus.close()
      await ring.close()
    },
  }
}

function openRing(target: Target, settings: RedisSettings, scripts: Scripts): Ring {
  if (target.kind === 'cluster') return new ClusterRing({ ...target, settings, scripts })
  const servers = fixedServers(target, settings)
  return new FixedRing(servers.map((one) => new Server({ ...one, settings, scripts, isCluster: false, tag: () => PROBE_TAG })))
}

type FixedTarget = Exclude<Target, { kind: 'cluster' }>

/** What connects to each server of a ring, or to whichever is the master of a Sentinel group. */
export function fixedServers(
  target: FixedTarget,
  { commandTimeoutMs }: Pick<RedisSettings, 'commandTimeoutMs'>,
): { name: string; redis: RedisOptions }[] {
  if (target.kind === 'ring') return target.servers.map((redis) => ({ name: `${redis.host}:${redis.port}`, redis }))
  const { sentinels, name, access, sentinelPassword } = target
  const redis: RedisOptions = {
    sentinels: [...sentinels],
    name,
    role: 'master',
    failoverDetector: true,
    ...access,
    sentinelCommandTimeout: commandTimeoutMs,
    sentinelRetryStrategy: (attempt) => Math.min(1000, 50 * 2 ** attempt) * (0.5 + Math.random()),
    sentinelReconnectStrategy: () => 1000 * (0.5 + Math.random()),
    ...(access.tls === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: access.tls }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
  }
  return [{ name: `master ${name}`, redis }]
}
