import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Unavailable, type Backbone } from '../../../gateway/backbone/backbone.ts'
import { conversationKeys } from '../../../gateway/backbone/redis/keys.ts'
import { scoreIn, secondOf } from '../../../gateway/backbone/redis/list-seconds.ts'
import { hashOf } from '../../../gateway/backbone/redis/recent-ids.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import type { RedisSettings } from '../../../gateway/backbone/redis/settings.ts'
import { conversationChannel, shardNumber } from '../../../gateway/protocol/keys.ts'
import { eventually, startRedis, startRing, type RedisServer } from '../../kit/redis.ts'
import { wholeImage } from '../../kit/whole-image.ts'
import { newTalk, type Talk } from './laws/conversation.ts'

const DAY = 86_400_000

describe('what is kept', () => {
  let server: RedisServer
  const nodes: Backbone[] = []

  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()))
    await server.stop()
  })

  async function open(settings: Partial<RedisSettings>): Promise<Backbone> {
    const node = await openRedis({ url: server.url, ...settings })
    nodes.push(node)
    return node
  }

  const append = (node: Backbone, talk: Talk, count: number, at?: number) =>
    Promise.all(Array.from({ length: count }, () => node.store.append(at === undefined ? talk.message() : talk.message({ at }))))
  const seqs = async (node: Backbone, talk: Talk, range: { before?: number; after?: number; limit: number }): Promise<number[]> =>
    (await node.store.read(talk.conversation, range)).messages.map(({ seq }) => seq)

  it('by count: about so many of the newest; reads above, below and across the edge are right', async () => {
    const node = await open({ keepCount: 300 })
    const talk = newTalk()
    await append(node, talk, 1000)
    const first = (await seqs(node, talk, { after: 0, limit: 1 }))[0]!
    expect(first).toBeGreaterThan(500)
    expect(first).toBeLessThanOrEqual(701)
    expect(await seqs(node, talk, { after: first - 10, limit: 3 })).toEqual([first, first + 1, first + 2])
    expect(await seqs(node, talk, { before: first + 2, limit: 5 })).toEqual([first, first + 1])
    expect(await seqs(node, talk, { before: first, limit: 5 })).toEqual([])
    expect(await seqs(node, talk, { limit: 2 })).toEqual([999, 1000])
    const {
      messages: [edge],
      head,
    } = await node.store.read(talk.conversation, { after: 0, limit: 1 })
    expect(edge!.prev).toBe(`m${first - 1}`)
    expect(head).toMatchObject({ seq: 1000, id: 'm1000' })
  })

  it('by age: as the log grows, binary search finds older entries and removes only those', async () => {
    const node = await open({ keepMs: 10 * DAY })
    const talk = newTalk()
    const now = 1_700_000_000_000
    await append(node, talk, 40, now - 20 * DAY)
    await append(node, talk, 30, now - 11 * DAY)
    await append(node, talk, 20, now - 9 * DAY)
    expect((await seqs(node, talk, { after: 0, limit: 1 }))[0]).toBe(1)
    await append(node, talk, 6, now)
    expect(await seqs(node, talk, { after: 0, limit: 100 })).toEqual(Array.from({ length: 26 }, (_, i) => 71 + i))
  })

  it('by age: a conversation nobody writes to expires as a whole, with names and assignment, and begins again with another epoch', async () => {
    const node = await open({ keepMs: 300 })
    const talk = newTalk()
    const { conversation } = talk
    const { epoch } = await node.store.append(talk.message({ name: 'Lin' }))
    await append(node, talk, 2)
    await node.store.setAssignment({ conversation, text: 'rated', expect: '', phase: 'closed' })
    await eventually(
      () => server.cli('EXISTS', ...Object.values(conversationKeys(conversation))),
      (left) => left === '0',
    )
    expect(await node.store.read(conversation, { limit: 9 })).toEqual({ messages: [], head: { epoch: '', seq: 0 }, cursors: {}, names: {} })
    expect(await node.store.list(talk.shop, { limit: 9 })).toEqual({ rows: [] })
    const again = await (await open({})).store.append(talk.message({ id: 'm3' }))
    expect(again).toMatchObject({ seq: 1, duplicate: false })
    expect(again.epoch).not.toBe(epoch)
    expect((await node.store.list(talk.shop, { limit: 9 })).rows.map((row) => row.conversation)).toEqual([conversation])
  })

  it('by age: not where somebody is muted, whose block outlives the messages', async () => {
    const node = await open({ keepMs: 300 })
    const talk = newTalk()
    const { conversation } = talk
    await append(node, talk, 3)
    await node.store.setAssignment({ conversation, text: 'blocked', expect: '', phase: 'closed', muted: [{ side: talk.customer }] })
    await node.store.append(talk.message({ from: 'agent', side: talk.shop }))
    await eventually(
      () => seqs(node, talk, { after: 0, limit: 9 }),
      (left) => left.length === 0,
    )
    const { head, meta } = conversationKeys(conversation)
    expect([await server.cli('PTTL', head), await server.cli('PTTL', meta)]).toEqual(['-1', '-1'])
    await expect(node.store.append(talk.message())).rejects.toMatchObject({ name: 'Muted' })
  })

  it('for ever, although it was written while messages were kept for some days only: what people go on writing in does not expire', async () => {
    const talk = newTalk()
    await append(await open({ keepMs: DAY }), talk, 3)
    const keys = Object.values(conversationKeys(talk.conversation))
    for (const key of keys) expect(Number(await server.cli('PTTL', key))).toBeGreaterThan(0)
    await append(await open({}), talk, 2)
    for (const key of keys) expect(await server.cli('PTTL', key)).toBe('-1')
  })

  it('images: as long as messages, by age', async () => {
    const image = { type: 'image/png', bytes: Buffer.from('x') }
    const node = await open({ keepMs: 300 })
    const forEver = await open({})
    const [short, long] = await Promise.all([node.images.put(image), forEver.images.put(image)])
    const reading = await node.images.get(short)
    await eventually(
      () => node.images.get(short),
      (found) => found === undefined,
    )
    // one that is gone half-way is no shorter picture
    await expect(reading?.read(0, 1)).rejects.toThrow(Unavailable)
    expect(await wholeImage(await node.images.get(long))).toEqual(image)
  })

  it('client ids: the last windowCount of them, also by a node that has not seen them', async () => {
    const node = await open({ windowCount: 64 })
    const talk = newTalk()
    await append(node, talk, 200)
    const again = (n: number, by = node) => by.store.append(talk.message({ id: `m${n}` }))
    const other = await open({ windowCount: 64 })
    for (const n of [137, 170, 200]) {
      for (const by of [other, node]) expect(await again(n, by)).toMatchObject({ seq: n, prev: `m${n - 1}`, duplicate: true })
    }
    expect(await again(1, other)).toMatchObject({ seq: 201, duplicate: false })
    expect(await again(137)).toMatchObject({ seq: 202, duplicate: false })
  })

  it('client ids: of two that have the same hash each is its own message', async () => {
    const node = await open({})
    const talk = newTalk()
    const idsByHash = new Map<number, string>()
    const [one, two] = ((): [string, string] => {
      for (let n = 0; ; n++) {
        const id = `twin-${n}`
        const hash = hashOf(JSON.stringify({ id, from: talk.customer, side: talk.customer }).slice(1, -1) + ',')
        const other = idsByHash.get(hash)
        if (other !== undefined) return [other, id]
        idsByHash.set(hash, id)
      }
    })()
    await append(node, talk, 5)
    const say = (id: string) => node.store.append(talk.message({ id }))
    expect(await Promise.all([say(one), say(two)])).toMatchObject([
      { seq: 6, duplicate: false },
      { seq: 7, duplicate: false },
    ])
    expect(await Promise.all([say(one), say(two), say('m3')])).toMatchObject([
      { seq: 6, duplicate: true },
      { seq: 7, duplicate: true },
      { seq: 3, duplicate: true },
    ])
  })

  it('a batch larger than one call is split, in order', async () => {
    const node = await open({})
    const talk = newTalk()
    const answers = await append(node, talk, 2500)
    expect(answers.map(({ seq }) => seq)).toEqual(Array.from({ length: 2500 }, (_, i) => i + 1))
    const pages = await Promise.all(Array.from({ length: 300 }, (_, i) => node.store.read(talk.conversation, { after: i * 8, limit: 50 })))
    pages.forEach(({ messages }, i) => expect(messages[0]!.seq).toBe(i * 8 + 1))
  })
})

