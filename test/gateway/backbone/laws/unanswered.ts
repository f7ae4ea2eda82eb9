/**
 * What nobody has answered is forgotten, and nothing else is: a law of every kind of Redis. The expiry is Redis' own, by its own clock, so these
 * tests wait for it.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backbone } from '../../../../gateway/backbone/backbone.ts'
import { openRedis } from '../../../../gateway/backbone/redis/redis.ts'
import { eventually, type RedisGroup } from '../../../kit/redis.ts'
import { newTalk, type Talk } from './conversation.ts'

const UNANSWERED_MS = 700

export function describeUnanswered(name: string, start: () => Promise<RedisGroup>): void {
  describe(`a conversation that nobody answered, ${name}`, () => {
    let group: RedisGroup
    let node: Backbone
    let other: Backbone
    beforeAll(async () => {
      group = await start()
      const settings = { url: group.url, unansweredMs: UNANSWERED_MS }
      ;[node, other] = await Promise.all([openRedis(settings), openRedis(settings)])
    })
    afterAll(async () => {
      await Promise.all([node, other].map((one) => one?.close()))
      await group.stop()
    })

    /** All keys of all servers, but what a probe leaves behind. */
    const keys = async (about: string): Promise<string[]> => {
      const found = await Promise.all(group.servers.map((server) => server.cli('--raw', 'KEYS', `*${about}*`).catch(() => '')))
      return [...new Set(found.flatMap((text) => text.split('\n')).filter((key) => key !== ''))]
    }
    const say = (talk: Talk, side = talk.customer, by = node) => by.store.append(talk.message({ from: side, side, at: Date.now() }))
    const isGone = (talk: Talk) =>
      eventually(
        async () => (await node.store.read(talk.conversation, { limit: 1 })).head.seq,
        (seq) => seq === 0,
      )
    const listed = async (side: string): Promise<string[]> =>
      (await node.store.list(side, { limit: 100 })).rows.map(({ conversation }) => conversation)
    const sidesOf = (name: string): { customer: string; shop: string } => ({ customer: `c-${name}`, shop: `shop:s-${name}` })

    it('expires as a whole, with its lists: no key is left', async () => {
      const unique = randomUUID().slice(0, 8)
      const talk = newTalk(sidesOf(unique))
      await say(talk)
      await say(talk)
      await node.store.advance({ conversation: talk.conversation, side: talk.shop, read: 2, origin: '' })
      await node.store.setAssignment({ conversation: talk.conversation, text: '{}', expect: '', phase: 'waiting' })
      expect(await listed(talk.shop)).toEqual([talk.conversation])
      expect((await keys(unique)).length).toBeGreaterThan(3)
      await isGone(talk)
      await eventually(
        () => keys(unique),
        (left) => left.length === 0,
      )
      expect(await say(talk)).toMatchObject({ seq: 1, duplicate: false })
    })

    it('stays as long as somebody writes on', async () => {
      const talk = newTalk()
      const end = Date.now() + UNANSWERED_MS * 2
      while (Date.now() < end) {
        await say(talk, talk.customer, other)
        await new Promise((resolve) => setTimeout(resolve, UNANSWERED_MS / 5))
      }
      expect((await node.store.read(talk.conversation, { limit: 1 })).head.seq).toBeGreaterThan(5)
      expect(await listed(talk.shop)).toEqual([talk.conversation])
      await isGone(talk)
    })

    it('stays for good once it is answered, or if a shop began it; so do its lists, whatever else they contain', async () => {
      const shop = `shop:s-${randomUUID().slice(0, 8)}`
      const customer = `c-${randomUUID().slice(0, 8)}`
      const answered = newTalk({ shop, customer })
      const begun = newTalk({ shop })
      const forgotten = [newTalk({ shop }), newTalk({ customer }), newTalk({ shop })]
      const friends = newTalk({ shop: `d-${customer}`, customer })
      await say(forgotten[0]!)
      await say(answered)
      await say(answered, shop, other)
      await say(begun, shop)
      await say(friends)
      await say(friends, `d-${customer}`, other)
      await say(forgotten[1]!)
      await say(forgotten[2]!, forgotten[2]!.customer, other)
      await Promise.all(forgotten.map(isGone))
      // and longer than anything of it could have been on its way to its end
      const last = newTalk()
      await say(last)
      await isGone(last)
      for (const talk of [answered, begun, friends]) {
        const { head, messages } = await other.store.read(talk.conversation, { limit: 10 })
        expect([head.seq, messages.length]).toEqual(talk === begun ? [1, 1] : [2, 2])
      }
      expect((await listed(shop)).toSorted()).toEqual([answered.conversation, begun.conversation].toSorted())
      expect((await listed(customer)).toSorted()).toEqual([answered.conversation, friends.conversation].toSorted())
      expect(await say(answered)).toMatchObject({ seq: 3 })
    })

    it('leaves the mute of its writer', async () => {
      const talk = newTalk()
      await say(talk)
      const set = { conversation: talk.conversation, text: '{"blocked":1}', expect: '', phase: 'waiting', muted: [{ side: talk.customer }] }
      await node.store.setAssignment(set)
      await eventually(
        async () => (await node.store.read(talk.conversation, { limit: 1 })).messages.length,
        (count) => count === 0,
      )
      await expect(say(talk)).rejects.toThrow('muted')
    })

    it('leaves no row for long in a list that stays: each new row removes more than one', async () => {
      const shop = `shop:s-${randomUUID().slice(0, 8)}`
      const answered = newTalk({ shop })
      await say(answered)
      await say(answered, shop)
      const spam = Array.from({ length: 40 }, () => newTalk({ shop }))
      await Promise.all(spam.map((talk) => say(talk)))
      await Promise.all(spam.map(isGone))
      const rows = async (): Promise<number> =>
        Math.max(...(await Promise.all(group.servers.map((server) => server.cli('ZCARD', `im:list:${shop}`).catch(() => '0')))).map(Number))
      for (let i = 0; i < 20; i++) await say(newTalk({ shop }))
      await eventually(rows, (count) => count <= 22)
      expect(await listed(shop)).toContain(answered.conversation)
    })
  })
}
