import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../gateway/protocol/model.ts'
import { EMPTY, insert, prepend, reconcile, startTimeline, trim, type Timeline } from '../../widget/client/timeline.ts'
import { ClientWorld, textsOf } from '../kit/client-world.ts'

const SHOP = 'shop:42'

const message = (seq: number, id = `m${seq}`, prev = `m${seq - 1}`, epoch = 'e'): Message => ({
  conversation: 'c',
  epoch,
  seq,
  id,
  from: 'u',
  side: 'u',
  kind: 'text',
  body: { text: id },
  at: seq,
  ...(seq > 1 ? { prev } : {}),
})
const log = (from: number, to: number): Message[] => Array.from({ length: to - from + 1 }, (_, i) => message(from + i))
const start = (messages: Message[], hasOlder = false): Timeline => startTimeline('e', messages, hasOlder)
const seqs = ({ messages }: Timeline): number[] => messages.map(({ seq }) => seq)

describe('the timeline', () => {
  test('messages in any order, any number of times: the log, without holes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 60 }), (arrivals) => {
        const timeline = arrivals.reduce((held, seq) => insert(held, message(seq))!, start([]))
        let end = 0
        while (arrivals.includes(end + 1)) end++
        expect(seqs(timeline)).toEqual(log(1, end).map(({ seq }) => seq))
        expect(timeline.early.map(({ seq }) => seq)).toEqual([...new Set(arrivals)].filter((seq) => seq > end).sort((a, b) => a - b))
      }),
    )
  })

  test('before anything is known, every message is early', () => {
    expect(insert(EMPTY, message(7))).toEqual({ ...EMPTY, early: [message(7)] })
  })

  test('another epoch, a broken link, another message under a known number: another log', () => {
    const held = start(log(1, 3))
    expect(seqs(insert(held, message(4))!)).toEqual([1, 2, 3, 4])
    expect(insert(held, message(3))).toBe(held)
    expect(insert(held, message(5))).toEqual({ ...held, early: [message(5)] })
    expect(insert(held, message(4, 'm4', 'm3', 'other'))).toBeUndefined()
    expect(insert(held, message(4, 'm4', 'x'))).toBeUndefined()
    expect(insert(held, message(2, 'x', 'm1'))).toBeUndefined()
    expect(insert(insert(held, message(5, 'm5', 'x'))!, message(4))).toBeUndefined()
    expect(start(log(1, 3)).early).toEqual(startTimeline('e', log(1, 3), false, [message(4, 'm4', 'x')]).early)
  })

  test('older pages fit below or are ignored', () => {
    const held = start(log(10, 12), true)
    expect(seqs(prepend(held, log(5, 9), true))).toEqual([5, 6, 7, 8, 9, 10, 11, 12])
    expect(seqs(prepend(held, log(5, 11), true))).toEqual([5, 6, 7, 8, 9, 10, 11, 12])
    expect(seqs(prepend(held, log(3, 7), true))).toEqual([10, 11, 12])
    expect(trim(prepend(held, log(1, 9), false), 4)).toMatchObject({ hasOlder: true, end: 12 })
  })

  test('after a divergence: the shared part, what the gateway has, and what it lost', () => {
    const page = [...log(1, 3), message(4, 'x', 'm3'), message(5, 'y', 'x')]
    const result = reconcile(start(log(1, 6)), page, 'e', true)
    expect(result.timeline.messages.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3', 'x', 'y'])
    expect(result.lost.map(({ id }) => id)).toEqual(['m4', 'm5', 'm6'])
    // nothing shared, nothing of ours below the page, or nothing older to look through: settled
    const other = [message(4, 'x'), message(5, 'y', 'x')]
    expect(reconcile(start(log(3, 6)), other, 'e', true)).toMatchObject({ isDoubtful: true })
    expect(reconcile(start(log(3, 6)), other, 'e', false)).toMatchObject({ isDoubtful: false, timeline: { messages: other, hasOlder: false } })
    expect(reconcile(start(log(4, 6)), page, 'e', true)).toMatchObject({ isDoubtful: false, timeline: { messages: page, hasOlder: true } })
  })

  test('a message that was sent again under its old number does not prove that the log below is the same', () => {
    const page = [message(1, 'x'), message(2, 'm2', 'x')]
    expect(reconcile(start(log(1, 3)), page, 'e', false)).toMatchObject({ timeline: { messages: page }, lost: [message(1), message(3)] })
  })
})

