/** The REST interface of backends at two gateways on a ring of two Redis servers. On the embedded store: doors/rest-api.test.ts. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { startRing, type RedisGroup } from '../kit/redis.ts'
import { describeConversations } from './rest/conversations.ts'
import { describeIdempotency } from './rest/idempotency.ts'
import { describeMerges } from './rest/merges.ts'
import { RestWorld } from './rest/rest-world.ts'

let folder: string
let redis: RedisGroup
let world: RestWorld
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  redis = await startRing(2)
  // one folder: the secret of demo mode, which both need
  const environment = { REDIS_URL: redis.url, DATA_DIR: folder }
  world = await RestWorld.start([environment, environment])
})
afterAll(async () => {
  await world.stop()
  await redis.stop()
  await rm(folder, { recursive: true, force: true })
})

describeConversations(() => world)
describeMerges(() => world)
describeIdempotency(() => world)
