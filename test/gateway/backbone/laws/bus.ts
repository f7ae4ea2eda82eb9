import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sideChannel, userChannel } from '../../../../gateway/protocol/keys.ts'
import { newTalk } from './conversation.ts'
import type { World } from './world.ts'
import { Recorder } from './recorder.ts'

export function describeBus(world: World): void {
  describe('the bus', () => {
    const newChannel = (): string => userChannel(`u-${randomUUID()}`)

    it('relays what is published after subscribing, in order, to every listener', async () => {
      const channel = newChannel()
      await world.backbone.bus.publish(channel, '', 'too early')
      const [one, two] = [await Recorder.on(world.backbone.bus, channel), await Recorder.on(world.other.bus, channel)]
      const packets = Array.from({ length: 30 }, (_, i) => `2["noticePush",{"text":"${i} 客 \\u2028"}]`)
      await Promise.all(packets.map((packet, i) => world.backbone.bus.publish(channel, `line-${i}`, packet)))
      expect(await one.until(30)).toEqual(packets)
      expect(await two.until(30)).toEqual(packets)
      expect(one.relayed.map(({ origin }) => origin)).toEqual(packets.map((_, i) => `line-${i}`))
      expect(one.relayed.map(({ push }) => push)).toEqual(packets.map(() => ({ kind: 'noticePush' })))
      expect(one.relayed[0]!.channel).toBe(channel)
      await Promise.all([one.close(), two.close()])
    })

    it('keeps channels apart', async () => {
      const [here, there] = [newChannel(), newChannel()]
      const recorder = await Recorder.on(world.backbone.bus, here)
      await world.backbone.bus.publish(there, '', 'elsewhere')
      await world.backbone.bus.publish(here + '0', '', 'elsewhere')
      await world.backbone.bus.publish(here, '', 'here')
      expect(await recorder.until(1)).toEqual(['here'])
      await recorder.close()
    })

    it('stops calling a listener once its subscription is closed, but not the others', async () => {
      const channel = newChannel()
      const [leaving, staying] = [await Recorder.on(world.backbone.bus, channel), await Recorder.on(world.backbone.bus, channel)]
      await world.backbone.bus.publish(channel, '', 'one')
      await Promise.all([leaving.until(1), staying.until(1)])
      await leaving.close()
      await leaving.close()
      await world.other.bus.publish(channel, '', 'two')
      await staying.until(2)
      expect(leaving.packets).toEqual(['one'])
      await staying.close()
      const again = await Recorder.on(world.backbone.bus, channel)
      await world.other.bus.publish(channel, '', 'three')
      expect(await again.until(1)).toEqual(['three'])
      expect(staying.packets).toEqual(['one', 'two'])
      await again.close()
    })

    it('treats one function that subscribes twice as two listeners', async () => {
      const channel = newChannel()
      let calls = 0
      const count = (): void => void calls++
      const first = await world.backbone.bus.subscribe(channel, count)
      const second = await world.backbone.bus.subscribe(channel, count)
      await first.close()
      const end = await Recorder.on(world.backbone.bus, channel)
      await world.backbone.bus.publish(channel, '', 'one')
      await end.until(1)
      expect(calls).toBe(1)
      await Promise.all([second.close(), end.close()])
    })

    it('lets a read begin behind a subscription that is not confirmed: each message is in the page or heard', async () => {
      for (let round = 0; round < 30; round++) {
        const talk = newTalk()
        const appending = Array.from({ length: 6 }, () => world.other.store.append(talk.message()))
        const recording = Recorder.on(world.backbone.bus, sideChannel(talk.shop))
        const reading = world.backbone.store.read(talk.conversation, { limit: 100, behind: sideChannel(talk.shop) })
        const more = Array.from({ length: 6 }, () => world.other.store.append(talk.message()))
        const [recorder, { messages }] = await Promise.all([recording, reading, ...appending, ...more])
        const heardFrom = messages.length
        const packets = await recorder.until(12 - heardFrom)
        const heard = new Set(packets.map((packet) => (JSON.parse(packet.slice(1)) as [string, { seq: number }])[1].seq))
        const all = [...new Set([...messages.map(({ seq }) => seq), ...heard])].sort((a, b) => a - b)
        expect(all).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
        await recorder.close()
      }
    })

    it('stops reporting gaps when the listener is removed', () => {
      const stop = world.backbone.bus.onGap(() => undefined)
      stop()
      stop()
    })

    it('allows listeners to subscribe and unsubscribe while they are called', async () => {
      const channel = newChannel()
      const heard: string[] = []
      const nested: Promise<unknown>[] = []
      const first = await world.backbone.bus.subscribe(channel, ({ packet }) => {
        heard.push(packet.toString())
        nested.push(
          first.close(),
          world.backbone.bus.subscribe(channel, (relayed) => heard.push(`nested ${relayed.packet}`)),
        )
      })
      const end = await Recorder.on(world.backbone.bus, channel)
      await world.backbone.bus.publish(channel, '', 'one')
      await end.until(1)
      await Promise.all(nested)
      await world.backbone.bus.publish(channel, '', 'two')
      await end.until(2)
      expect(heard.filter((one) => one.endsWith('two'))).toEqual(['nested two'])
      await end.close()
    })
  })
}