describe('a page of a list', () => {
  const calls = async (server: RedisServer): Promise<number> =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(await server.cli('INFO', 'commandstats'))?.[1] ?? 0)
  const fill = async (node: Backbone, shop: string, { gapMs, count = 220 }: { gapMs: number; count?: number }): Promise<void> => {
    const talks = Array.from({ length: count }, () => newTalk({ shop }))
    await Promise.all(talks.map((talk, i) => node.store.append(talk.message({ at: 1_700_000_000_000 + i * gapMs }))))
  }

  it('is one call of a script where all is on one server, also in a busy minute', async () => {
    const server = await startRedis()
    const node = await openRedis({ url: server.url })
    for (const [shop, wanted] of [
      ['shop:quiet', { gapMs: 500 }],
      ['shop:busy', { gapMs: 15, count: 3000 }],
    ] as const) {
      await fill(node, shop, wanted)
      const before = await calls(server)
      const { rows } = await node.store.list(shop, { limit: 100 })
      expect(rows).toHaveLength(100)
      expect((await node.store.list(shop, { before: rows.at(-1)!.last.at, limit: 100 })).rows).toHaveLength(100)
      expect([shop, (await calls(server)) - before]).toEqual([shop, 2])
    }
    await node.close()
    await server.stop()
  })

  it('has the rows that a gateway of format 2 listed by the minute, also where it begins within that minute', async () => {
    const server = await startRedis()
    const node = await openRedis({ url: server.url })
    const shop = 'shop:older'
    const minute = 1_700_000_040_000
    const talks = Array.from({ length: 6 }, () => newTalk({ shop }))
    for (const [i, talk] of talks.entries()) await node.store.append(talk.message({ at: minute - 60_000 + i * 9000 }))
    const newestFirst = talks.map(({ conversation }) => conversation).reverse()
    for (const conversation of newestFirst) await server.cli('ZADD', `im:list:${shop}`, String(minute), conversation)
    const listed = async (range: { before?: number; limit: number }): Promise<string[]> =>
      (await node.store.list(shop, range)).rows.map(({ conversation }) => conversation)
    expect(await listed({ before: minute - 60_000 + 3 * 9000, limit: 2 })).toEqual(newestFirst.slice(3, 5))
    expect(await listed({ limit: 4 })).toEqual(newestFirst.slice(0, 4))
    expect(await server.cli('ZSCORE', `im:list:${shop}`, newestFirst[0]!)).toBe(String(scoreIn(secondOf(minute - 15_000), newestFirst[0]!)))
    await node.close()
    await server.stop()
  })

  it('is at most two calls to each server, where there are two', async () => {
    const { servers, url, stop } = await startRing(2)
    const node = await openRedis({ url })
    await fill(node, 'shop:page', { gapMs: 70_000 })
    const before = await Promise.all(servers.map(calls))
    expect((await node.store.list('shop:page', { limit: 100 })).rows).toHaveLength(100)
    const after = (await Promise.all(servers.map(calls))).map((count, i) => count - before[i]!)
    expect(Math.max(...after)).toBeLessThanOrEqual(2)
    await node.close()
    await stop()
  })
})

