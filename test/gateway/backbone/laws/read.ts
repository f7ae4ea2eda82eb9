import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ReadRange } from '../../../../gateway/backbone/backbone.ts'
import type { Body } from '../../../../gateway/protocol/model.ts'
import type { World } from './world.ts'
import { newTalk } from './conversation.ts'

export function describeRead(world: World): void {
  describe('read gives', () => {
    it('nothing and head 0 for an empty conversation, and its epoch is the later one or none', async () => {
      const talk = newTalk()
      const page = await world.backbone.store.read(talk.conversation, { limit: 10 })
      expect(page).toMatchObject({ messages: [], head: { seq: 0 }, cursors: {}, names: {} })
      expect(page.head.id).toBeUndefined()
      const { epoch } = await world.backbone.store.append(talk.message())
      expect(['', epoch]).toContain(page.head.epoch)
    })

    it('every field of a message as it was appended', async () => {
      const talk = newTalk()
      const body: Body & Record<string, unknown> = { text: 't', price: 1.5, tags: ['a', null, { b: true }] }
      const given = talk.message({ name: 'Ann', kind: 'product', body })
      const { epoch } = await world.backbone.store.append(given)
      const { origin: _, ...fields } = given
      const page = await world.backbone.store.read(talk.conversation, { limit: 1 })
      expect(page.messages).toEqual([{ ...fields, epoch, seq: 1 }])
      expect(page.head).toEqual({ epoch, seq: 1, id: given.id })
      expect(page.names).toEqual({ [talk.customer]: 'Ann' })
    })

    it('the last known name of each side', async () => {
      const talk = newTalk()
      await world.backbone.store.append(talk.message({ name: 'Ann' }))
      await world.backbone.store.append(talk.message({ from: 'agent-1', side: talk.shop, name: 'Bob' }))
      await world.backbone.store.append(talk.message({ name: 'Anna' }))
      await world.backbone.store.append(talk.message())
      const { names } = await world.backbone.store.read(talk.conversation, { limit: 1 })
      expect(names).toEqual({ [talk.customer]: 'Anna', [talk.shop]: 'Bob' })
    })
    describeRanges(world)
    describeText(world)
    describeBytes(world)
  })
}

function describeBytes(world: World): void {
  describe('no more than the bytes asked for', () => {
    const talk = newTalk()
    const body = { text: 'x'.repeat(20_000) }
    const page = (range: ReadRange) => world.backbone.store.read(talk.conversation, range)
    const seqs = async (range: ReadRange): Promise<unknown> => {
      const { messages, isCut } = await page(range)
      return [messages.map(({ seq }) => seq), isCut]
    }
    beforeAll(async () => {
      await Promise.all(Array.from({ length: 60 }, () => world.backbone.store.append(talk.message({ body }))))
    })

    const RANGES: [string, ReadRange, number[], true | undefined][] = [
      ['the newest', { limit: 60, bytes: 70_000 }, [58, 59, 60], true],
      ['the newest below', { before: 58, limit: 60, bytes: 50_000 }, [56, 57], true],
      ['the oldest above', { after: 4, limit: 60, bytes: 70_000 }, [5, 6, 7], true],
      ['one at least, from the end', { limit: 5, bytes: 1 }, [60], true],
      ['one at least, from the start', { after: 0, limit: 5, bytes: 1 }, [1], true],
      ['all of a range that fits', { after: 57, limit: 60, bytes: 70_000 }, [58, 59, 60], undefined],
      ['as many as asked for where they fit', { limit: 2, bytes: 70_000 }, [59, 60], undefined],
    ]
    it.each(RANGES)('%s', async (_, range, expected, isCut) => {
      expect(await seqs(range)).toEqual([expected, isCut])
    })

    it('half a megabyte where no size was asked for', async () => {
      const { messages, isCut } = await page({ limit: 60 })
      const bytes = messages.reduce((sum, message) => sum + JSON.stringify(message).length, 0)
      expect(isCut).toBe(true)
      expect(bytes).toBeLessThanOrEqual(524_288)
      expect(bytes).toBeGreaterThan(480_000)
      expect(messages.at(-1)?.seq).toBe(60)
    })

    it('and every entry once when it is read page by page, up and down', async () => {
      const up: number[] = []
      for (let after = 0; after < 60; after = up.at(-1)!) {
        up.push(...(await page({ after, limit: 60, bytes: 150_000 })).messages.map(({ seq }) => seq))
      }
      const down: number[] = []
      for (let before = 61; before > 1; before = down[0]!) {
        down.unshift(...(await page({ before, limit: 60, bytes: 150_000 })).messages.map(({ seq }) => seq))
      }
      const all = Array.from({ length: 60 }, (_, i) => i + 1)
      expect([up, down]).toEqual([all, all])
    })
  })
}

