import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Unavailable, type Backbone } from '../../../gateway/backbone/backbone.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { conversationChannel, shardNumber, userChannel } from '../../../gateway/protocol/keys.ts'
import { freePort } from '../../kit/free-port.ts'
import { eventually, RedisServer, startRedis, startRing } from '../../kit/redis.ts'
import { newTalk } from './laws/conversation.ts'
import { ClientFollower, surely } from './redis-follower.ts'

const PERSISTENT = ['--appendonly', 'yes', '--appendfsync', 'always']
const becomes = (node: Backbone, wanted: RegExp | undefined) =>
  eventually(
    async () => node.unready(),
    (problem) => (wanted === undefined ? problem === undefined : problem !== undefined && wanted.test(problem)),
  )

/** Every method, on a conversation and a channel of its own. */
function everything(node: Backbone): Promise<unknown>[] {
  const talk = newTalk()
  return [
    node.store.append(talk.message()),
    node.store.read(talk.conversation, { limit: 1 }),
    node.store.advance({ conversation: talk.conversation, side: talk.customer, read: 1, origin: '' }),
    node.store.list(talk.customer, { limit: 1 }),
    node.bus.subscribe(userChannel(talk.customer), () => undefined),
    node.bus.publish(userChannel(talk.customer), '', 'x'),
  ]
}

const namesOf = (results: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  results.map((result) => (result.status === 'rejected' ? (result.reason as Error).name : 'answered'))

describe('Redis away', () => {
  it('at the start: the gateway opens, says why it is not ready, refuses everything at once, and becomes ready by itself', async () => {
    const server = new RedisServer(await freePort(), [])
    const node = await openRedis({ url: server.url })
    expect(node.unready()).toMatch(/ECONNREFUSED/)
    expect(namesOf(await Promise.allSettled(everything(node)))).toEqual(Array.from({ length: 6 }, () => 'Unavailable'))
    await server.start()
    await becomes(node, undefined)
    expect(namesOf(await Promise.allSettled(everything(node)))).toEqual(Array.from({ length: 6 }, () => 'answered'))
    await node.close()
    await server.stop()
  })

  it('at the start and for ever: it still closes', async () => {
    const node = await openRedis({ url: `redis://127.0.0.1:${await freePort()}` })
    await node.close()
    const ring = await openRedis({ url: `redis+cluster://127.0.0.1:${await freePort()}` })
    expect(ring.unready()).toMatch(/ECONNREFUSED/)
    await ring.close()
    const sentinel = await openRedis({ url: `redis+sentinel://127.0.0.1:${await freePort()}/im` })
    expect(sentinel.unready()).toMatch(/sentinels are unreachable/)
    await sentinel.close()
  })

  it('killed and back: calls are refused at once meanwhile, acknowledged messages are there, the gap is reported, the rest shown', async () => {
    const server = await startRedis(...PERSISTENT)
    const [node, other] = [await openRedis({ url: server.url }), await openRedis({ url: server.url })]
    const talk = newTalk()
    const follower = await ClientFollower.on(node, talk.conversation)
    await other.store.append(talk.message({ id: 'before' }))
    await follower.until(1)
    const underWay = Promise.allSettled(Array.from({ length: 50 }, (_, i) => node.store.append(talk.message({ id: `m${i}` }))))
    await server.signal('SIGKILL')
    for (const result of await underWay) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Unavailable)
    await becomes(node, /./)
    expect(namesOf(await Promise.allSettled(everything(node)))).toEqual(Array.from({ length: 6 }, () => 'Unavailable'))
    await server.start()
    await becomes(node, undefined)
    await surely(() => other.store.append(talk.message({ id: 'after' })))
    for (const [i, result] of (await underWay).entries()) {
      const again = await surely(() => node.store.append(talk.message({ id: `m${i}` })))
      if (result.status === 'fulfilled') expect(again).toEqual({ ...result.value, duplicate: true })
    }
    await follower.until(52)
    // holes in the numbers may have shown all before the routes are written again
    await eventually(
      async () => follower.gapCount,
      (count) => count > 0,
    )
    expect(follower.shown[0]!.id).toBe('before')
    await follower.close()
    await Promise.all([node.close(), other.close()])
    await server.stop()
  })

  it('one server of a ring: its keys are refused, the others work, the gateway stays ready', async () => {
    const { servers, url, stop } = await startRing(4)
    const node = await openRedis({ url })
    const talks = Array.from({ length: 40 }, () => newTalk())
    const shardOf = (conversation: string): number => shardNumber(conversationChannel(conversation), 4)
    expect(new Set(talks.map(({ conversation }) => shardOf(conversation))).size).toBe(4)
    await servers[1]!.signal('SIGKILL')
    await eventually(
      () => Promise.allSettled(talks.map(({ conversation }) => node.store.read(conversation, { limit: 1 }))),
      (results) => talks.every(({ conversation }, i) => (results[i]!.status === 'rejected') === (shardOf(conversation) === 1)),
    )
    expect(node.unready()).toBeUndefined()
    await Promise.all(servers.map((server) => server.signal('SIGKILL')))
    await becomes(node, /./)
    await node.close()
    await stop()
  })
})

