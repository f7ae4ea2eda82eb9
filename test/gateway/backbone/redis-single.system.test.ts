import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { startRedis } from '../../kit/redis.ts'
import { describeBackbone } from './contract.ts'
import { startedOn } from './redis-started.ts'

describeBackbone('Redis, one server', async () => {
  const server = await startRedis()
  return startedOn(() => openRedis({ url: server.url }), () => server.stop())
})
