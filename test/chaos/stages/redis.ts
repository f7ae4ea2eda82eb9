import { openFaultProxy } from '../../kit/fault-proxy.ts'
import { startRedis } from '../../kit/redis.ts'
import { RedisProxy } from '../../kit/redis-proxy.ts'
import { Site, type NodeTag } from '../../kit/site.ts'
import type { Fault, Stage } from '../stage.ts'

/** REDIS_KEEP_COUNT 0: no log is trimmed, so that the books can be balanced at the end. */
const SETTINGS = { REDIS_KEEP_COUNT: '0', DRAIN_MS: '4000' }

/**
 * Two gateways on one Redis that writes everything to its file before it answers, nginx in front, a proxy between each node and
 * Redis and one between everybody and nginx. Each of them breaks, and recovers by itself or is repaired at once.
 */
export async function startRedisStage(): Promise<Stage> {
  const redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'always')
  const redisProxies = { n1: await RedisProxy.to(redis.port), n2: await RedisProxy.to(redis.port) }
  const site = await Site.start({ n1: redisProxies.n1.url, n2: redisProxies.n2.url }, SETTINGS)
  const street = await openFaultProxy(site.nginx.port)
  const fault = (name: string, strike: () => unknown): Fault => ({ name, strike: async () => void (await strike()) })
  const killed = (tag: NodeTag): Fault =>
    fault(`${tag} killed`, async () => {
      await site.node(tag).kill()
      await site.startAgain(tag)
    })
  return {
    url: () => street.url,
    pass: (claims) => site.pass(claims),
    faults: [
      killed('n1'),
      fault('subscriptions killed', () => redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')),
      fault("visitors' connections cut", () => street.cut()),
      fault('Redis killed', async () => {
        await redis.signal()
        await redis.start()
      }),
      fault("n1's connections to Redis cut", () => redisProxies.n1.cut()),
      killed('n2'),
      fault('scripts flushed', () => redis.cli('SCRIPT', 'FLUSH')),
      fault("n2's connections to Redis silent", () => {
        for (const connection of redisProxies.n2.connections()) connection.set('replies', 'drop')
      }),
      fault('n2 stopped and started', async () => {
        await site.node('n2').stop()
        await site.startAgain('n2')
      }),
      fault("visitors' connections silent", () => street.halfOpen()),
      fault('nginx reloaded', () => site.nginx.takeOut()),
    ],
    stop: async () => {
      await street.close()
      const isWell = await site.stop()
      for (const proxy of Object.values(redisProxies)) await proxy.close()
      await redis.stop()
      return isWell
    },
  }
}
