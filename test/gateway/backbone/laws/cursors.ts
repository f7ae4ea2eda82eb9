import { describe, expect, it } from 'vitest'
import { cursorPacket, messagePacket } from '../../../../gateway/protocol/packets.ts'
import type { World } from './world.ts'
import { newTalk, type Talk } from './conversation.ts'
import { Recorder } from './recorder.ts'

const fill = async (world: World, talk: Talk, count: number): Promise<void> => {
  await Promise.all(Array.from({ length: count }, () => world.backbone.store.append(talk.message())))
}

export function describeCursors(world: World): void {
  describe('a cursor', () => {
    const move = (talk: Talk, to: { delivered?: number; read?: number }) =>
      world.backbone.store.advance({ conversation: talk.conversation, side: talk.shop, origin: 'line-2', ...to })

    it("of the sender moves to the new entry, the other side's stays", async () => {
      const talk = newTalk()
      await fill(world, talk, 3)
      await world.backbone.store.append(talk.message({ from: 'agent-1', side: talk.shop }))
      const { cursors } = await world.backbone.store.read(talk.conversation, { limit: 1 })
      expect(cursors).toEqual({ [talk.customer]: { delivered: 3, read: 3 }, [talk.shop]: { delivered: 4, read: 4 } })
    })

    it('only moves forward', async () => {
      const talk = newTalk()
      await fill(world, talk, 9)
      expect(await move(talk, { delivered: 5 })).toEqual({ delivered: 5, read: 0 })
      expect(await move(talk, { delivered: 3 })).toEqual({ delivered: 5, read: 0 })
      expect(await move(talk, { read: 4 })).toEqual({ delivered: 5, read: 4 })
      expect(await move(talk, { delivered: 1, read: 2 })).toEqual({ delivered: 5, read: 4 })
      expect(await move(talk, {})).toEqual({ delivered: 5, read: 4 })
      const { cursors } = await world.other.store.read(talk.conversation, { limit: 1 })
      expect(cursors[talk.shop]).toEqual({ delivered: 5, read: 4 })
    })

    it('that has read has received', async () => {
      const talk = newTalk()
      await fill(world, talk, 4)
      expect(await move(talk, { read: 3 })).toEqual({ delivered: 3, read: 3 })
      expect(await move(talk, { delivered: 1, read: 4 })).toEqual({ delivered: 4, read: 4 })
    })

    it('is clipped to the head, also in an empty conversation', async () => {
      const talk = newTalk()
      expect(await move(talk, { read: 7 })).toEqual({ delivered: 0, read: 0 })
      await fill(world, talk, 2)
      expect(await move(talk, { delivered: 99 })).toEqual({ delivered: 2, read: 0 })
      expect(await move(talk, { read: 99 })).toEqual({ delivered: 2, read: 2 })
      await fill(world, talk, 1)
      const { cursors } = await world.backbone.store.read(talk.conversation, { limit: 1 })
      expect(cursors[talk.shop]).toEqual({ delivered: 2, read: 2 })
    })

    it('ends at the furthest of many concurrent moves', async () => {
      const talk = newTalk()
      await fill(world, talk, 20)
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          (i % 2 === 0 ? world.backbone : world.other).store.advance({
            conversation: talk.conversation,
            side: talk.shop,
            read: ((i * 7) % 20) + 1,
            origin: '',
          }),
        ),
      )
      expect(await move(talk, {})).toEqual({ delivered: 20, read: 20 })
    })
    it('is published if it moved, with the origin, and only then', () => publishesMoves(world))
  })
}

async function publishesMoves(world: World): Promise<void> {
  const talk = newTalk()
  const recorder = await Recorder.inConversation(world.other.bus, talk.conversation)
  const move = (to: { delivered?: number; read?: number }) =>
    world.backbone.store.advance({ conversation: talk.conversation, side: talk.shop, origin: 'line-2', ...to })
  await move({ read: 1 })
  await fill(world, talk, 3)
  await move({ delivered: 2 })
  await move({ delivered: 2 })
  await move({ read: 1 })
  await move({ read: 99 })
  await move({ read: 99 })
  await world.backbone.bus.publishIn(talk.conversation, '', 'end')
  const packets = await recorder.until(7)
  const { messages } = await world.backbone.store.read(talk.conversation, { limit: 10 })
  expect(packets).toEqual([
    ...messages.map(messagePacket),
    cursorPacket(talk.conversation, talk.shop, { delivered: 2, read: 0 }),
    cursorPacket(talk.conversation, talk.shop, { delivered: 2, read: 1 }),
    cursorPacket(talk.conversation, talk.shop, { delivered: 3, read: 3 }),
    'end',
  ])
  expect(recorder.relayed.slice(3, 6).map(({ origin }) => origin)).toEqual(['line-2', 'line-2', 'line-2'])
  await recorder.close()
}
