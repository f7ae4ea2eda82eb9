import { Redis, type RedisOptions } from 'ioredis'

/** A plain connection that is tried once, and not again when it ends. Rejects with why there is none. */
export async function connectOnce(options: RedisOptions): Promise<Redis> {
  const redis = new Redis({
    ...options,
    lazyConnect: true,
    retryStrategy: () => null,
    sentinelRetryStrategy: () => null,
    sentinelReconnectStrategy: () => null,
    maxRetriesPerRequest: 0,
    disableClientInfo: true,
    replyMapping: 'legacy',
  })
  let reason: Error | undefined
  // of a call that fails it is the call's error, too
  redis.on('error', (error: Error) => (reason = error))
  await redis.connect().catch((error: Error) => {
    redis.disconnect()
    throw reason ?? error
  })
  return redis
}
