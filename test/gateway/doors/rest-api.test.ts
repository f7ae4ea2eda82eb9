/** The REST interface of backends on the embedded store. On Redis: ../rest-on-redis.system.test.ts. */
import { afterAll, beforeAll, vi } from 'vitest'
import { describeConversations } from '../rest/conversations.ts'
import { describeIdempotency } from '../rest/idempotency.ts'
import { describeMerges } from '../rest/merges.ts'
import { RestWorld } from '../rest/rest-world.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let world: RestWorld
beforeAll(async () => {
  world = await RestWorld.start([{}])
})
afterAll(() => world.stop())

describeConversations(() => world)
describeMerges(() => world)
describeIdempotency(() => world)