describe('a list on another server than its logs', () => {
  it('that disagrees with them is repaired while it is read, and pages cover every row once', async () => {
    const { servers, url, stop } = await startRing(2)
    const node = await openRedis({ url })
    const shop = `shop:mend-${Math.random()}`
    const list = `im:list:${shop}`
    const listServer = servers[shardNumber(list, 2)]!
    // four of each server
    const many = Array.from({ length: 100 }, () => newTalk({ shop }))
    const talks = [0, 1].flatMap((n) => many.filter(({ conversation }) => shardNumber(conversationChannel(conversation), 2) === n).slice(0, 4))
    for (const [i, talk] of talks.entries()) await node.store.append(talk.message({ at: 1_700_000_000_000 + i * 1000 }))
    await listServer.cli('ZADD', list, '1700000500000', talks[0]!.conversation, '1', talks[7]!.conversation, '1700000400000', 'never~written')
    // Ahead of its log, but for a moment only: an append may be under way.
    await listServer.cli('ZADD', list, String(scoreIn(secondOf(Date.now()), talks[4]!.conversation)), talks[4]!.conversation)
    const seen: string[] = []
    for (let before: number | undefined; ;) {
      const { rows } = await node.store.list(shop, { limit: 3, ...(before === undefined ? {} : { before }) })
      if (rows.length === 0) break
      seen.push(...rows.map(({ conversation }) => conversation))
      before = rows.at(-1)!.last.at
    }
    const inOrder = talks.map(({ conversation }) => conversation).reverse()
    const ahead = talks[4]!.conversation
    const expected = [ahead, ...inOrder.filter((one) => one !== ahead)]
    expect(seen).toEqual(expected)
    expect((await node.store.list(shop, { limit: 20 })).rows.map(({ conversation }) => conversation)).toEqual(expected)
    // by the second
    expect(await listServer.cli('ZSCORE', list, talks[7]!.conversation)).toBe(String(scoreIn(secondOf(1_700_000_007_000), talks[7]!.conversation)))
    await node.close()
    await stop()
  })
})
