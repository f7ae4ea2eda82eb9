/** Inboxes and routes on real servers: who gets a publish, and who notices that one was lost. */
import { afterEach, describe, expect, test } from 'vitest'
import { Unavailable, type Backbone } from '../../../gateway/backbone/backbone.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import type { RedisSettings } from '../../../gateway/backbone/redis/settings.ts'
import { conversationChannel, presenceChannel, shardNumber, sideChannel } from '../../../gateway/protocol/keys.ts'
import { eventually, startRedis, startRing, type RedisServer } from '../../kit/redis.ts'
import { RedisProxy } from '../../kit/redis-proxy.ts'
import { newTalk, type Talk } from './laws/conversation.ts'
import { Recorder } from './laws/recorder.ts'
import { surely } from './redis-follower.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function started(): Promise<RedisServer> {
  const server = await startRedis()
  stops.push(() => server.stop())
  return server
}

async function opened(url: string, settings: Partial<RedisSettings> = {}): Promise<Backbone> {
  const node = await openRedis({ url, commandTimeoutMs: 1000, pingMs: 200, ...settings })
  stops.push(() => node.close())
  return node
}

const gapsOf = (node: Backbone): string[] => {
  const gaps: string[] = []
  node.bus.onGap((channels) => gaps.push(...channels))
  return gaps
}

const untilTold = (gaps: readonly string[], channel: string): Promise<unknown> =>
  eventually(
    async () => gaps,
    (found) => found.includes(channel),
  )

/** What a gateway does every two seconds. */
const look = (node: Backbone): Promise<unknown> => node.jobs.find(({ name }) => name === 'inboxes')!.run()

const keys = async (server: RedisServer, pattern: string): Promise<string[]> =>
  (await server.cli('KEYS', pattern)).split('\n').filter((key) => key !== '')

const callsOf = async (server: RedisServer, command: string): Promise<number> =>
  Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await server.cli('INFO', 'commandstats'))?.[1] ?? 0)

describe('a publish', () => {
  test('is one for each node and batch, however many messages and conversations it has; who has nobody there gets none', async () => {
    const server = await started()
    const [writer, reader, stranger] = [await opened(server.url), await opened(server.url), await opened(server.url)]
    const shop = newTalk().shop
    const talks = Array.from({ length: 50 }, () => newTalk({ shop }))
    const recorder = await Recorder.on(reader.bus, sideChannel(shop))
    const elsewhere = await Recorder.on(stranger.bus, sideChannel(newTalk().shop))
    for (const talk of talks) await writer.store.append(talk.message())
    await recorder.until(50)
    const before = await callsOf(server, 'publish')
    await Promise.all(talks.flatMap((talk) => [talk.message(), talk.message()].map((message) => writer.store.append(message))))
    await recorder.until(150)
    // the first append goes alone, the others meanwhile gather; a probe publishes as well
    expect((await callsOf(server, 'publish')) - before).toBeLessThan(10)
    expect(elsewhere.relayed).toEqual([])
  })

  test('comes once to a node at which both sides are, and to each of them', async () => {
    const server = await started()
    const [writer, reader] = [await opened(server.url), await opened(server.url)]
    const talk = newTalk()
    const recorders = [await Recorder.on(reader.bus, sideChannel(talk.customer)), await Recorder.on(reader.bus, sideChannel(talk.shop))]
    const inbox = await server.cli('GET', `im:0:at:${sideChannel(talk.shop)}`)
    const counted = Number(await server.cli('GET', `im:0:in:${inbox}`))
    await writer.store.append(talk.message())
    for (const recorder of recorders) await recorder.until(1)
    expect(Number(await server.cli('GET', `im:0:in:${inbox}`))).toBe(counted + 1)
    for (const recorder of recorders) expect(recorder.relayed).toHaveLength(1)
  })
})

