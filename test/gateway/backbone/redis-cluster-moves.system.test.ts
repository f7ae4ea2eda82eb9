import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Backbone } from '../../../gateway/backbone/backbone.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { slotOf } from '../../../gateway/backbone/redis/slot.ts'
import { conversationChannel, conversationTag, userChannel } from '../../../gateway/protocol/keys.ts'
import { eventually, startCluster, type RedisGroup, type RedisServer } from '../../kit/redis.ts'
import { newTalk, type Talk } from './laws/conversation.ts'
import { Recorder } from './laws/recorder.ts'
import { readAll, surely } from './redis-follower.ts'
import { expectHonest, Traffic } from './redis-traffic.ts'

describe('a Cluster moves under load', () => {
  let group: RedisGroup
  let nodes: [Backbone, Backbone]

  beforeEach(async () => {
    group = await startCluster()
    const open = (): Promise<Backbone> => openRedis({ url: group.url, commandTimeoutMs: 1000 })
    nodes = [await open(), await open()]
  })
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()))
    await group.stop()
  })

  /** A conversation on one of the three masters. */
  function talkOn(master: number): Talk {
    for (;;) {
      const talk = newTalk()
      if (Math.floor(slotOf(conversationChannel(talk.conversation)) / (16_384 / 3)) === master) return talk
    }
  }

  /** Moves the conversation's slot from the first master to the second, one key at a time: TRYAGAIN while its keys are apart. */
  async function migrate(talk: Talk, beforeTheEnd: () => Promise<unknown>, count = 1): Promise<void> {
    const [source, target, third] = group.servers as [RedisServer, RedisServer, RedisServer]
    const slot = String(slotOf(conversationChannel(talk.conversation)))
    const [sourceId, targetId] = [await source.cli('CLUSTER', 'MYID'), await target.cli('CLUSTER', 'MYID')]
    await target.cli('CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId)
    await source.cli('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId)
    // the order in which a Cluster moves them is no order
    const keys = (await source.cli('CLUSTER', 'GETKEYSINSLOT', slot, '100')).split('\n').toSorted((a, b) => (a.slice(-9) < b.slice(-9) ? -1 : 1))
    expect(keys.filter((key) => /:(head|log|meta):/.test(key))).toHaveLength(3 * count)
    for (const key of keys) {
      await source.cli('MIGRATE', '127.0.0.1', String(target.port), key, '0', '1000')
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    await beforeTheEnd()
    for (const server of [target, source, third]) await server.cli('CLUSTER', 'SETSLOT', slot, 'NODE', targetId)
  }

  const trafficOnAll = (): Promise<Traffic[]> => Promise.all([0, 1, 2].map((i) => Traffic.on(nodes, talkOn(i))))
  const passAll = (all: readonly Traffic[], count: number) => Promise.all(all.map((traffic) => traffic.pass(count)))

  it('CLUSTER FAILOVER: a replica takes over, nothing is lost', async () => {
    const all = await trafficOnAll()
    await passAll(all, 30)
    await group.servers[3]!.cli('CLUSTER', 'FAILOVER')
    await eventually(
      () => group.servers[3]!.info('role'),
      (role) => role === 'master',
    )
    await passAll(all, 60)
    await eventually(
      async () => all[0]!.gapCount,
      (count) => count > 0,
    )
    for (const traffic of all) await expectHonest(traffic)
  })

  it('a master is killed: the other two go on at once, its slots go on when its replica is elected', async () => {
    const all = await trafficOnAll()
    await passAll(all, 30)
    const refused = all[1]!.refusedCount + all[2]!.refusedCount
    await group.servers[0]!.signal('SIGKILL')
    await passAll(all.slice(1), 60)
    expect(nodes.map((node) => node.unready())).toEqual([undefined, undefined])
    await passAll(all, 30)
    expect(all[0]!.refusedCount).toBeGreaterThan(0)
    await eventually(
      async () => all[0]!.gapCount,
      (count) => count > 0,
    )
    expect(all[1]!.refusedCount + all[2]!.refusedCount).toBe(refused)
    for (const traffic of all.slice(1)) await expectHonest(traffic)
    const { stored } = await all[0]!.end()
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, i) => i + 1))
    expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length)
  }, 30_000)

  it('a slot is migrated while it is written to and listened to', async () => {
    const talk = talkOn(0)
    const traffic = await Traffic.on(nodes, talk)
    await traffic.pass(30)
    await migrate(talk, () => traffic.pass(30))
    await traffic.pass(30)
    await eventually(
      async () => traffic.gapCount,
      (count) => count >= 2,
    )
    await expectHonest(traffic)
  })

  it('a slot of many conversations is migrated while all are written to: each goes on, wherever its keys are', async () => {
    const first = talkOn(0)
    const talks = [first]
    while (talks.length < 3) {
      const talk = newTalk()
      if (conversationTag(talk.conversation) === conversationTag(first.conversation)) talks.push(talk)
    }
    const all = await Promise.all(talks.map((talk) => Traffic.on(nodes, talk)))
    await passAll(all, 20)
    await migrate(first, () => passAll(all, 20), talks.length)
    await passAll(all, 20)
    for (const traffic of all) await expectHonest(traffic)
  })

  it('pub/sub connections are killed again and again: the slot map is not read hundreds of times', async () => {
    const all = await trafficOnAll()
    const started = Date.now()
    for (let i = 0; i < 5; i++) {
      await passAll(all, 20)
      await Promise.all(group.servers.map((server) => server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')))
    }
    await passAll(all, 20)
    for (const traffic of all) await expectHonest(traffic)
    const stats = await Promise.all(group.servers.map((server) => server.cli('INFO', 'commandstats')))
    const lookUps = stats.reduce((sum, text) => sum + Number(/cmdstat_cluster\|slots:calls=(\d+)/.exec(text)?.[1] ?? 0), 0)
    // A look every quarter of a second and node while something is missing, and a few for the hints.
    expect(lookUps).toBeLessThan(40 + (Date.now() - started) / 100)
  })

  it('a user channel follows its slot', async () => {
    const channel = userChannel('moving')
    const recorder = await Recorder.on(nodes[0].bus, channel)
    const gaps: string[] = []
    nodes[0].bus.onGap((channels) => gaps.push(...channels))
    const owner = Math.floor(slotOf(channel) / (16_384 / 3))
    await group.servers[owner + 3]!.cli('CLUSTER', 'FAILOVER')
    await eventually(
      async () => gaps,
      (all) => all.includes(channel),
    )
    await surely(() => nodes[1].bus.publish(channel, 'me', 'after'))
    expect((await recorder.until(1)).at(-1)).toBe('after')
    await recorder.close()
  })

  it('keeps the order of one caller that does not wait, through a slot move and a failover', async () => {
    const talk = talkOn(0)
    await nodes[0].store.append(talk.message({ id: 'n' }))
    const acknowledged: string[] = []
    const appends: Promise<unknown>[] = []
    let isMoving = true
    const moving = (async () => {
      await migrate(talk, async () => undefined)
      await group.servers[4]!.cli('CLUSTER', 'FAILOVER')
      await eventually(
        () => group.servers[4]!.info('role'),
        (role) => role === 'master',
      )
    })().finally(() => {
      isMoving = false
    })
    for (let n = 0; isMoving; n++) {
      const message = talk.message({ id: `n${String(n).padStart(6, '0')}` })
      appends.push(
        nodes[0].store.append(message).then(
          () => acknowledged.push(message.id),
          () => undefined,
        ),
      )
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await moving
    await Promise.all(appends)
    const stored = (await readAll(nodes[1], talk.conversation)).map(({ id }) => id)
    expect(acknowledged.length).toBeGreaterThan(100)
    expect(stored).toEqual([...stored].sort())
    for (const id of acknowledged) expect(stored).toContain(id)
  })
})
