import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { startCluster } from '../../kit/redis.ts'
import { describeBackbone } from './contract.ts'
import { startedOn } from './redis-started.ts'

describeBackbone('Redis Cluster', async () => {
  const { url, stop } = await startCluster()
  return startedOn(() => openRedis({ url }), stop)
})
