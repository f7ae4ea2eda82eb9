import { describe, expect, it } from 'vitest'
import type { World } from './world.ts'
import { newTalk } from './conversation.ts'

export function describeAppend(world: World): void {
  describe('append numbers', () => {
    it('from 1 without holes, each entry linked to the one before', async () => {
      const talk = newTalk()
      const first = await world.backbone.store.append(talk.message({ id: 'a' }))
      const second = await world.backbone.store.append(talk.message({ id: 'b', from: talk.shop }))
      const third = await world.backbone.store.append(talk.message({ id: 'c' }))
      expect([first.seq, second.seq, third.seq]).toEqual([1, 2, 3])
      expect([first.prev, second.prev, third.prev]).toEqual([undefined, 'a', 'b'])
      expect(first.epoch).not.toBe('')
      expect(new Set([first.epoch, second.epoch, third.epoch]).size).toBe(1)
      expect([first.duplicate, second.duplicate, third.duplicate]).toEqual([false, false, false])
    })

    it('without holes, however many run at once, on any node', async () => {
      const talks = [newTalk(), newTalk(), newTalk()]
      const appended = await Promise.all(
        talks.flatMap((talk) =>
          Array.from({ length: 60 }, async (_, i) => {
            const node = i % 2 === 0 ? world.backbone : world.other
            return { talk, ...(await node.store.append(talk.message({ id: `m${i}`, from: `sender-${i % 7}` }))) }
          }),
        ),
      )
      for (const talk of talks) {
        const seqs = appended
          .filter((one) => one.talk === talk)
          .map(({ seq }) => seq)
          .sort((a, b) => a - b)
        expect(seqs).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
        const { messages } = await world.backbone.store.read(talk.conversation, { limit: 100 })
        expect(messages.map(({ prev }) => prev)).toEqual([undefined, ...messages.slice(0, -1).map(({ id }) => id)])
      }
    })

    it('in the order of each caller that does not wait, while callers of two nodes write in the same moment', async () => {
      const talks = [newTalk(), newTalk(), newTalk()]
      const callers = talks.flatMap((talk) => [world.backbone, world.other].map((node, i) => ({ talk, node, name: `caller-${i}` })))
      await Promise.all(
        callers.flatMap(({ talk, node, name }) =>
          Array.from({ length: 50 }, (_, n) => node.store.append(talk.message({ id: `${name} ${String(n).padStart(3, '0')}`, from: talk.customer }))),
        ),
      )
      for (const talk of talks) {
        const { messages } = await world.backbone.store.read(talk.conversation, { limit: 200 })
        expect(messages).toHaveLength(100)
        for (const name of ['caller-0', 'caller-1']) {
          const ids = messages.map(({ id }) => id).filter((id) => id.startsWith(name))
          expect(ids).toEqual(ids.toSorted())
        }
      }
    })

    it('in the order of a caller that does not wait', async () => {
      const talk = newTalk()
      const appended = await Promise.all(Array.from({ length: 200 }, () => world.backbone.store.append(talk.message())))
      expect(appended.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
    })
  })
  it('append makes its name the side’s last known one, whichever node has written another before', async () => {
    const talk = newTalk()
    const steps = [
      [world.backbone, 'Ann'],
      [world.other, 'Bob'],
      [world.backbone, 'Ann'],
      [world.backbone, 'Ann'],
      [world.other, 'Bob'],
      [world.other, 'Bo\nb 客'],
    ] as const
    for (const [node, name] of steps) {
      await node.store.append(talk.message({ name }))
      expect((await world.backbone.store.read(talk.conversation, { limit: 1 })).names).toEqual({ [talk.customer]: name })
    }
  })

  it('append never dates an entry before the one below it, and answers the stored date', async () => {
    const talk = newTalk()
    const { store } = world.backbone
    const dates = [1_700_000_600_000, 1_700_000_000_000, 1_700_000_600_001, 1]
    const stored = [1_700_000_600_000, 1_700_000_600_000, 1_700_000_600_001, 1_700_000_600_001]
    const body = { text: '"at":5}', at: 7 }
    for (const [i, at] of dates.entries()) {
      const node = i % 2 === 0 ? world.backbone : world.other
      expect(await node.store.append(talk.message({ id: `m ${i}`, at, body }))).toMatchObject({ seq: i + 1, at: stored[i] })
    }
    expect(await store.append(talk.message({ id: 'm 1', at: 3 }))).toMatchObject({ at: stored[1], duplicate: true })
    const { messages } = await store.read(talk.conversation, { limit: 10 })
    expect(messages.map(({ at }) => at)).toEqual(stored)
    expect(messages.map((message) => message.body)).toEqual(dates.map(() => body))
    expect((await store.list(talk.shop, { limit: 1 })).rows[0]?.last.at).toBe(stored[3])
  })

  describe('append is idempotent', () => describeIdempotence(world))
  describe('append is durable', () => describeDurability(world))
}

function describeIdempotence(world: World): void {
  it('the same client id again answers as the first time and changes nothing', async () => {
    const talk = newTalk()
    await world.backbone.store.append(talk.message({ id: 'before' }))
    const first = await world.backbone.store.append(talk.message({ id: 'x', at: 1_700_000_000_500 }))
    await world.backbone.store.append(talk.message({ id: 'after' }))
    const before = await world.backbone.store.read(talk.conversation, { limit: 10 })
    const changed = talk.message({ id: 'x', at: 1_800_000_000_000, body: { text: 'other' }, name: 'N' })
    const again = await world.other.store.append(changed)
    expect(again).toEqual({ ...first, duplicate: true })
    expect(again.prev).toBe('before')
    expect(await world.backbone.store.read(talk.conversation, { limit: 10 })).toEqual(before)
  })

  it('the same client id of an agent and of a customer who have the same id are two messages', async () => {
    const talk = newTalk()
    const agents = { from: talk.customer, side: talk.shop, id: 'same' }
    await world.backbone.store.append(talk.message({ id: 'same' }))
    const second = await world.backbone.store.append(talk.message(agents))
    expect([second.seq, second.duplicate]).toEqual([2, false])
    for (const { store } of [world.backbone, world.other]) {
      expect(await store.append(talk.message({ id: 'same' }))).toMatchObject({ seq: 1, duplicate: true })
      expect(await store.append(talk.message(agents))).toEqual({ ...second, duplicate: true })
    }
    await world.restart()
    expect(await world.backbone.store.append(talk.message(agents))).toEqual({ ...second, duplicate: true })
  })

  it('a reply needs an earlier message, however many try at once', async () => {
    const talk = newTalk()
    const reply = (id: string) => talk.message({ id, from: talk.shop, isReply: true })
    const early = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        (i % 2 === 0 ? world.backbone : world.other).store.append(reply(`r${i}`)).catch(({ name }: Error) => name),
      ),
    )
    expect(early).toEqual(Array(10).fill('NotStarted'))
    expect((await world.backbone.store.read(talk.conversation, { limit: 1 })).head.seq).toBe(0)
    expect(await world.backbone.store.append(talk.message({ isReply: false }))).toMatchObject({ seq: 1 })
    expect(await world.other.store.append(reply('r0'))).toMatchObject({ seq: 2, duplicate: false })
    expect(await world.other.store.append(reply('r0'))).toMatchObject({ seq: 2, duplicate: true })
  })

  it('the same client id many times at once is stored once', async () => {
    const talk = newTalk()
    const appended = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? world.backbone : world.other).store.append(talk.message({ id: 'once', at: 1_700_000_000_000 + i })),
      ),
    )
    expect(appended.filter(({ duplicate }) => !duplicate)).toHaveLength(1)
    expect(new Set(appended.map(({ seq, at }) => `${seq} ${at}`)).size).toBe(1)
    expect((await world.backbone.store.read(talk.conversation, { limit: 10 })).head.seq).toBe(1)
  })

  it('among a thousand later ones too, on any node, by a client that does not say that it repeats', async () => {
    const talk = newTalk()
    const { store } = world.backbone
    await Promise.all(Array.from({ length: 1024 }, () => store.append(talk.message())))
    for (const one of [world.backbone, world.other]) {
      for (const n of [1, 500, 1024]) expect(await one.store.append(talk.message({ id: `m${n}` }))).toMatchObject({ seq: n, duplicate: true })
    }
    await world.restart()
    expect(await world.backbone.store.append(talk.message({ id: 'm1' }))).toMatchObject({ seq: 1, duplicate: true })
    expect((await world.backbone.store.read(talk.conversation, { limit: 1 })).head.seq).toBe(1024)
  })

  it('the last message again by a client that has moved to another node, which knew the conversation from before', async () => {
    const talk = newTalk()
    const [one, two] = [world.backbone.store, world.other.store]
    for (let n = 0; n < 5; n++) {
      await two.append(talk.message({ id: `two-${n}` }))
      const message = talk.message({ id: `moves-${n}` })
      const first = await one.append(message)
      expect(await two.append(message)).toEqual({ ...first, duplicate: true })
      expect(await one.append(message)).toEqual({ ...first, duplicate: true })
    }
    expect((await one.read(talk.conversation, { limit: 1 })).head.seq).toBe(10)
  })

  it('for each conversation and sender separately', async () => {
    const [one, two] = [newTalk(), newTalk()]
    const appended = await Promise.all([
      world.backbone.store.append(one.message({ id: 'x' })),
      world.backbone.store.append(one.message({ id: 'x', from: one.shop })),
      world.backbone.store.append(two.message({ id: 'x' })),
    ])
    expect(appended.map(({ duplicate }) => duplicate)).toEqual([false, false, false])
  })

  it('and no separator makes two keys the same', async () => {
    const talk = newTalk()
    const pairs = [':', '|', ',', '/', '#', '.'].flatMap(
      (mark) =>
        [
          [`a${mark}b`, 'c'],
          ['a', `b${mark}c`],
        ] as const,
    )
    const odd = [
      ['s', 'i'],
      ['s', 'i\0'],
      ['s', 'i '],
      ['s', 'i\n'],
      ['s', '\0i'],
    ] as const
    for (const [from, id] of [...pairs, ...odd]) {
      const { duplicate } = await world.backbone.store.append(talk.message({ from, id }))
      expect({ from, id, duplicate }).toEqual({ from, id, duplicate: false })
    }
  })
}

