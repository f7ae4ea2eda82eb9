import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { startRedis } from '../../kit/redis.ts'
import { describeBackbone } from './contract.ts'
import { describeUnanswered } from './laws/unanswered.ts'
import { startedOn } from './redis-started.ts'

describeBackbone('Redis, one server', async () => {
  const server = await startRedis()
  return startedOn(
    () => openRedis({ url: server.url, unansweredMs: 2_592_000_000 }),
    () => server.stop(),
  )
})

describeUnanswered('on one server', async () => {
  const server = await startRedis()
  return { servers: [server], url: server.url, stop: () => server.stop() }
})
