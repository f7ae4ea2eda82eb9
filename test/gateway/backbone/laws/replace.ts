import { describe, expect, it } from 'vitest'
import type { Message } from '../../../../gateway/protocol/model.ts'
import { newTalk, type Talk } from './conversation.ts'
import { Recorder } from './recorder.ts'
import type { World } from './world.ts'

const GONE = { kind: 'withdrawn', body: { text: '' } } as const

/** What is to stand in this entry's place. */
const goneOf = (message: Message): Message => ({ ...message, ...GONE })

const fill = async (world: World, talk: Talk, count: number): Promise<Message[]> => {
  for (let i = 0; i < count; i++) await world.backbone.store.append(talk.message())
  return [...(await world.backbone.store.read(talk.conversation, { limit: count })).messages]
}

export function describeReplace(world: World): void {
  describe('an entry that is replaced', () => {
    it('keeps number, link, author, id and time, and no read or list has its words', () => losesWords(world))

    it('is as durable as an append, and replaced again', async () => {
      const talk = newTalk()
      const before = await fill(world, talk, 3)
      await world.backbone.store.replace(goneOf(before[1]!))
      await world.restart()
      const changed = { ...goneOf(before[1]!), body: { text: 'once more' } }
      expect(await world.other.store.replace(changed)).toBe(true)
      await world.backbone.store.append(talk.message())
      await world.restart()
      const after = (await world.backbone.store.read(talk.conversation, { limit: 9 })).messages
      expect(after.slice(0, 3)).toEqual([before[0], { ...before[1]!, ...changed }, before[2]])
    })

    it('is still known: sent again it answers as the first time', async () => {
      const talk = newTalk()
      const message = talk.message({ id: 'x","from":"' })
      const first = await world.backbone.store.append(message)
      await world.backbone.store.replace({ ...message, ...GONE, epoch: first.epoch, seq: 1 })
      expect(await world.other.store.append(message)).toEqual({ ...first, duplicate: true })
      expect((await world.other.store.read(talk.conversation, { limit: 9 })).messages).toMatchObject([GONE])
    })

    it('has to be there: of this epoch, number and id', async () => {
      const talk = newTalk()
      const [entry] = await fill(world, talk, 2)
      const gone = goneOf(entry!)
      const { store } = world.backbone
      expect(await store.replace({ ...gone, id: 'another' })).toBe(false)
      expect(await store.replace({ ...gone, epoch: 'another' })).toBe(false)
      expect(await store.replace({ ...gone, seq: 9 })).toBe(false)
      expect(await store.replace({ ...gone, seq: 2 })).toBe(false)
      expect(await store.replace({ ...gone, conversation: newTalk().conversation })).toBe(false)
      expect((await store.read(talk.conversation, { limit: 9 })).messages[0]).toEqual(entry)
      expect(await store.replace(gone)).toBe(true)
      expect(await store.replace(gone)).toBe(true)
    })

    it('publishes nothing, and appends beside it go on', () => staysQuiet(world))
  })
}

async function losesWords(world: World): Promise<void> {
  const talk = newTalk()
  const before = await fill(world, talk, 4)
  for (const seq of [2, 4]) expect(await world.other.store.replace(goneOf(before[seq - 1]!))).toBe(true)
  const expected = before.map((message) => (message.seq % 2 === 0 ? { ...message, ...GONE } : message))
  const { store } = world.backbone
  expect((await store.read(talk.conversation, { limit: 9 })).messages).toEqual(expected)
  expect((await store.read(talk.conversation, { after: 1, limit: 2 })).messages).toEqual(expected.slice(1, 3))
  expect((await store.read(talk.conversation, { before: 3, limit: 1 })).messages).toEqual(expected.slice(1, 2))
  for (const side of [talk.customer, talk.shop]) expect((await store.list(side, { limit: 1 })).rows[0]!.last).toEqual(expected[3])
  expect(await store.append(talk.message({ id: 'next' }))).toMatchObject({ seq: 5, prev: before[3]!.id })
}

async function staysQuiet(world: World): Promise<void> {
  const talk = newTalk()
  const before = await fill(world, talk, 2)
  const recorder = await Recorder.inConversation(world.other.bus, talk.conversation)
  const { store, bus } = world.backbone
  const [isThere, ...appended] = await Promise.all([
    store.replace(goneOf(before[0]!)),
    ...Array.from({ length: 5 }, () => store.append(talk.message())),
    ...Array.from({ length: 5 }, () => world.other.store.append(talk.message({ side: talk.shop, from: 'agent-1' }))),
  ])
  expect(isThere).toBe(true)
  expect(appended.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => i + 3))
  await bus.publishIn(talk.conversation, '', 'end')
  const packets = await recorder.until(11)
  expect(packets.filter((packet) => packet.includes('messagePush'))).toHaveLength(10)
  const { messages } = await store.read(talk.conversation, { limit: 20 })
  expect(messages.slice(0, 2)).toEqual([{ ...before[0]!, ...GONE }, before[1]])
  await recorder.close()
}