function describeDurability(world: World): void {
  it('everything that resolved is there after a restart, and numbering continues', async () => {
    const talk = newTalk()
    const { store } = world.backbone
    const last = (await Promise.all(Array.from({ length: 50 }, () => store.append(talk.message({ name: 'Ann' }))))).at(-1)!
    await store.advance({ conversation: talk.conversation, side: talk.shop, delivered: 20, read: 10, origin: '' })
    const before = await store.read(talk.conversation, { limit: 100 })
    const rows = await store.list(talk.shop, { limit: 10 })
    await world.restart()
    expect(await world.backbone.store.read(talk.conversation, { limit: 100 })).toEqual(before)
    expect(await world.backbone.store.list(talk.shop, { limit: 10 })).toEqual(rows)
    const next = await world.backbone.store.append(talk.message({ id: 'next' }))
    expect(next).toMatchObject({ epoch: last.epoch, seq: 51, prev: 'm50', duplicate: false })
  })

  it('a client id is known after a restart', async () => {
    const talk = newTalk()
    const first = await world.backbone.store.append(talk.message({ id: 'x' }))
    await world.backbone.store.append(talk.message({ id: 'y' }))
    await world.restart()
    expect(await world.backbone.store.append(talk.message({ id: 'x' }))).toEqual({ ...first, duplicate: true })
  })

  it('close lets appends under way finish', async () => {
    const talk = newTalk()
    const underWay = Promise.all(Array.from({ length: 30 }, () => world.backbone.store.append(talk.message())))
    await world.restart()
    expect(await underWay).toHaveLength(30)
    expect((await world.backbone.store.read(talk.conversation, { limit: 50 })).head.seq).toBe(30)
  })
}
