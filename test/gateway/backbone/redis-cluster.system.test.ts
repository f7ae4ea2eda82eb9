import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { startCluster } from '../../kit/redis.ts'
import { describeBackbone } from './contract.ts'
import { describeUnanswered } from './laws/unanswered.ts'
import { startedOn } from './redis-started.ts'

describeBackbone('Redis Cluster', async () => {
  const { url, stop } = await startCluster()
  return startedOn(() => openRedis({ url, unansweredMs: 2_592_000_000 }), stop)
})

describeUnanswered('in a Cluster', () => startCluster())
