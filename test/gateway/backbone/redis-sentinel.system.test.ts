import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { startSentinel } from '../../kit/redis.ts'
import { describeBackbone } from './contract.ts'
import { startedOn } from './redis-started.ts'

describeBackbone('Redis behind Sentinel', async () => {
  const { url, stop } = await startSentinel()
  return startedOn(() => openRedis({ url }), stop)
})