describe('a node', () => {
  test('that has died is taken out of the routes by the next publish, and its others expire', async () => {
    const server = await started()
    const [writer, reader] = [await opened(server.url), await opened(server.url)]
    const talk = newTalk()
    await Recorder.on(reader.bus, sideChannel(talk.shop))
    await Recorder.on(reader.bus, sideChannel(talk.customer))
    const key = `im:0:at:${sideChannel(talk.shop)}`
    const alive = await server.cli('GET', key)
    await server.cli('SET', key, `dead ${alive}`, 'KEEPTTL')
    expect(Number(await server.cli('PTTL', key))).toBeGreaterThan(3_000_000)
    await writer.store.append(talk.message())
    expect(await server.cli('GET', key)).toBe(alive)
    expect(Number(await server.cli('PTTL', key))).toBeGreaterThan(3_000_000)
    expect(await keys(server, 'im:0:in:dead')).toEqual([])
    const lonely = newTalk()
    await server.cli('SET', `im:0:at:${sideChannel(lonely.shop)}`, 'dead', 'PX', '100000')
    await writer.store.append(lonely.message())
    expect(await keys(server, `im:0:at:${sideChannel(lonely.shop)}`)).toEqual([])
  })

  test('that leaves a side is told nothing of it any more, and whoever else is in the route stays', async () => {
    const server = await started()
    const [one, two] = [await opened(server.url), await opened(server.url)]
    const talk = newTalk()
    const [leaving, staying] = [await Recorder.on(one.bus, sideChannel(talk.shop)), await Recorder.on(two.bus, sideChannel(talk.shop))]
    await leaving.close()
    const key = `im:0:at:${sideChannel(talk.shop)}`
    await eventually(
      async () => (await server.cli('GET', key)).split(' ').length,
      (count) => count === 1,
    )
    await one.store.append(talk.message())
    await staying.until(1)
    expect(leaving.relayed).toEqual([])
    await staying.close()
    await eventually(
      () => keys(server, key),
      (found) => found.length === 0,
    )
  })

  test('that could not leave a side leaves it when it hears of it again, although others stay and renew the route', async () => {
    const server = await started()
    const proxy = await RedisProxy.to(server.port)
    stops.push(() => proxy.close())
    const [one, two] = [await opened(proxy.url), await opened(server.url)]
    const talk = newTalk()
    const key = `im:0:at:${sideChannel(talk.shop)}`
    const [leaving, staying] = [await Recorder.on(one.bus, sideChannel(talk.shop)), await Recorder.on(two.bus, sideChannel(talk.shop))]
    const countInRoute = async () => (await server.cli('GET', key)).split(' ').length
    for (const connection of proxy.connections('EVALSHA')) connection.set('requests', 'hold')
    await expect(one.store.read(talk.conversation, { limit: 1 })).rejects.toThrow(Unavailable)
    // refused at once, for Redis hangs
    await leaving.close()
    for (const connection of proxy.connections('EVALSHA')) connection.set('requests', 'pass')
    await surely(() => one.store.read(talk.conversation, { limit: 1 }))
    expect(await countInRoute()).toBe(2)
    await surely(() => two.store.append(talk.message()))
    await staying.until(1)
    await eventually(countInRoute, (count) => count === 1)
    await two.store.append(talk.message())
    await staying.until(2)
    expect(leaving.relayed).toEqual([])
  })

  test('whose connection broke writes its routes again, and only then says that it may have missed something', async () => {
    const server = await started()
    const proxy = await RedisProxy.to(server.port)
    stops.push(() => proxy.close())
    const [node, other] = [await opened(proxy.url), await opened(server.url)]
    const talks = Array.from({ length: 20 }, () => newTalk())
    const recorders = await Promise.all(talks.map((talk) => Recorder.on(node.bus, sideChannel(talk.shop))))
    const presence = await Recorder.on(node.bus, presenceChannel(talks[0]!.shop))
    const heard: Promise<unknown>[] = []
    const gaps: string[] = []
    node.bus.onGap((channels) => {
      gaps.push(...channels)
      heard.push(...channels.map((channel) => other.bus.publish(channel, '', 'after')))
    })
    for (const connection of proxy.connections('ImInbox:0:')) connection.set('replies', 'drop')
    await server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')
    // nobody hears of it, so the route is taken out
    await surely(() => other.store.append(talks[0]!.message()))
    proxy.cut('ImInbox:0:')
    await Promise.all([...recorders, presence].map((recorder) => recorder.until(1)))
    await Promise.all(heard)
    for (const recorder of [...recorders, presence]) expect(recorder.packets).toContain('after')
    expect(new Set(gaps)).toEqual(new Set([...talks.map(({ shop }) => sideChannel(shop)), presenceChannel(talks[0]!.shop)]))
  })

  test('notices that a publish was lost by the number of the next, and without a next at its second look, not when one is late', async () => {
    const server = await started()
    const proxy = await RedisProxy.to(server.port)
    stops.push(() => proxy.close())
    const [node, other] = [await opened(proxy.url), await opened(server.url)]
    const talk = newTalk()
    const recorder = await Recorder.on(node.bus, sideChannel(talk.shop))
    const gaps = gapsOf(node)
    await other.store.append(talk.message())
    await recorder.until(1)
    for (let n = 0; n < 3; n++) await look(node)
    for (const connection of proxy.connections('ImInbox:0:')) connection.set('replies', 'hold')
    await other.store.append(talk.message())
    await look(node)
    for (const connection of proxy.connections('ImInbox:0:')) connection.set('replies', 'pass')
    await recorder.until(2)
    for (let n = 0; n < 3; n++) await look(node)
    expect(gaps).toEqual([])

    let lostCount = 0
    const lost = (count: number) =>
      eventually(
        async () => lostCount,
        (now) => now === count,
      )
    proxy.isLost = (channel) => {
      if (!channel.startsWith('ImInbox:0:')) return false
      lostCount++
      return true
    }
    await other.store.append(talk.message())
    await lost(1)
    await look(node)
    expect(gaps).toEqual([])
    await look(node)
    await untilTold(gaps, sideChannel(talk.shop))
    await other.store.append(talk.message())
    await lost(2)
    proxy.isLost = () => false
    gaps.length = 0
    await other.store.append(talk.message())
    await recorder.until(3)
    await untilTold(gaps, sideChannel(talk.shop))
  })

  test('finds nothing lost where a publish overtakes the count of those before it', async () => {
    const server = await started()
    const proxy = await RedisProxy.to(server.port)
    stops.push(() => proxy.close())
    const [node, other] = [await opened(proxy.url), await opened(server.url)]
    const talk = newTalk()
    const recorder = await Recorder.on(node.bus, sideChannel(talk.shop))
    const say = async (count: number): Promise<void> => {
      await other.store.append(talk.message())
      await recorder.until(count)
    }
    await say(1)
    await look(node)
    const gaps = gapsOf(node)
    for (const connection of proxy.connections('GETEX')) connection.set('replies', 'hold')
    const countedBefore = await callsOf(server, 'getex')
    const looking = look(node)
    await eventually(
      () => callsOf(server, 'getex'),
      (count) => count > countedBefore,
    )
    await say(2)
    for (const connection of proxy.connections('GETEX')) connection.set('replies', 'pass')
    await looking
    await say(3)
    await look(node)
    // a gap is told in a later turn
    await say(4)
    expect(gaps).toEqual([])
  })

  test('finds that Redis has lost everything also where it has counted as far again by the next look', async () => {
    const server = await started()
    const [node, other] = [await opened(server.url), await opened(server.url)]
    const [before, after] = [newTalk(), newTalk()]
    const recorder = await Recorder.on(node.bus, sideChannel(before.shop))
    await other.store.append(before.message())
    await recorder.until(1)
    await look(node)
    await server.cli('FLUSHALL')
    const gaps = gapsOf(node)
    const later = await Recorder.on(node.bus, sideChannel(after.shop))
    for (let n = 0; n < 3; n++) await other.store.append(after.message())
    await later.until(3)
    await untilTold(gaps, sideChannel(before.shop))
    await other.store.append(before.message())
    await recorder.until(2)
  })

  test('whose subscription was not confirmed while Redis hung subscribes when it answers, and says that it may have missed something', async () => {
    const server = await started()
    const proxy = await RedisProxy.to(server.port)
    stops.push(() => proxy.close())
    const [node, other] = [await opened(proxy.url, { pingMs: 60_000 }), await opened(server.url)]
    const talk = newTalk()
    const recorder = await Recorder.on(node.bus, sideChannel(talk.shop))
    const gaps = gapsOf(node)
    const known = new Set(proxy.connections())
    for (const connection of proxy.connections('ImInbox:0:')) connection.cut()
    const findNew = () => proxy.connections('info').filter((connection) => !known.has(connection))
    while (findNew().length === 0) await new Promise((resolve) => setImmediate(resolve))
    // it is ready, and its first subscription is not heard
    const [connection] = findNew()
    connection!.set('requests', 'hold')
    await other.store.append(talk.message())
    await eventually(
      async () => connection!.said,
      (said) => said.includes('ping'),
    )
    // so long after its time was up it would have been tried again
    await new Promise((resolve) => setTimeout(resolve, 500))
    connection!.set('requests', 'pass')
    await untilTold(gaps, sideChannel(talk.shop))
    await other.store.append(talk.message({ id: 'heard' }))
    await recorder.until(1)
    expect(recorder.packets[0]).toContain('"id":"heard"')
  })

  test('hears also for a side that came while the memory was full; of a batch that was refused for that each is not tried alone', async () => {
    const server = await started()
    const [node, other] = [await opened(server.url), await opened(server.url)]
    const talk = newTalk()
    await other.store.append(talk.message())
    await server.cli('CONFIG', 'SET', 'maxmemory', '1')
    const recorder = await Recorder.on(node.bus, sideChannel(talk.shop))
    await other.bus.publishIn(talk.conversation, '', 'told')
    expect(await recorder.until(1)).toEqual(['told'])
    const before = await callsOf(server, 'evalsha')
    const answers = await Promise.allSettled(Array.from({ length: 100 }, () => other.store.append(talk.message())))
    expect(answers.every((answer) => answer.status === 'rejected' && answer.reason instanceof Unavailable)).toBe(true)
    expect((await callsOf(server, 'evalsha')) - before).toBeLessThan(10)
    await server.cli('CONFIG', 'SET', 'maxmemory', '0')
    await surely(() => other.store.append(talk.message({ id: 'room' })))
    expect((await recorder.until(2))[1]).toContain('"id":"room"')
  })

  test.each([
    ['everything', (server: RedisServer) => server.cli('FLUSHALL')],
    ['a route', (server: RedisServer, talk: Talk) => server.cli('DEL', `im:0:at:${sideChannel(talk.shop)}`)],
  ])('finds that Redis has lost %s, writes its routes again, and says so', async (_, lose) => {
    const server = await started()
    const node = await opened(server.url)
    const talk = newTalk()
    const recorder = await Recorder.on(node.bus, sideChannel(talk.shop))
    await look(node)
    const gaps = gapsOf(node)
    await lose(server, talk)
    for (let n = 0; n < 3; n++) await look(node)
    await untilTold(gaps, sideChannel(talk.shop))
    await node.store.append(talk.message())
    await recorder.until(1)
  })

  test('writes its routes again also where Redis does not let it read the count', async () => {
    const server = await started()
    const node = await opened(server.url)
    const talk = newTalk()
    const recorder = await Recorder.on(node.bus, sideChannel(talk.shop))
    await server.cli('ACL', 'SETUSER', 'default', '-getex')
    await server.cli('DEL', `im:0:at:${sideChannel(talk.shop)}`)
    for (let n = 0; n < 3; n++) await expect(look(node)).rejects.toThrow(/getex/i)
    await node.store.append(talk.message())
    await recorder.until(1)
  })

  test('goes on where a server of a ring is away, and hears of what is published there when it is back', async () => {
    const group = await startRing(2)
    stops.push(() => group.stop())
    const [node, other] = [await opened(group.url), await opened(group.url)]
    const talkOn = (server: number, shop: string): Talk => {
      for (;;) {
        const talk = newTalk({ shop })
        if (shardNumber(conversationChannel(talk.conversation), 2) === server) return talk
      }
    }
    const { shop } = newTalk()
    const talks = [talkOn(0, shop), talkOn(1, shop)] as const
    // their rows are in the lists, one of which is away in a moment
    for (const talk of talks) await other.store.append(talk.message())
    await group.servers[1]!.signal('SIGKILL')
    await eventually(
      async () =>
        node.store.append(talkOn(1, shop).message()).then(
          () => 'stored',
          (error: Error) => error.name,
        ),
      (outcome) => outcome === 'Unavailable',
    )
    const recorder = await surely(() => Recorder.on(node.bus, sideChannel(shop)))
    await surely(() => other.store.append(talks[0].message({ id: 'here' })))
    await recorder.until(1)
    const gaps = gapsOf(node)
    await group.servers[1]!.start()
    await untilTold(gaps, sideChannel(shop))
    await surely(() => other.store.append(talks[1].message({ id: 'there' })))
    await recorder.until(2)
    expect(recorder.relayed.map(({ conversation }) => conversation)).toEqual(talks.map(({ conversation }) => conversation))
  })
})
