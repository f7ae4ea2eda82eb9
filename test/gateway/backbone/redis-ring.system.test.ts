import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { startRing } from '../../kit/redis.ts'
import { describeBackbone } from './contract.ts'
import { describeUnanswered } from './laws/unanswered.ts'
import { startedOn } from './redis-started.ts'

describeBackbone('Redis, a static ring of four', async () => {
  const { url, stop } = await startRing()
  return startedOn(() => openRedis({ url, unansweredMs: 2_592_000_000 }), stop)
})

describeUnanswered('on a static ring', () => startRing())