function describeRanges(world: World): void {
  describe('a range', () => {
    const talk = newTalk()
    const seqs = async (range: ReadRange): Promise<number[]> =>
      (await world.backbone.store.read(talk.conversation, range)).messages.map(({ seq }) => seq)
    beforeAll(async () => {
      await Promise.all(Array.from({ length: 12 }, () => world.backbone.store.append(talk.message())))
    })

    const RANGES: [string, ReadRange, number[]][] = [
      ['neither: the newest', { limit: 3 }, [10, 11, 12]],
      ['neither, more than there are', { limit: 100 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
      ['before: the newest below', { before: 10, limit: 3 }, [7, 8, 9]],
      ['before the third', { before: 3, limit: 5 }, [1, 2]],
      ['before the first', { before: 1, limit: 5 }, []],
      ['before zero', { before: 0, limit: 5 }, []],
      ['before the end', { before: 13, limit: 2 }, [11, 12]],
      ['before far beyond the end', { before: 1000, limit: 2 }, [11, 12]],
      ['after: the oldest above', { after: 4, limit: 3 }, [5, 6, 7]],
      ['after nothing', { after: 0, limit: 2 }, [1, 2]],
      ['after the last but one', { after: 11, limit: 5 }, [12]],
      ['after the last', { after: 12, limit: 5 }, []],
      ['after far beyond the end', { after: 1000, limit: 5 }, []],
    ]
    it.each(RANGES)('%s', async (_, range, expected) => {
      expect(await seqs(range)).toEqual(expected)
    })

    it('always gives the head of the whole log', async () => {
      for (const range of [
        { before: 3, limit: 1 },
        { after: 1000, limit: 1 },
        { after: 2, limit: 1 },
      ]) {
        expect((await world.backbone.store.read(talk.conversation, range)).head).toMatchObject({ seq: 12, id: 'm12' })
      }
    })
  })

  it('gives head, messages and cursors of one moment, whatever is written meanwhile', async () => {
    const talk = newTalk()
    const writing = Promise.all(Array.from({ length: 200 }, () => world.backbone.store.append(talk.message())))
    let isWriting = true
    void writing.then(() => {
      isWriting = false
    })
    do {
      const { messages, head, cursors } = await world.other.store.read(talk.conversation, { limit: 5 })
      expect(messages.at(-1)?.seq ?? 0).toBe(head.seq)
      expect(messages.at(-1)?.id).toBe(head.id)
      expect(cursors[talk.customer]?.read ?? 0).toBe(head.seq)
      await new Promise((resolve) => setImmediate(resolve))
    } while (isWriting)
    expect(await writing).toHaveLength(200)
  })
}

function describeText(world: World): void {
  it('ids beyond ASCII, at their full length', async () => {
    const unique = randomUUID().slice(0, 13)
    const talk = newTalk({ customer: unique + '客'.repeat(51), shop: `shop:Läden-Ω-${unique}` })
    const id = '𝒎é客'.repeat(16)
    const first = await world.backbone.store.append(talk.message({ id, name: '王 芳 👩‍💻' }))
    expect(await world.backbone.store.append(talk.message({ id }))).toEqual({ ...first, duplicate: true })
    await world.backbone.store.append(talk.message({ id: 'next' }))
    const { messages, names } = await world.backbone.store.read(talk.conversation, { limit: 5 })
    expect(messages.map((message) => [message.id, message.prev])).toEqual([
      [id, undefined],
      ['next', id],
    ])
    expect(names).toEqual({ [talk.customer]: '王 芳 👩‍💻' })
    const { rows } = await world.backbone.store.list(talk.customer, { limit: 5 })
    expect(rows.map(({ conversation }) => conversation)).toEqual([talk.conversation])
  })

  it('any text: quotes, control characters, line separators, lone surrogates, backslashes, 60 kB', async () => {
    const talk = newTalk()
    const texts = ['"\\/\b\n\0\u2028\u007f', '\ud800 alone', '%s {0} $1 \\u0041 ]] --', ',"seq":9}', '{"at":', '漢😀'.repeat(9_000)]
    for (const text of texts) await world.backbone.store.append(talk.message({ body: { text } }))
    const { messages } = await world.backbone.store.read(talk.conversation, { limit: 10 })
    expect(messages.map(({ body }) => body.text)).toEqual(texts)
  })
}
