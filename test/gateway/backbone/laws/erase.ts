import { describe, expect, it } from 'vitest'
import { newTalk, type Talk } from './conversation.ts'
import { Recorder } from './recorder.ts'
import type { World } from './world.ts'

const EMPTY = { messages: [], head: { seq: 0 }, cursors: {}, names: {} }

async function talkWithEverything({ backbone: { store } }: World): Promise<Talk> {
  const talk = newTalk()
  for (let i = 0; i < 5; i++) await store.append(talk.message({ name: 'Lin' }))
  await store.append(talk.message({ from: 'agent', side: talk.shop, name: 'Bo' }))
  await store.advance({ conversation: talk.conversation, side: talk.shop, read: 3, origin: '' })
  const muted = [{ side: talk.customer }]
  await store.setAssignment({ conversation: talk.conversation, text: 'a text', expect: '', phase: 'open', muted })
  return talk
}

async function expectEmpty({ other: { store } }: World, { conversation, customer, shop }: Talk): Promise<void> {
  const page = await store.read(conversation, { limit: 9 })
  expect(page).toMatchObject(EMPTY)
  expect(page.assignment).toBeUndefined()
  for (const side of [customer, shop]) expect((await store.list(side, { limit: 9 })).rows).toEqual([])
}

export function describeErase(world: World): void {
  describe('a conversation that is erased', () => {
    it('reads as if nobody had ever written, at every node and after a restart', async () => {
      const talk = await talkWithEverything(world)
      expect(await world.backbone.store.erase(talk.conversation)).toBe(true)
      await expectEmpty(world, talk)
      await world.restart()
      await expectEmpty(world, talk)
    })

    it('may be erased again, and one that never was, too', async () => {
      const talk = await talkWithEverything(world)
      await world.backbone.store.erase(talk.conversation)
      expect(await world.other.store.erase(talk.conversation)).toBe(false)
      expect(await world.backbone.store.erase(newTalk().conversation)).toBe(false)
      await expectEmpty(world, talk)
    })

    it('begins again with seq 1 and another epoch, whichever node writes; a message that was stored before is a new one', async () => {
      const talk = newTalk()
      const message = talk.message()
      const first = await world.backbone.store.append(message)
      await world.other.store.append(talk.message())
      await world.other.store.erase(talk.conversation)
      const again = await world.backbone.store.append(message)
      expect(again).toMatchObject({ seq: 1, duplicate: false })
      expect(again.epoch).not.toBe(first.epoch)
      expect(again.prev).toBeUndefined()
      const next = await world.other.store.append(talk.message())
      expect(next).toMatchObject({ seq: 2, epoch: again.epoch, prev: message.id })
      await world.restart()
      const { messages, head } = await world.backbone.store.read(talk.conversation, { limit: 9 })
      expect(messages.map(({ seq, epoch }) => [seq, epoch])).toEqual([
        [1, again.epoch],
        [2, again.epoch],
      ])
      expect(head.epoch).toBe(again.epoch)
      for (const side of [talk.customer, talk.shop]) expect((await world.other.store.list(side, { limit: 9 })).rows).toHaveLength(1)
      expect(await world.other.store.append(message)).toMatchObject({ seq: 1, duplicate: true })
    })

    it('loses its mutes', async () => {
      const talk = await talkWithEverything(world)
      await expect(world.backbone.store.append(talk.message())).rejects.toMatchObject({ name: 'Muted' })
      await world.backbone.store.erase(talk.conversation)
      expect(await world.other.store.append(talk.message())).toMatchObject({ seq: 1 })
    })

    it('publishes nothing, and leaves the others alone', async () => {
      const [talk, other] = [await talkWithEverything(world), await talkWithEverything(world)]
      const before = await world.backbone.store.read(other.conversation, { limit: 9 })
      const recorder = await Recorder.inConversation(world.other.bus, talk.conversation)
      await world.backbone.store.erase(talk.conversation)
      await world.backbone.store.append(talk.message())
      expect(await recorder.until(1)).toHaveLength(1)
      await recorder.close()
      expect(await world.other.store.read(other.conversation, { limit: 9 })).toEqual(before)
    })

    it('has each append of many at once either before it or behind it, in one log without holes', async () => {
      const talk = newTalk()
      const { store } = world.backbone
      for (let i = 0; i < 3; i++) await store.append(talk.message())
      const appending = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? store : world.other.store).append(talk.message()))
      const erasing = world.other.store.erase(talk.conversation)
      appending.push(...Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? store : world.other.store).append(talk.message())))
      const [appended] = await Promise.all([Promise.all(appending), erasing])
      await world.restart()
      const { messages, head } = await world.backbone.store.read(talk.conversation, { limit: 100 })
      expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: head.seq }, (_, i) => i + 1))
      expect(appended.filter(({ epoch }) => epoch === head.epoch)).toHaveLength(head.seq)
    })
  })

  describe('a picture that is removed', () => {
    it('is not there any more, and may be removed again', async () => {
      const { images } = world.backbone
      const [kept, waiting] = [
        await images.put({ type: 'image/png', bytes: Buffer.from('kept') }),
        await images.put({ type: 'image/png', bytes: Buffer.from('w') }, 60_000),
      ]
      for (const id of [kept, waiting, kept]) await images.remove(id)
      for (const id of [kept, waiting]) expect(await world.other.images.get(id)).toBeUndefined()
    })
  })
}
