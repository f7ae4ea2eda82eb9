import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Unavailable, type Backbone } from '../../../gateway/backbone/backbone.ts'
import { conversationKeys } from '../../../gateway/backbone/redis/keys.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { userChannel } from '../../../gateway/protocol/keys.ts'
import { RedisProxy } from '../../kit/redis-proxy.ts'
import { eventually, startRedis, type RedisServer } from '../../kit/redis.ts'
import { newTalk } from './laws/conversation.ts'
import { Recorder } from './laws/recorder.ts'
import { ClientFollower, surely } from './redis-follower.ts'
import { expectHonest, Traffic } from './redis-traffic.ts'

describe('the races of one server', () => {
  let server: RedisServer
  let proxy: RedisProxy
  /** Behind the proxy. */
  let node: Backbone
  /** Straight to the server. */
  let other: Backbone

  beforeAll(async () => {
    server = await startRedis()
    other = await openRedis({ url: server.url })
  })
  beforeEach(async () => {
    proxy = await RedisProxy.to(server.port)
    node = await openRedis({ url: proxy.url, commandTimeoutMs: 1000, pingMs: 500 })
  })
  afterEach(async () => {
    await server.signal('SIGCONT')
    await node.close()
    await proxy.close()
  })
  afterAll(async () => {
    await other.close()
    await server.stop()
  })

  const logOf = async (conversation: string): Promise<string[]> => (await other.store.read(conversation, { limit: 100 })).messages.map(({ id }) => id)
  const isReady = (one: Backbone) =>
    eventually(
      async () => one.unready(),
      (problem) => problem === undefined,
    )

  it('reply lost after append: the retry finds the first append, here and on another node', async () => {
    const talk = newTalk()
    await node.store.append(talk.message({ id: 'before' }))
    for (const connection of proxy.connections('EVALSHA')) connection.set('replies', 'drop')
    const [message, again] = [talk.message({ id: 'x' }), talk.message({ id: 'x' })]
    const lost = node.store.append(message)
    await eventually(
      () => logOf(talk.conversation),
      (ids) => ids.includes('x'),
    )
    await expect(lost).rejects.toThrow(Unavailable)
    const first = { seq: 2, prev: 'before', at: message.at, duplicate: true }
    expect(await other.store.append(again)).toMatchObject(first)
    expect(await surely(() => node.store.append(message))).toMatchObject(first)
    expect(await logOf(talk.conversation)).toEqual(['before', 'x'])
  })

  it('connection cut with the append in flight: it is sent again by itself and stored once', async () => {
    const talk = newTalk()
    await node.store.append(talk.message({ id: 'before' }))
    for (const connection of proxy.connections('EVALSHA')) connection.set('replies', 'hold')
    const appended = node.store.append(talk.message({ id: 'x' }))
    await eventually(
      () => logOf(talk.conversation),
      (ids) => ids.includes('x'),
    )
    proxy.cut()
    expect(await appended).toMatchObject({ seq: 2, prev: 'before', duplicate: false })
    expect(await logOf(talk.conversation)).toEqual(['before', 'x'])
  })

  it('connection cut with several appends of one conversation in flight: each answers as the first time, in order', async () => {
    const talk = newTalk()
    await node.store.append(talk.message({ id: 'before' }))
    const held = proxy.connections('EVALSHA')
    for (const connection of held) connection.set('replies', 'hold')
    // while its answer is on its way, the next gather; then theirs is held
    const elsewhere = newTalk()
    const first = node.store.append(elsewhere.message())
    const appended = ['x', 'y', 'z'].map((id) => node.store.append(talk.message({ id })))
    await eventually(
      () => logOf(elsewhere.conversation),
      (ids) => ids.length === 1,
    )
    // until the answer is at the proxy
    await new Promise((resolve) => setTimeout(resolve, 200))
    for (const connection of held) {
      connection.set('replies', 'pass')
      connection.set('replies', 'hold')
    }
    await eventually(
      () => logOf(talk.conversation),
      (ids) => ids.includes('z'),
    )
    proxy.cut()
    const answers = await Promise.all(appended)
    expect(await first).toMatchObject({ seq: 1, duplicate: false })
    expect(answers.map(({ seq, prev, duplicate }) => [seq, prev, duplicate])).toEqual([
      [2, 'before', false],
      [3, 'x', false],
      [4, 'y', false],
    ])
    expect(await logOf(talk.conversation)).toEqual(['before', 'x', 'y', 'z'])
  })

  it('connection cut with a change of assignment in flight: it is sent again by itself and recognized', async () => {
    const { conversation } = newTalk()
    await node.store.setAssignment({ conversation: newTalk().conversation, text: 'warm', expect: '', phase: 'open' })
    for (const connection of proxy.connections('EVALSHA')) connection.set('replies', 'hold')
    const set = node.store.setAssignment({ conversation, text: 'once', expect: '', phase: 'open' })
    const kept = async () => (await other.store.read(conversation, { limit: 1 })).assignment
    const there = await eventually(kept, (assignment) => assignment !== undefined)
    proxy.cut()
    expect(await set).toEqual({ isSet: true, version: there!.version })
    expect(await kept()).toEqual({ text: 'once', version: there!.version })
  })

  it('connection cut with a put in flight: it is sent again by itself and recognized', async () => {
    const item = { collection: 'races/cut', key: 'k', value: 'v', now: 1, expect: '' }
    await node.records.remove(item)
    for (const connection of proxy.connections('EVALSHA')) connection.set('replies', 'hold')
    const put = node.records.put(item)
    const [there] = await eventually(
      () => other.records.items('races/cut', 1),
      ({ length }) => length === 1,
    )
    proxy.cut()
    expect(await put).toEqual({ isPut: true, version: there!.version })
  })

  it('command times out and runs later: the retry is a duplicate, whichever runs first', async () => {
    const talk = newTalk()
    await node.store.append(talk.message({ id: 'before' }))
    const [held] = proxy.connections('messagePush').concat(proxy.connections(talk.conversation))
    held!.set('requests', 'hold')
    const message = talk.message({ id: 'x' })
    await expect(node.store.append(message)).rejects.toThrow(Unavailable)
    expect(await logOf(talk.conversation)).toEqual(['before'])
    const retried = await other.store.append(message)
    expect(retried).toMatchObject({ seq: 2, duplicate: false })
    held!.set('requests', 'pass')
    expect(await surely(() => node.store.append(message))).toEqual({ ...retried, duplicate: true })
    expect(await logOf(talk.conversation)).toEqual(['before', 'x'])
  })

  it('a server that hangs: calls are refused at once after the first timeout, and each is stored once when it wakes', async () => {
    const traffic = await Traffic.on([node, other])
    await traffic.pass(50)
    await server.signal('SIGSTOP')
    await eventually(
      async () => node.unready(),
      (problem) => problem !== undefined,
    )
    const { conversation } = traffic.talk
    for (const ask of [() => node.store.append(newTalk().message()), () => node.store.read(conversation, { limit: 1 })]) {
      // At once: before anything that needs a turn of the event loop.
      const turn = new Promise((resolve) => setImmediate(resolve, 'later'))
      expect(await Promise.race([ask().catch((error: unknown) => error), turn])).toBeInstanceOf(Unavailable)
    }
    await server.signal('SIGCONT')
    await traffic.pass(50)
    expect(traffic.refusedCount).toBeGreaterThan(0)
    await expectHonest(traffic)
  })

  it('a half-open connection is closed and a new one opened', async () => {
    await isReady(node)
    for (const connection of proxy.connections()) {
      connection.set('requests', 'drop')
      connection.set('replies', 'drop')
    }
    await eventually(
      async () => node.unready(),
      (problem) => problem !== undefined,
    )
    await isReady(node)
    expect(await surely(() => node.store.append(newTalk().message()))).toMatchObject({ seq: 1 })
  })

  it('publish lost, then silence: the channel reports a gap, and a read after it shows the message', async () => {
    const talk = newTalk()
    const follower = await ClientFollower.on(node, talk.conversation)
    for (const connection of proxy.connections('subscribe')) connection.set('replies', 'drop')
    await other.store.append(talk.message({ id: 'unheard' }))
    await server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')
    proxy.cut('subscribe')
    await follower.until(1)
    expect(follower.shown.map(({ id }) => id)).toEqual(['unheard'])
    expect(follower.gapCount).toBe(1)
    await follower.close()
  })

  it('reading before subscribing misses what is written between; subscribing before reading misses nothing', async () => {
    const wrong = newTalk()
    const { messages } = await node.store.read(wrong.conversation, { limit: 10 })
    await other.store.append(wrong.message())
    const recorder = await Recorder.inConversation(node.bus, wrong.conversation)
    expect([...messages, ...recorder.packets]).toEqual([])
    await recorder.close()

    const right = newTalk()
    for (const connection of proxy.connections()) connection.set('requests', 'hold')
    const following = ClientFollower.on(node, right.conversation)
    await other.store.append(right.message())
    for (const connection of proxy.connections()) connection.set('requests', 'pass')
    const follower = await following
    expect(follower.shown).toHaveLength(1)
    await follower.close()
  })

  it('subscribe resolves only when the server has confirmed', async () => {
    const channel = userChannel('slow')
    for (const connection of proxy.connections()) connection.set('replies', 'hold')
    let isConfirmed = false
    const subscribing = node.bus
      .subscribe(channel, () => undefined)
      .then((subscription) => {
        isConfirmed = true
        return subscription
      })
    await eventually(
      () => server.cli('PUBSUB', 'NUMSUB', channel),
      (text) => text.endsWith('1'),
    )
    expect(isConfirmed).toBe(false)
    for (const connection of proxy.connections()) connection.set('replies', 'pass')
    await (await subscribing).close()
  })

  it('the last listener leaves while a new one comes: there is one subscription, one delivery, and none at the end', async () => {
    const channel = userChannel('in-and-out')
    const heard: string[] = []
    const end = await Recorder.on(other.bus, channel)
    let current = await node.bus.subscribe(channel, ({ packet }) => heard.push(packet.toString()))
    for (let i = 0; i < 40; i++) {
      const leaving = current.close()
      current = await node.bus.subscribe(channel, ({ packet }) => heard.push(packet.toString()))
      await leaving
      await other.bus.publish(channel, '', `n${i}`)
      await eventually(
        async () => heard.length,
        (count) => count === i + 1,
      )
    }
    expect(heard).toEqual(Array.from({ length: 40 }, (_, i) => `n${i}`))
    await current.close()
    await end.close()
    await eventually(
      () => server.cli('PUBSUB', 'NUMSUB', channel),
      (text) => text.endsWith('0'),
    )
  })

  it('the connection is lost between the subscription and its confirmation: it is refused, and the next try works', async () => {
    const talk = newTalk()
    for (const connection of proxy.connections()) connection.set('replies', 'hold')
    const subscribing = node.bus.subscribe(userChannel(talk.customer), () => undefined)
    await eventually(
      () => server.cli('PUBSUB', 'NUMSUB', userChannel(talk.customer)),
      (text) => text.endsWith('1'),
    )
    proxy.cut()
    await expect(subscribing).rejects.toThrow(Unavailable)
    const follower = await ClientFollower.on(node, talk.conversation)
    await other.store.append(talk.message())
    await follower.until(1)
    await follower.close()
  })

  it('script cache flushed under load: no caller notices', async () => {
    const traffic = await Traffic.on([node, other])
    for (let i = 0; i < 5; i++) {
      await traffic.pass(40)
      await server.cli('SCRIPT', 'FLUSH')
    }
    await traffic.pass(40)
    expect(traffic.refusedCount).toBe(0)
    await expectHonest(traffic)
  })

  it('every client killed again and again under load: nothing is lost, doubled or out of order', async () => {
    const traffic = await Traffic.on([node, other])
    for (const type of ['normal', 'pubsub', 'normal', 'pubsub', 'pubsub', 'normal']) {
      await traffic.pass(40)
      await server.cli('CLIENT', 'KILL', 'TYPE', type)
    }
    await traffic.pass(40)
    expect(traffic.gapCount).toBeGreaterThan(0)
    await expectHonest(traffic)
  })

  it('one bad operation does not fail its batch', async () => {
    const talks = Array.from({ length: 30 }, () => newTalk())
    const bad = 15
    await server.cli('SET', conversationKeys(talks[bad]!.conversation).log, 'not a list')
    const answers = await Promise.allSettled(talks.map((talk) => other.store.append(talk.message())))
    expect(answers[bad]).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(/WRONGTYPE/) } })
    // Its text is nobody's business in a log.
    expect(inspect(answers[bad], { depth: 9 })).not.toContain(talks[bad]!.message().body.text.slice(0, 5))
    answers.splice(bad, 1)
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.seq : answer.reason))).toEqual(answers.map(() => 1))
  })
})
