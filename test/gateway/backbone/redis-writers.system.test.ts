/** Two gateways that write into one conversation, and a Redis that lost what one of them wrote. */
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backbone, NewMessage } from '../../../gateway/backbone/backbone.ts'
import { writeAppends } from '../../../gateway/backbone/redis/append-call.ts'
import { AppendOp } from '../../../gateway/backbone/redis/append-op.ts'
import { conversationKeys, placeStart } from '../../../gateway/backbone/redis/keys.ts'
import { KnownLog } from '../../../gateway/backbone/redis/known-log.ts'
import { AGAIN } from '../../../gateway/backbone/redis/op.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { loadScripts } from '../../../gateway/backbone/redis/scripts.ts'
import { REDIS_DEFAULTS, type RedisSettings } from '../../../gateway/backbone/redis/settings.ts'
import { hashOf } from '../../../gateway/backbone/redis/recent-ids.ts'
import { messageIdentity, messagePacket } from '../../../gateway/protocol/packets.ts'
import { startRedis, type RedisServer } from '../../kit/redis.ts'
import { newTalk, type Talk } from './laws/conversation.ts'
import { Recorder } from './laws/recorder.ts'
import { ClientFollower, readAll } from './redis-follower.ts'

describe('the writers of one conversation', () => {
  let server: RedisServer
  let node: Backbone
  let other: Backbone

  beforeAll(async () => {
    server = await startRedis()
    ;[node, other] = await Promise.all([openRedis({ url: server.url }), openRedis({ url: server.url })])
  })
  afterAll(async () => {
    await Promise.all([node, other].map((one) => one.close()))
    await server.stop()
  })

  const calls = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await server.cli('INFO', 'commandstats'))![1])
  /** A node that others are faster than: they write between its look at what it knows and its call. */
  const slowWriter = (talk: Talk, given: Partial<RedisSettings> = {}) => {
    const settings = { ...REDIS_DEFAULTS, ...given, url: server.url }
    const options = { scripts: loadScripts(settings, 'PUBLISH'), settings, onAppended: () => undefined }
    const { append } = options.scripts
    const redis = new Redis(server.url)
    const log = new KnownLog(talk.conversation, { windowCount: settings.windowCount, place: { number: 0, start: placeStart('0') } })
    return {
      makeSlow: (fields: Partial<NewMessage>) => new AppendOp(options, log, talk.message({ from: talk.shop, ...fields })),
      /** As the batcher sends it. */
      attempt: async (op: AppendOp, meanwhile?: string | (() => Promise<unknown>)): Promise<unknown> => {
        op.prepare({})
        if (meanwhile !== undefined) await (typeof meanwhile === 'string' ? node.store.append(talk.message({ id: meanwhile })) : meanwhile())
        const words: string[] = []
        writeAppends(append, [{ op }], { begin: () => undefined, word: (word) => words.push(word) })
        const reply: unknown = await redis.eval(append.source, Number(words[2]), ...words.slice(3))
        return op.parse(Array.isArray(reply) ? reply[0] : reply)
      },
      close: () => redis.disconnect(),
    }
  }
  const logOf = async (conversation: string): Promise<string[]> => (await other.store.read(conversation, { limit: 100 })).messages.map(({ id }) => id)

  it('an append that another node was faster than is refused and told, and is sent again', async () => {
    let refusedCount = 0
    const teller = await openRedis({ url: server.url, onAppendRefused: () => refusedCount++ })
    const talk = newTalk()
    await teller.store.append(talk.message({ id: 'a' }))
    expect(refusedCount).toBe(0)
    await other.store.append(talk.message({ id: 'b' }))
    expect(await teller.store.append(talk.message({ id: 'c' }))).toMatchObject({ seq: 3, prev: 'b' })
    expect(refusedCount).toBe(1)
    await teller.store.append(talk.message({ id: 'd' }))
    expect(refusedCount).toBe(1)
    await teller.close()
  })

  it('Redis lost the newest entries, or has others in their place: what was known is forgotten, and a lost message that comes again is stored', async () => {
    const talk = newTalk()
    const { head, log } = conversationKeys(talk.conversation)
    const say = (id: string, by = node) => by.store.append(talk.message({ id }))
    for (const id of ['a', 'b']) await say(id)
    const headAtTwo = await server.cli('GET', head)
    const failOver = async (lost: number): Promise<void> => {
      for (let i = 0; i < lost; i++) await server.cli('RPOP', log)
      await server.cli('SET', head, headAtTwo)
    }
    // behind
    for (const id of ['c', 'd']) await say(id)
    await failOver(2)
    expect(await say('d')).toMatchObject({ seq: 3, prev: 'b', duplicate: false })
    expect(await say('c')).toMatchObject({ seq: 4, prev: 'd', duplicate: false })
    // beside, one as long, one longer, one of which the last is the same message
    for (const others of [
      ['e', 'f'],
      ['g', 'h', 'i'],
      ['k', 'c'],
    ]) {
      await failOver((await logOf(talk.conversation)).length - 2)
      for (const id of others) await say(id, other)
      expect(await say('d')).toMatchObject({ seq: others.length + 3, prev: others.at(-1), duplicate: false })
      for (const id of others) expect(await say(id)).toMatchObject({ duplicate: true })
      expect(await logOf(talk.conversation)).toEqual(['a', 'b', ...others, 'd'])
      await say('c')
    }
    // everything, and with it the epoch
    const { epoch } = await say('a')
    await server.cli('DEL', head, log)
    const again = await say('a')
    expect(again).toMatchObject({ seq: 1, duplicate: false })
    expect(again.epoch).not.toBe(epoch)
    expect(await say('b', other)).toMatchObject({ seq: 2, prev: 'a', epoch: again.epoch })
  })

  it('two people write in turn, each through a gateway of its own: each message is one call, for it was heard what the other wrote', async () => {
    const talk = newTalk()
    const followers = await Promise.all([node, other].map((one) => ClientFollower.on(one, talk.conversation)))
    const turn = async (n: number): Promise<void> => {
      const by = n % 2 === 0 ? { from: talk.shop, name: 'Änne' } : { from: talk.customer, name: '客' }
      await [node, other][n % 2]!.store.append(talk.message(by))
      await Promise.all(followers.map((follower) => follower.until(n + 1)))
    }
    for (let n = 0; n < 4; n++) await turn(n)
    const before = await calls()
    for (let n = 4; n < 104; n++) await turn(n)
    expect((await calls()) - before).toBeLessThan(110)
    for (const follower of followers) expect(follower.shown.map(({ seq }) => seq)).toEqual(Array.from({ length: 104 }, (_, n) => n + 1))
    expect(await node.store.append(talk.message({ id: 'm104', from: talk.customer }))).toMatchObject({ seq: 104, duplicate: true })
    for (const follower of followers) await follower.close()
  })

  it('a message that comes again while others write is found with one call, wherever it is by then', async () => {
    const talk = newTalk()
    for (const id of ['a', 'b', 'c']) await node.store.append(talk.message({ id }))
    // heard by nobody at `node`
    for (const id of ['d', 'e', 'f']) await other.store.append(talk.message({ id, from: talk.shop }))
    const before = await calls()
    expect(await node.store.append(talk.message({ id: 'b' }))).toMatchObject({ seq: 2, prev: 'a', duplicate: true })
    expect((await calls()) - before).toBe(1)
    expect(await node.store.append(talk.message({ id: 'g' }))).toMatchObject({ seq: 7, prev: 'f', duplicate: false })
  })

  it('two gateways write into one conversation without a pause: neither is kept out, and nothing is lost, doubled or out of order', async () => {
    const talk = newTalk()
    // both sides have written, so nothing of it expires
    await node.store.append(talk.message({ id: 'first' }))
    await other.store.append(talk.message({ id: 'second', from: talk.shop }))
    const follower = await ClientFollower.on(other, talk.conversation)
    const write = async (by: Backbone, name: string, side: string): Promise<void> => {
      for (let n = 0; n < 150; n++) {
        const message = talk.message({
          id: `${name} ${String(n).padStart(3, '0')}`,
          from: name,
          side,
          name,
          at: 1_700_000_000_000 + ((n * 7) % 50),
          body: { text: '"at":5}' },
        })
        const appended = await by.store.append(message)
        expect(appended.duplicate).toBe(false)
        if (n % 10 === 0) expect(await by.store.append(message)).toEqual({ ...appended, duplicate: true })
      }
    }
    const [customer, shop] = [talk.customer, talk.shop]
    await Promise.all([write(node, 'one', customer), write(node, 'two', shop), write(other, 'three', customer), write(other, 'four', shop)])
    const stored = await readAll(other, talk.conversation)
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 602 }, (_, n) => n + 1))
    expect(stored.map(({ prev }) => prev)).toEqual([undefined, ...stored.slice(0, -1).map(({ id }) => id)])
    for (let n = 1; n < stored.length; n++) expect(stored[n]!.at).toBeGreaterThanOrEqual(stored[n - 1]!.at)
    for (const name of ['one', 'two', 'three', 'four']) {
      const ids = stored.map(({ id }) => id).filter((id) => id.startsWith(name))
      expect(ids).toEqual(Array.from({ length: 150 }, (_, n) => `${name} ${String(n).padStart(3, '0')}`))
    }
    await follower.until(602)
    expect(follower.shown).toEqual(stored)
    const { cursors, names, head } = await node.store.read(talk.conversation, { limit: 1 })
    const lastOf = (side: string) => stored.findLast((message) => message.side === side)!
    for (const side of [customer, shop]) {
      expect(cursors[side]).toEqual({ delivered: lastOf(side).seq, read: lastOf(side).seq })
      expect(names[side]).toBe(lastOf(side).name)
    }
    expect(head).toMatchObject({ seq: 602, id: stored.at(-1)!.id })
    await follower.close()
  })

  it('two gateways append the same client id at once: stored and published once', async () => {
    const talk = newTalk()
    const recorder = await Recorder.inConversation(other.bus, talk.conversation)
    const ids = Array.from({ length: 100 }, (_, i) => `id-${i}`)
    const answers = await Promise.all(ids.flatMap((id) => [node, other].map((one) => one.store.append(talk.message({ id })))))
    expect(answers.filter(({ duplicate }) => duplicate)).toHaveLength(100)
    ids.forEach((_, i) => expect(answers[i * 2]!.seq).toBe(answers[i * 2 + 1]!.seq))
    await other.bus.publishIn(talk.conversation, '', 'end')
    expect((await recorder.until(101)).at(-1)).toBe('end')
    await recorder.close()
  })

  it('a message whose hash is that of an older one is stored before the message that its sender sent behind it', async () => {
    const talk = newTalk()
    const hashIn = (id: string): number => hashOf(messageIdentity(talk.message({ id })))
    const older = Array.from({ length: 1000 }, (_, n) => `older ${n}`)
    await Promise.all(older.map((id) => node.store.append(talk.message({ id }))))
    const hashes = new Set(older.map(hashIn))
    let n = 0
    while (!hashes.has(hashIn(`twin ${n}`))) n++
    const ids = [`twin ${n}`, 'next 1', 'next 2']
    const answers = await Promise.all(ids.map((id) => node.store.append(talk.message({ id }))))
    expect(answers.map(({ seq, duplicate }) => [seq, duplicate])).toEqual([
      [1001, false],
      [1002, false],
      [1003, false],
    ])
  })

  it('an append that was refused because others write at the same time is written behind whatever they write, once, with its cursor and name', async () => {
    const talk = newTalk()
    const { makeSlow, attempt, close } = slowWriter(talk)
    const slow = makeSlow({ id: 'slow', name: 'Änne', at: 5 })
    // the first time it did not know the log
    for (let n = 1; n <= 2; n++) expect(await attempt(slow, `fast ${n}`)).toBe(AGAIN)
    const recorder = await Recorder.inConversation(other.bus, talk.conversation)
    expect(await attempt(slow, 'fast 3')).toMatchObject({ seq: 4, prev: 'fast 3', duplicate: false })
    await recorder.until(2)
    const { messages, cursors, names, head } = await node.store.read(talk.conversation, { limit: 9 })
    expect(messages[3]).toMatchObject({ id: 'slow', seq: 4, prev: 'fast 3', at: messages[2]!.at })
    expect(recorder.packets).toEqual(messages.slice(2).map(messagePacket))
    expect(recorder.relayed[1]!.origin).toBe('line-1')
    expect([cursors[talk.shop], cursors[talk.customer]]).toEqual([
      { delivered: 4, read: 4 },
      { delivered: 3, read: 3 },
    ])
    expect([names[talk.shop], head.seq]).toEqual(['Änne', 4])
    // what was written is known, here and there; a mute, or the same message, meanwhile is seen
    expect(await attempt(makeSlow({ id: 'next' }))).toMatchObject({ seq: 5, prev: 'slow', duplicate: false })
    const twin = makeSlow({ id: 'twin' })
    expect(await attempt(twin, () => other.store.append(talk.message({ id: 'twin', from: talk.shop })))).toBe(AGAIN)
    expect(await attempt(twin)).toMatchObject({ seq: 6, duplicate: true })
    const muted = makeSlow({ id: 'muted' })
    const mute = { conversation: talk.conversation, text: 'why', expect: '', phase: 'open', muted: [{ side: talk.shop }] }
    expect(await attempt(muted, () => node.store.setAssignment(mute))).toBe(AGAIN)
    await expect(attempt(muted)).rejects.toThrow('muted')
    await recorder.close()
    close()
  })

  it('what is written behind others expires like what a node writes', async () => {
    const talk = newTalk()
    const { makeSlow, attempt, close } = slowWriter(talk, { keepMs: 86_400_000 })
    await node.store.append(talk.message({ id: 'first' }))
    const slow = makeSlow({ id: 'slow' })
    for (let n = 1; n <= 2; n++) expect(await attempt(slow, `fast ${n}`)).toBe(AGAIN)
    expect(await attempt(slow, 'fast 3')).toMatchObject({ seq: 5 })
    const lasts = Number(await server.cli('PTTL', conversationKeys(talk.conversation).head))
    expect(lasts).toBeGreaterThan(86_000_000)
    expect(lasts).toBeLessThanOrEqual(86_400_000)
    close()
  })
})
