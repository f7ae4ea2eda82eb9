import { describe, expect, it } from 'vitest'
import { sideChannel } from '../../../../gateway/protocol/keys.ts'
import { messagePacket } from '../../../../gateway/protocol/packets.ts'
import type { World } from './world.ts'
import { newTalk } from './conversation.ts'
import { Recorder } from './recorder.ts'

export function describePublish(world: World): void {
  describe('append publishes', () => {
    it('exactly the packet of the stored entry, in order of seq, with the origin', async () => {
      const talk = newTalk()
      const recorder = await Recorder.inConversation(world.other.bus, talk.conversation)
      await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          world.backbone.store.append(talk.message({ origin: `line-${i}`, ...(i % 2 === 0 ? { name: 'Änne 客' } : {}) })),
        ),
      )
      await recorder.until(50)
      const { messages } = await world.backbone.store.read(talk.conversation, { limit: 100 })
      expect(recorder.packets).toEqual(messages.map(messagePacket))
      expect(recorder.relayed.map(({ origin }) => origin)).toEqual(messages.map(({ seq }) => `line-${seq - 1}`))
      expect(recorder.relayed.map(({ push }) => push)).toEqual(messages.map(({ seq }) => ({ kind: 'messagePush', seq })))
      expect(new Set(recorder.relayed.map((relayed) => relayed.channel))).toEqual(new Set([sideChannel(talk.customer)]))
      expect(recorder.relayed.every(({ packet }) => Buffer.isBuffer(packet))).toBe(true)
      await recorder.close()
    })

    it('once, and nothing for a duplicate', async () => {
      const talk = newTalk()
      const recorder = await Recorder.inConversation(world.other.bus, talk.conversation)
      await world.backbone.store.append(talk.message({ id: 'x' }))
      await world.backbone.store.append(talk.message({ id: 'x' }))
      await world.backbone.bus.publishIn(talk.conversation, '', 'end')
      const packets = await recorder.until(2)
      const { messages } = await world.backbone.store.read(talk.conversation, { limit: 10 })
      expect(packets).toEqual([...messages.map(messagePacket), 'end'])
      await recorder.close()
    })

    it('to both sides, each of which hears all its conversations and no others, once at each node', async () => {
      const [one, two] = [newTalk(), newTalk()]
      const shared = newTalk({ customer: one.customer, shop: two.shop })
      const sides = [one.customer, one.shop, two.customer, two.shop]
      const recorders = await Promise.all(sides.map((side) => Recorder.on(world.other.bus, sideChannel(side))))
      for (const talk of [one, two, shared]) {
        await world.backbone.store.append(talk.message({ id: talk.conversation }))
        await world.other.store.advance({ conversation: talk.conversation, side: talk.shop, read: 1, origin: '' })
        await world.backbone.bus.publishIn(talk.conversation, 'me', 'typing')
      }
      for (const [i, talks] of [[one, shared], [one], [two], [two, shared]].entries()) {
        await recorders[i]!.until(3 * talks.length)
        expect(recorders[i]!.relayed.map(({ conversation }) => conversation)).toEqual(talks.flatMap((talk) => Array(3).fill(talk.conversation)))
        expect(recorders[i]!.packets.filter((packet) => packet === 'typing')).toHaveLength(talks.length)
      }
      await Promise.all(recorders.map((recorder) => recorder.close()))
    })

    it('only what can already be read', async () => {
      const talk = newTalk()
      const reads: Promise<boolean>[] = []
      const all = new Promise<void>(
        (resolve) =>
          void world.other.bus
            .subscribe(sideChannel(talk.shop), () => {
              const count = reads.length + 1
              reads.push(world.other.store.read(talk.conversation, { limit: 100 }).then(({ head }) => head.seq >= count))
              if (count === 20) resolve()
            })
            .then(() => Promise.all(Array.from({ length: 20 }, () => world.backbone.store.append(talk.message())))),
      )
      await all
      expect(await Promise.all(reads)).toEqual(Array.from({ length: 20 }, () => true))
    })
  })
}