describe('a log that changes during a connection', () => {
  test.each([1, 2])('%i entries lost and their numbers reused: the next push shows it, own messages are sent again', async (lost) => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    for (const text of ['a', 'b', 'c']) client.conversation(SHOP).send(text)
    await world.clock.advance(10)
    const stored = world.gateway.log(SHOP, 'u1')
    stored.messages = stored.messages.slice(0, -lost)
    world.gateway.say(SHOP, 'u1', 'from the shop')
    await world.clock.advance(1000)
    const all = ['a', 'b', 'c'].slice(0, -lost).concat('from the shop', ['a', 'b', 'c'].slice(-lost))
    expect(world.log).toEqual(all)
    expect(textsOf(client, SHOP)).toEqual(all)
    expect(world.gateway.hellos).toHaveLength(1)
  })

  test('a lost push is noticed at the next one, read after a moment, and nothing is shown out of order', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    client.conversation(SHOP)
    world.gateway.websocket.drops = (packet) => packet.includes('"lost"')
    world.gateway.say(SHOP, 'u1', 'lost')
    world.gateway.websocket.drops = () => false
    world.gateway.say(SHOP, 'u1', 'next')
    await world.clock.advance(200)
    expect(textsOf(client, SHOP)).toEqual([])
    await world.clock.advance(200)
    expect(textsOf(client, SHOP)).toEqual(['lost', 'next'])
  })

  test('an event is shown in one step, and a message is either in the timeline or in the outbox', async () => {
    const world = new ClientWorld()
    world.gateway.say(SHOP, 'u1', 'first')
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    const conversation = client.conversation(SHOP)
    const { timeline, outbox } = conversation
    const steps: string[][] = []
    const note = (): void => void steps.push(timeline.value.messages.map(({ body }) => body.text))
    timeline.subscribe(note)
    world.gateway.websocket.drops = (packet) => packet.startsWith('2["messagePush"')
    for (const text of ['a', 'b', 'c', 'd']) world.gateway.say(SHOP, 'u1', text)
    world.gateway.websocket.drops = () => false
    world.gateway.say(SHOP, 'u1', 'e')
    await world.clock.advance(1000)
    expect(steps).toEqual([['first', 'a', 'b', 'c', 'd', 'e']])
    let items = 0
    outbox.subscribe(() => items++)
    conversation.send('mine')
    await world.clock.advance(10)
    expect([steps.length, items]).toEqual([2, 3])
    expect([steps.at(-1)!.at(-1), outbox.value]).toEqual(['mine', []])
  })

  test('a lost push is read even while more messages come', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    world.gateway.say(SHOP, 'u1', 'one')
    await world.clock.advance(10)
    world.gateway.websocket.drops = (packet) => packet.startsWith('2["messagePush"') && packet.includes('"lost"')
    for (const text of ['lost', 'a', 'b', 'c', 'd']) {
      world.gateway.say(SHOP, 'u1', text)
      await world.clock.advance(100)
    }
    expect(textsOf(client, SHOP)).toEqual(['one', 'lost', 'a', 'b', 'c', 'd'])
  })

  test('a store loses everything behind a gap: the gap is closed, and messages that were answered and never shown are sent again', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    world.gateway.websocket.drops = (packet) => packet.startsWith('2["messagePush"')
    world.gateway.say(SHOP, 'u1', 'lost')
    client.conversation(SHOP).send('mine')
    await world.clock.advance(10)
    expect(client.conversation(SHOP).outbox.value.map(({ state }) => state)).toEqual(['sending'])
    world.gateway.forget(false)
    await world.clock.advance(1000)
    expect([world.log, textsOf(client, SHOP), client.conversation(SHOP).outbox.value]).toEqual([['mine'], ['mine'], []])
  })

  test('a reload shows the newest messages before the network answers', async () => {
    const world = new ClientWorld()
    const first = world.open('customer:u1', SHOP)
    for (let i = 1; i <= 60; i++) world.gateway.say(SHOP, 'u1', String(i))
    await world.clock.advance(1000)
    void first.conversation(SHOP).loadOlder()
    await world.clock.advance(1000)
    first.close()
    world.gateway.websocket.mode = world.gateway.polling.mode = 'hangs'
    const again = world.open('customer:u1', SHOP)
    expect(textsOf(again, SHOP)).toEqual(Array.from({ length: 50 }, (_, i) => String(i + 11)))
    expect(again.conversation(SHOP).timeline.value).toMatchObject({ isLoaded: true, hasOlder: true })
    const stranger = world.open('customer:u2', SHOP)
    expect(textsOf(stranger, SHOP)).toEqual([])
  })

  test('typing: sent every three seconds at most, shown for six, ended by a message', async () => {
    const world = new ClientWorld()
    const [customer, agent] = [world.open('customer:u1', SHOP), world.open('agent:42:a1', 'u1', { device: 'desk' })]
    await world.clock.advance(10)
    let said = 0
    world.gateway.swallow = (command) => {
      if (command === 'typing') said++
      return false
    }
    const mine = customer.conversation(SHOP)
    await world.clock.advance(10)
    for (let key = 0; key < 10; key++) {
      mine.setTyping(true)
      await world.clock.advance(500)
    }
    expect(said).toBe(2)
    const { typing } = agent.conversation('u1')
    expect(typing.value).toMatchObject({ from: 'u1' })
    await world.clock.advance(6000)
    expect(typing.value).toBeUndefined()
    mine.setTyping(true)
    await world.clock.advance(10)
    expect(typing.value).toMatchObject({ from: 'u1' })
    mine.send('there')
    await world.clock.advance(10)
    expect(typing.value).toBeUndefined()
  })
})
