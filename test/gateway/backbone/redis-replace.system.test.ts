/** An entry whose text is to be gone: another is put in its place, and nothing else changes. On every kind of Redis. */
import { describe, expect, it } from 'vitest'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import type { RedisStore } from '../../../gateway/backbone/redis/store.ts'
import { startCluster, startRedis, startRing, startSentinel, type RedisGroup } from '../../kit/redis.ts'
import { newTalk } from './laws/conversation.ts'

const KINDS: readonly [string, () => Promise<RedisGroup>][] = [
  ['one server', async () => startRedis().then((server) => ({ servers: [server], url: server.url, stop: () => server.stop() }))],
  ['a ring', () => startRing(2)],
  ['Sentinel', startSentinel],
  ['a Cluster', () => startCluster()],
]

describe.each(KINDS)('a tombstone on %s', (_name, start) => {
  it('stands in its entry’s place: seq, id and links stay, the client id is still known, and writing goes on', async () => {
    const group = await start()
    const nodes = await Promise.all([openRedis({ url: group.url }), openRedis({ url: group.url })])
    const [store, other] = nodes.map((node) => node.store) as [RedisStore, RedisStore]
    const talk = newTalk()
    const odd = 'x","from":"'
    const messages = ['a', odd, 'c', 'd'].map((id) => talk.message({ id }))
    for (const message of messages) await store.append(message)
    const before = (await store.read(talk.conversation, { limit: 9 })).messages
    for (const seq of [2, 4]) {
      const { prev: _, ...found } = before[seq - 1]!
      const gone = { ...found, kind: 'gone', body: { text: '' } }
      expect(await other.replace(gone)).toBe(true)
      expect(await other.replace(gone)).toBe(true)
      expect(await store.replace({ ...gone, id: 'another' })).toBe(false)
      expect(await store.replace({ ...gone, epoch: 'another' })).toBe(false)
      expect(await store.replace({ ...gone, seq: 9 })).toBe(false)
    }
    const after = (await store.read(talk.conversation, { limit: 9 })).messages
    expect(after).toEqual(before.map((message) => (message.seq % 2 === 0 ? { ...message, kind: 'gone', body: { text: '' } } : message)))
    for (const one of [store, other]) {
      expect(await one.append(messages[1]!)).toMatchObject({ seq: 2, prev: 'a', duplicate: true })
      expect(await one.append(messages[3]!)).toMatchObject({ seq: 4, prev: 'c', duplicate: true })
    }
    expect(await store.append(talk.message({ id: 'e' }))).toMatchObject({ seq: 5, prev: 'd' })
    await Promise.all(nodes.map((node) => node.close()))
    await group.stop()
  })
})
