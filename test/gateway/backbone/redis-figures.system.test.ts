/** Figures for docs/redis.md, printed; asserted only where a loaded machine cannot change them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backbone } from '../../../gateway/backbone/backbone.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { startRedis, type RedisServer } from '../../kit/redis.ts'
import { newTalk } from './laws/conversation.ts'

const MESSAGES = 20_000
const APPENDERS = 200

describe('what a stored message costs', () => {
  let server: RedisServer
  let backbone: Backbone

  beforeAll(async () => {
    server = await startRedis()
    backbone = await openRedis({ url: server.url })
  })
  afterAll(async () => {
    await backbone.close()
    await server.stop()
  })

  async function appendAll(count: number, appenders: number, perTalk: number): Promise<number> {
    const talks = Array.from({ length: Math.ceil(count / perTalk) }, () => newTalk())
    let next = 0
    const started = performance.now()
    await Promise.all(
      Array.from({ length: appenders }, async () => {
        while (next < count) {
          const n = next++
          const talk = talks[n % talks.length]!
          await backbone.store.append(talk.message({ id: `id-${n.toString(36).padStart(18, '0')}`, body: { text: 'x'.repeat(100) } }))
        }
      }),
    )
    return count / ((performance.now() - started) / 1000)
  }

  it('in time: one appender alone, then many, whose appends go in batches', async () => {
    await appendAll(2000, 50, 20)
    const alone = await appendAll(2000, 1, 20)
    await server.cli('CONFIG', 'RESETSTAT')
    const together = await appendAll(MESSAGES, APPENDERS, 20)
    const scriptCalls = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await server.cli('INFO', 'commandstats'))![1])
    const usPerCall = Number(/cmdstat_evalsha:.*?usec_per_call=([\d.]+)/.exec(await server.cli('INFO', 'commandstats'))![1])
    console.log(
      `appends/s: ${alone.toFixed(0)} one by one, ${together.toFixed(0)} from ${APPENDERS} at once` +
        ` (${(MESSAGES / scriptCalls).toFixed(1)} a call, ${((usPerCall * scriptCalls) / MESSAGES).toFixed(1)} us of Redis each)`,
    )
    expect(scriptCalls).toBeLessThan(MESSAGES / 10)
  })

  it('in memory: the log, the window of client ids, the keys', async () => {
    for (const [perTalk, count] of [
      [10, 20_000],
      [100, 20_000],
      [1000, 20_000],
    ] as const) {
      await server.cli('FLUSHALL')
      const before = Number(await server.info('used_memory'))
      await appendAll(count, APPENDERS, perTalk)
      const bytes = (Number(await server.info('used_memory')) - before) / count
      console.log(`bytes a message of 100 characters in conversations of ${perTalk}: ${bytes.toFixed(0)}`)
      expect(bytes).toBeLessThan(600)
    }
  })
})
