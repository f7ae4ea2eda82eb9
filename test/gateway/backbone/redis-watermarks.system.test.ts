/** What nodes tell each other of the logs, apart from publishes. */
import { afterEach, describe, expect, test } from 'vitest'
import { Unavailable, type Backbone, type Watermark } from '../../../gateway/backbone/backbone.ts'
import { watermarksKey, watermarksNumber } from '../../../gateway/backbone/redis/keys.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { conversationChannel, shardNumber } from '../../../gateway/protocol/keys.ts'
import { startRedis, startRing } from '../../kit/redis.ts'
import { newTalk, type Talk } from './laws/conversation.ts'

let stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  stops = []
})

async function open(url: string): Promise<{ node: Backbone; heard: Watermark[]; exchange(): Promise<unknown> }> {
  const node = await openRedis({ url, commandTimeoutMs: 1000 })
  stops.push(() => node.close())
  const heard: Watermark[] = []
  node.bus.onWatermarks((watermarks) => heard.push(...watermarks))
  return { node, heard, exchange: () => node.jobs.find(({ name }) => name === 'watermarks')!.run() }
}

const append = ({ store }: Backbone, talk: Talk, text: string) => store.append(talk.message({ body: { text } }))

describe('watermarks', () => {
  test('say of each conversation from where to where it was written since the last time, to every node, also to one that asks late', async () => {
    const server = await startRedis()
    stops.push(() => server.stop())
    const [one, two] = [await open(server.url), await open(server.url)]
    const [talk, other] = [newTalk(), newTalk()]
    for (const text of ['a', 'b', 'c']) await append(one.node, talk, text)
    await append(two.node, other, 'd')
    await one.exchange()
    await two.exchange()
    expect(two.heard).toEqual(
      expect.arrayContaining([
        { conversation: talk.conversation, from: 1, seq: 3 },
        { conversation: other.conversation, from: 1, seq: 1 },
      ]),
    )
    expect(two.heard).toHaveLength(2)
    // more entries of one stream than one read takes
    for (let n = 4; n <= 60; n++) {
      await append(one.node, talk, String(n))
      await one.exchange()
    }
    await two.exchange()
    expect(two.heard.slice(2).map(({ seq }) => seq)).toEqual(Array.from({ length: 57 }, (_, i) => i + 4))
    expect(one.heard.filter(({ conversation }) => conversation === other.conversation)).toHaveLength(1)
    await Promise.all([one.exchange(), two.exchange()])
    expect(two.heard).toHaveLength(59)
  })

  test('what a server was away for goes with a later exchange, and the other servers go on', async () => {
    const { url, servers, stop } = await startRing(2)
    stops.push(stop)
    const [one, two] = [await open(url), await open(url)]
    const serverOf = (key: string): number => shardNumber(key, 2)
    const streamServer = ({ conversation }: Talk): number => serverOf(watermarksKey(watermarksNumber(conversation)))
    const talks = Array.from({ length: 500 }, () => newTalk()).filter(({ conversation }) => serverOf(conversationChannel(conversation)) === 0)
    const [near, far] = [talks.find((talk) => streamServer(talk) === 0)!, talks.find((talk) => streamServer(talk) === 1)!]
    // their rows are in the lists, so that an append needs the conversation's own server alone
    for (const talk of [near, far]) await append(one.node, talk, 'first')
    await one.exchange()
    await two.exchange()
    two.heard.length = 0
    await servers[1]!.signal()
    for (const talk of [near, far]) await append(one.node, talk, 'second')
    await expect(one.exchange()).rejects.toThrow(Unavailable)
    await expect(two.exchange()).rejects.toThrow(Unavailable)
    expect(two.heard).toEqual([{ conversation: near.conversation, from: 2, seq: 2 }])
    await append(one.node, far, 'third')
    await servers[1]!.start()
    await expect
      .poll(async () => {
        for (const each of [one, two]) await each.exchange().catch(() => undefined) // until both have reached it again
        return two.heard.filter(({ conversation }) => conversation === far.conversation)
      })
      .toEqual([{ conversation: far.conversation, from: 2, seq: 3 }])
  })

  test('a stream holds what was written in about half a minute, and no more', async () => {
    const server = await startRedis()
    stops.push(() => server.stop())
    const { node, exchange } = await open(server.url)
    const talk = newTalk()
    const key = watermarksKey(watermarksNumber(talk.conversation))
    // by another clock, long ago
    await server.cli('EVAL', "for n = 1, 500 do redis.call('XADD', KEYS[1], n .. '-1', 'w', string.rep('x', 100)) end", '1', key)
    await append(node, talk, 'a')
    await exchange()
    await append(node, talk, 'b')
    await exchange()
    expect(Number(await server.cli('XLEN', key))).toBeLessThan(150)
  })
})
