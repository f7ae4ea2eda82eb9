import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { World } from './world.ts'
import { newTalk } from './conversation.ts'

const START = 1_700_000_000_000

/** The start of a minute that is not so long ago that a conversation would be forgotten. */
const recent = (): number => Math.floor(Date.now() / 60_000) * 60_000 - 600_000

export function describeLists(world: World): void {
  describe('a list', () => {
    const newShop = (): string => `shop:l-${randomUUID()}`
    const conversations = async (side: string, range: { before?: number; limit: number }): Promise<string[]> =>
      (await world.other.store.list(side, range)).rows.map(({ conversation }) => conversation)

    it('is empty for a side that nobody wrote to', async () => {
      expect(await world.backbone.store.list(newShop(), { limit: 10 })).toEqual({ rows: [] })
    })

    it('contains the conversation for both sides from the first message on', async () => {
      const talk = newTalk()
      await world.backbone.store.append(talk.message())
      expect(await conversations(talk.customer, { limit: 10 })).toEqual([talk.conversation])
      expect(await conversations(talk.shop, { limit: 10 })).toEqual([talk.conversation])
    })

    it('has rows that say what read says', async () => {
      const talk = newTalk()
      await world.backbone.store.append(talk.message({ name: 'Ann' }))
      await world.backbone.store.append(talk.message({ name: 'Bob', from: 'agent-1', side: talk.shop }))
      await world.backbone.store.advance({ conversation: talk.conversation, side: talk.customer, delivered: 2, origin: '' })
      const { messages, ...page } = await world.backbone.store.read(talk.conversation, { limit: 1 })
      expect((await world.backbone.store.list(talk.shop, { limit: 10 })).rows).toEqual([
        { conversation: talk.conversation, ...page, last: messages[0] },
      ])
    })

    it('is ordered by the last message, newest first, in seconds as in days', async () => {
      const shop = newShop()
      const gaps = [1, 2, 400, 59_000, 61_000, 3_600_000, 90_000_000, 7_000_000_000]
      const talks = gaps.map(() => newTalk({ shop }))
      await Promise.all(talks.map((talk, i) => world.backbone.store.append(talk.message({ at: START + gaps[i]! }))))
      const newestFirst = talks.map(({ conversation }) => conversation).reverse()
      expect(await conversations(shop, { limit: 100 })).toEqual(newestFirst)
      expect(await conversations(shop, { limit: 3 })).toEqual(newestFirst.slice(0, 3))
      await world.backbone.store.append(talks[1]!.message({ at: START + 8_000_000_000 }))
      const moved = talks[1]!.conversation
      expect(await conversations(shop, { limit: 100 })).toEqual([moved, ...newestFirst.filter((one) => one !== moved)])
    })

    it('continues below `before`, and pages cover every row once', async () => {
      const shop = newShop()
      const talks = Array.from({ length: 11 }, () => newTalk({ shop }))
      await Promise.all(talks.map((talk, i) => world.backbone.store.append(talk.message({ at: START + i * 17_000 }))))
      expect(await conversations(shop, { before: START, limit: 5 })).toEqual([])
      expect(await conversations(shop, { before: START + 1, limit: 5 })).toEqual([talks[0]!.conversation])
      const seen: string[] = []
      let before = START + 1_000_000
      for (;;) {
        const { rows } = await world.backbone.store.list(shop, { before, limit: 3 })
        if (rows.length === 0) break
        seen.push(...rows.map(({ conversation }) => conversation))
        before = rows.at(-1)!.last.at
      }
      expect(seen).toEqual(talks.map(({ conversation }) => conversation).reverse())
    })

    it('lists those of one millisecond by id, descending', async () => {
      const shop = newShop()
      const talks = Array.from({ length: 12 }, () => newTalk({ shop }))
      await Promise.all(talks.map((talk) => world.backbone.store.append(talk.message({ at: START }))))
      const sorted = talks.map(({ conversation }) => conversation).toSorted((a, b) => (a < b ? 1 : -1))
      expect(await conversations(shop, { limit: 12 })).toEqual(sorted)
      expect(await conversations(shop, { limit: 5 })).toEqual(sorted.slice(0, 5))
    })

    it('has whole rows whatever the ids are and however long the last messages', async () => {
      const shop = newShop()
      const ids = ['a', randomUUID(), 'x'.repeat(64), `Zoë-${randomUUID()}`, `客-${randomUUID()}`, `😀${randomUUID()}`]
      const talks = ids.map((id) => newTalk({ shop, customer: `${id}${shop.slice(-4)}`.slice(-64) }))
      const start = recent()
      const texts = ['short', 'x'.repeat(30_000), '字'.repeat(20_000), 'short', 'y'.repeat(60_000), '']
      await Promise.all(talks.map((talk, i) => world.backbone.store.append(talk.message({ at: start + i * 30_000, body: { text: texts[i]! } }))))
      const { rows } = await world.other.store.list(shop, { limit: 100 })
      const found = rows.map(({ conversation, last }) => [conversation, last.body.text, last.seq])
      expect(found).toEqual(talks.map(({ conversation }, i) => [conversation, texts[i], 1]).reverse())
    })

    it('ends before it has more bytes of last messages than asked for, says so, and always has one row', async () => {
      const shop = newShop()
      const start = recent()
      const talks = Array.from({ length: 6 }, () => newTalk({ shop }))
      const text = 'x'.repeat(3000)
      await Promise.all(talks.map((talk, i) => world.backbone.store.append(talk.message({ at: start + i, body: { text } }))))
      const newestFirst = talks.map(({ conversation }) => conversation).reverse()
      for (const [bytes, count] of [
        [1, 1],
        [3000, 1],
        [6000, 1],
        [7000, 2],
        [13_500, 4],
      ] as const) {
        const { rows, isCut } = await world.other.store.list(shop, { limit: 6, bytes })
        expect([rows.map(({ conversation }) => conversation), isCut]).toEqual([newestFirst.slice(0, count), true])
      }
      expect(await world.other.store.list(shop, { limit: 6, bytes: 100_000 })).not.toHaveProperty('isCut')
    })

    it('finds the newest among hundreds of one minute, and continues among them', async () => {
      const shop = newShop()
      const talks = Array.from({ length: 700 }, () => newTalk({ shop }))
      // the order of their times is not that of anything else
      const minute = recent()
      const at = (i: number): number => minute + ((i * 37) % 700)
      await Promise.all(talks.map((talk, i) => world.backbone.store.append(talk.message({ at: at(i) }))))
      const newestFirst = talks.map(({ conversation }, i) => ({ conversation, at: at(i) })).toSorted((a, b) => b.at - a.at)
      const expected = newestFirst.map(({ conversation }) => conversation)
      expect(await conversations(shop, { limit: 10 })).toEqual(expected.slice(0, 10))
      expect(await conversations(shop, { before: newestFirst[9]!.at, limit: 100 })).toEqual(expected.slice(10, 110))
      expect(await conversations(shop, { before: newestFirst[659]!.at, limit: 100 })).toEqual(expected.slice(660))
      expect(await conversations(shop, { limit: 300 })).toEqual(expected.slice(0, 300))
    })

    it('loses no conversation while many write at once', async () => {
      const shop = newShop()
      const talks = Array.from({ length: 40 }, () => newTalk({ shop }))
      await Promise.all(talks.flatMap((talk, i) => [0, 1, 2].map((n) => world.backbone.store.append(talk.message({ at: START + i * 60_000 + n })))))
      await world.restart()
      expect(await conversations(shop, { limit: 100 })).toEqual(talks.map(({ conversation }) => conversation).reverse())
    })
  })
}
