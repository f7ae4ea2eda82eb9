import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Unavailable, type Backbone } from '../../../gateway/backbone/backbone.ts'
import { conversationKeys } from '../../../gateway/backbone/redis/keys.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { eventually, startRedis, startSentinel, type RedisGroup, type RedisServer } from '../../kit/redis.ts'
import { newTalk } from './laws/conversation.ts'
import { readAll, surely } from './redis-follower.ts'
import { expectHonest, Traffic } from './redis-traffic.ts'

describe('a master behind Sentinel fails over', () => {
  let group: RedisGroup
  let master: RedisServer
  let replica: RedisServer
  let sentinel: RedisServer
  let nodes: [Backbone, Backbone]

  beforeEach(async () => {
    group = await startSentinel()
    ;[master, replica, sentinel] = group.servers as [RedisServer, RedisServer, RedisServer]
    const open = (): Promise<Backbone> => openRedis({ url: group.url, commandTimeoutMs: 1000, keepCount: 0 })
    nodes = [await open(), await open()]
  })
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()))
    await group.stop()
  })

  const promoted = (server: RedisServer) =>
    eventually(
      () => server.info('role'),
      (role) => role === 'master',
      20_000,
    )

  it('by SENTINEL FAILOVER under load: the gateway recovers by itself and reports gaps', async () => {
    const traffic = await Traffic.on(nodes)
    await traffic.pass(50)
    await sentinel.cli('SENTINEL', 'FAILOVER', 'im')
    await promoted(replica)
    await eventually(
      async () => traffic.gapCount,
      (count) => count >= 2,
      20_000,
    )
    await traffic.pass(100)
    // What the old master took in its last moment may be gone (that is what the next tests are about); never a hole, never twice.
    const { stored } = await traffic.end()
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, i) => i + 1))
    expect(stored.map(({ prev }) => prev)).toEqual([undefined, ...stored.slice(0, -1).map(({ id }) => id)])
    expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length)
    expect(stored.some(({ id }) => id === traffic.acknowledged.at(-1)!.id)).toBe(true)
  })

  it('by SIGKILL of the master with an up-to-date replica: nothing acknowledged is lost', async () => {
    const safe = await openRedis({ url: group.url, durability: 'replica', commandTimeoutMs: 1000, keepCount: 0 })
    const traffic = await Traffic.on([safe])
    await traffic.pass(50)
    await master.signal('SIGKILL')
    await promoted(replica)
    // One is left, so nothing can be confirmed by a replica: that is what the setting asks for.
    await eventually(
      () => safe.store.append(newTalk().message()).catch((error: Error) => error),
      (answer) => answer instanceof Unavailable && /no replica has confirmed/.test(answer.message),
    )
    await master.start()
    await master.cli('REPLICAOF', '127.0.0.1', String(replica.port))
    await eventually(
      () => master.info('master_link_status'),
      (status) => status === 'up',
      20_000,
    )
    await traffic.pass(50)
    await expectHonest(traffic)
    await safe.close()
  })

  it('by SIGKILL of the master with a replica behind: numbers are reused, the links show it, lost messages come again once', async () => {
    const talk = newTalk()
    for (let i = 1; i <= 5; i++) await nodes[0].store.append(talk.message({ id: `kept-${i}` }))
    await eventually(
      () => replica.cli('LLEN', conversationKeys(talk.conversation).log),
      (length) => length === '5',
    )
    await replica.signal('SIGSTOP')
    await master.cli('CLIENT', 'KILL', 'TYPE', 'replica')
    const lost = [6, 7, 8].map((i) => talk.message({ id: `lost-${i}` }))
    for (const message of lost) await nodes[0].store.append(message)
    const before = (await nodes[1].store.read(talk.conversation, { limit: 10 })).head
    expect(before).toMatchObject({ seq: 8, id: 'lost-8' })
    await master.signal('SIGKILL')
    await replica.signal('SIGCONT')
    await promoted(replica)
    for (let i = 6; i <= 9; i++) await surely(() => nodes[1].store.append(talk.message({ id: `other-${i}` })))

    // The cursor (epoch, 8, lost-8) meets an entry 8 of the same epoch with another id: diverged. Below, the chain still agrees.
    const after = await readAll(nodes[0], talk.conversation)
    expect(after[7]).toMatchObject({ epoch: before.epoch, seq: 8, id: 'other-8', prev: 'other-7' })
    expect(after[4]).toMatchObject({ seq: 5, id: 'kept-5' })
    for (const message of lost) expect(await surely(() => nodes[0].store.append(message))).toMatchObject({ duplicate: false })
    for (const message of lost) expect(await surely(() => nodes[1].store.append(message))).toMatchObject({ duplicate: true })
    expect((await readAll(nodes[1], talk.conversation)).map(({ id }) => id)).toEqual([
      ...[1, 2, 3, 4, 5].map((i) => `kept-${i}`),
      ...[6, 7, 8, 9].map((i) => `other-${i}`),
      'lost-6',
      'lost-7',
      'lost-8',
    ])
  })

  it('before the replica had the first message: the conversation begins again under another epoch', async () => {
    const talk = newTalk()
    await replica.signal('SIGSTOP')
    await master.cli('CLIENT', 'KILL', 'TYPE', 'replica')
    const first = await nodes[0].store.append(talk.message({ id: 'lost' }))
    await master.signal('SIGKILL')
    await replica.signal('SIGCONT')
    await promoted(replica)
    const again = await surely(() => nodes[0].store.append(talk.message({ id: 'new' })))
    expect(again).toMatchObject({ seq: 1, duplicate: false })
    expect(again.epoch).not.toBe(first.epoch)
  })
})

describe('durability: replica', () => {
  it('acknowledges only what a replica has; a retry finds the first append and waits for the replica, too', async () => {
    const master = await startRedis('--repl-diskless-sync-delay', '0')
    const replica = await startRedis('--repl-diskless-sync-delay', '0', '--replicaof', '127.0.0.1', String(master.port))
    // the replica says `up` before its first acknowledgement, and only with that the master counts it
    await eventually(
      () => master.info('slave0'),
      (replicas) => /state=online/.test(replicas ?? ''),
    )
    const [node, other] = [1, 2].map(() => openRedis({ url: master.url, durability: 'replica', commandTimeoutMs: 600 }))
    const talk = newTalk()
    const first = talk.message()
    // the first confirmation takes longer where the replica has just come online
    expect(await surely(async () => (await node!).store.append(first))).toMatchObject({ seq: 1 })
    await replica.signal('SIGSTOP')
    const message = talk.message({ id: 'x' })
    await expect((await node!).store.append(message)).rejects.toThrow(/no replica has confirmed/)
    await expect((await other!).store.append(message)).rejects.toThrow(/no replica has confirmed/)
    // Reads do not wait behind it, and it is there: refused means unknown, not undone.
    expect((await (await node!).store.read(talk.conversation, { limit: 5 })).head).toMatchObject({ seq: 2, id: 'x' })
    await replica.signal('SIGCONT')
    expect(await surely(async () => (await other!).store.append(message))).toMatchObject({ seq: 2, duplicate: true })
    await Promise.all([(await node!).close(), (await other!).close()])
    await Promise.all([master.stop(), replica.stop()])
  })
})