describe('an unsuitable server', () => {
  it('evicts: the reason is reported, calls are refused, and accepted when the setting is right', async () => {
    const server = await startRedis('--maxmemory-policy', 'allkeys-lru')
    const node = await openRedis({ url: server.url, pingMs: 50 })
    expect(node.unready()).toMatch(/maxmemory-policy is allkeys-lru: the server would delete messages; set it to noeviction/)
    await expect(node.store.append(newTalk().message())).rejects.toThrow(Unavailable)
    await server.cli('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    await becomes(node, undefined)
    expect(await node.store.append(newTalk().message())).toMatchObject({ seq: 1 })
    await node.close()
    await server.stop()
  })

  it('is too old: the reason is reported', async () => {
    // The smallest server that can say its version: RESP2 only, as servers before 6 were.
    const old = createServer((socket) =>
      socket.on('data', (chunk: Buffer) => {
        for (const word of chunk
          .toString()
          .toLowerCase()
          .match(/hello|info|client/g) ?? []) {
          const info = '# Server\r\nredis_version:5.0.14\r\n'
          socket.write(word === 'info' ? `$${info.length}\r\n${info}\r\n` : `-ERR unknown command '${word.toUpperCase()}'\r\n`)
        }
      }),
    ).listen(0, '127.0.0.1')
    await once(old, 'listening')
    const node = await openRedis({ url: `redis://127.0.0.1:${(old.address() as { port: number }).port}` })
    expect(node.unready()).toMatch(/the server is version 5\.0\.14; 7\.0 or later is needed/)
    await node.close()
    old.close()
  })

  it('is of the other kind: the reason is reported, with the URL to write', async () => {
    const single = await startRedis()
    const clustered = await startRedis('--cluster-enabled', 'yes', '--cluster-port', String(await freePort()))
    const one = await openRedis({ url: clustered.url })
    expect(one.unready()).toMatch(/write REDIS_URL as redis\+cluster:/)
    const two = await openRedis({ url: `redis+cluster://127.0.0.1:${single.port}` })
    expect(two.unready()).toMatch(/cluster support disabled/)
    await Promise.all([one.close(), two.close()])
    await Promise.all([single.stop(), clustered.stop()])
  })

  it('is full: calls are refused as Unavailable, and work again when there is room', async () => {
    const server = await startRedis('--maxmemory', '3mb')
    const node = await openRedis({ url: server.url })
    const talk = newTalk()
    const body = { text: 'x'.repeat(50_000) }
    const full = async (): Promise<void> => {
      for (let i = 0; i < 200; i++) await node.store.append(talk.message({ body }))
    }
    await expect(full()).rejects.toThrow(Unavailable)
    await server.cli('CONFIG', 'SET', 'maxmemory', '100mb')
    expect((await node.store.append(talk.message())).duplicate).toBe(false)
    const { messages } = await node.store.read(talk.conversation, { limit: 100 })
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => messages[0]!.seq + i))
    await node.close()
    await server.stop()
  })
})
