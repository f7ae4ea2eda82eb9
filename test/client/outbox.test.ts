import { describe, expect, test } from 'vitest'
import { ClientWorld, textsOf } from '../kit/client-world.ts'

const SHOP = 'shop:42'

const textOf = (input: object): string => (input as { body: { text: string } }).body.text

describe('the outbox', () => {
  test('survives the page: the next page sends what was unsent, whether or not the conversation is opened', async () => {
    const world = new ClientWorld()
    world.gateway.websocket.mode = world.gateway.polling.mode = 'refused'
    const first = world.open('customer:u1', SHOP)
    first.conversation(SHOP).send('a')
    first.conversation(SHOP).send('b')
    await world.clock.advance(100)
    first.close()
    world.gateway.websocket.mode = 'works'
    await world.clock.advance(5000)
    world.open('customer:u1', 'shop:other')
    await world.clock.advance(100)
    expect(world.log).toEqual(['a', 'b'])
    expect([...world.storage('phone').values.keys()].filter((key) => key.includes('~out~'))).toEqual([])
  })

  test('two windows share one list: shown in both, sent once and in the order of pressing send', async () => {
    const world = new ClientWorld()
    world.gateway.websocket.mode = world.gateway.polling.mode = 'refused'
    const [one, two] = [world.open('customer:u1', SHOP), world.open('customer:u1', SHOP)]
    const sends: string[] = []
    world.gateway.swallow = (command, input) => {
      if (command === 'send') sends.push(textOf(input))
      return false
    }
    for (const [window, text] of [
      [one, 'a'],
      [two, 'b'],
      [one, 'c'],
    ] as const) {
      window.conversation(SHOP).send(text)
      await world.clock.advance(10)
    }
    expect(two.conversation(SHOP).outbox.value.map(({ body }) => body.text)).toEqual(['a', 'b', 'c'])
    world.gateway.websocket.mode = 'works'
    one.emit('online')
    two.emit('online')
    await world.clock.advance(5000)
    expect(world.log).toEqual(['a', 'b', 'c'])
    expect(textsOf(one, SHOP)).toEqual(['a', 'b', 'c'])
    expect(textsOf(two, SHOP)).toEqual(['a', 'b', 'c'])
    expect([one, two].map((window) => window.conversation(SHOP).outbox.value.length)).toEqual([0, 0])
    expect(sends.filter((text) => text === 'b')).toHaveLength(1)
  })

  test('a window ends while it sends a message: the other window sends it', async () => {
    const world = new ClientWorld()
    const [one, two] = [world.open('customer:u1', SHOP), world.open('customer:u1', SHOP)]
    await world.clock.advance(10)
    two.conversation(SHOP)
    world.gateway.swallow = (command) => command === 'send'
    one.conversation(SHOP).send('a')
    one.close()
    await world.clock.advance(10)
    world.gateway.swallow = () => false
    await world.clock.advance(5000)
    expect(world.log).toEqual(['a'])
    expect(two.conversation(SHOP).outbox.value).toEqual([])
  })

  test('a final refusal: the message has failed with the reason, later ones go on, retry and discard work', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    const conversation = client.conversation(SHOP)
    world.gateway.refuse = (command, input) => (command === 'send' && textOf(input) !== 'good' ? { code: 'text_too_long' } : undefined)
    const [bad, worse] = [conversation.send('bad')!, conversation.send('worse')!]
    conversation.send('good')
    await world.clock.advance(10)
    expect(conversation.outbox.value.map(({ id, state, refusal }) => [id, state, refusal?.code])).toEqual([
      [bad, 'failed', 'text_too_long'],
      [worse, 'failed', 'text_too_long'],
    ])
    expect(world.log).toEqual(['good'])
    conversation.discard(worse)
    world.gateway.refuse = () => undefined
    conversation.retry(bad)
    await world.clock.advance(10)
    expect(world.log).toEqual(['good', 'bad'])
    expect(conversation.outbox.value).toEqual([])
  })

  test('a retryable refusal waits as long as it says and keeps the order', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    let left = 1
    world.gateway.refuse = (command) => (command === 'send' && left-- > 0 ? { code: 'rate_limited', afterMs: 5000 } : undefined)
    client.conversation(SHOP).send('a')
    client.conversation(SHOP).send('b')
    await world.clock.advance(4900)
    expect(world.log).toEqual([])
    await world.clock.advance(200)
    expect(world.log).toEqual(['a', 'b'])
  })

  test('an item that was being sent when the connection broke three times is set aside, and the next goes on', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    world.gateway.swallow = (command, input, peer) => {
      if (command !== 'send' || textOf(input) !== 'poison') return false
      peer.far.cut()
      return true
    }
    client.conversation(SHOP).send('poison')
    client.conversation(SHOP).send('fine')
    await world.clock.advance(60_000)
    expect(world.log).toEqual(['fine'])
    const left = client.conversation(SHOP).outbox.value.map(({ body, state, refusal }) => [body.text, state, refusal?.retry])
    expect(left).toEqual([['poison', 'failed', false]])
  })

  test('works without storage, and with one that throws or is full', async () => {
    const refuse = (): never => {
      throw new Error('SecurityError')
    }
    const broken = { length: 1, key: refuse, getItem: refuse, setItem: refuse, removeItem: refuse }
    for (const storage of [null, broken]) {
      const world = new ClientWorld()
      const client = world.open('customer:u1', SHOP, { storage })
      client.conversation(SHOP).send('a')
      client.conversation(SHOP).setDraft('half a th')
      await world.clock.advance(100)
      expect(world.log).toEqual(['a'])
      expect(client.conversation(SHOP).draft.value).toBe('half a th')
    }
    const world = new ClientWorld()
    world.storage('phone').limit = 100
    const client = world.open('customer:u1', SHOP)
    client.conversation(SHOP).send('a')
    await world.clock.advance(100)
    expect(world.log).toEqual(['a'])
  })

  test('where storage is full, copies of logs are deleted to make room for unsent messages', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    for (let i = 0; i < 30; i++) world.gateway.say(SHOP, 'u1', `message ${i}`)
    await world.clock.advance(1000)
    const { values } = world.storage('phone')
    const size = [...values].reduce((sum, [key, value]) => sum + key.length + value.length, 0)
    world.storage('phone').limit = size + 20
    world.gateway.websocket.mode = world.gateway.polling.mode = 'refused'
    world.gateway.kill()
    client.conversation(SHOP).send('kept')
    expect([...values.values()].some((value) => value.includes('"kept"'))).toBe(true)
  })

  test('what a gateway has lost is sent again, also where the other side has given a message of its own the same id', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(100)
    client.conversation(SHOP).send('a')
    await world.clock.advance(100)
    const { id } = client.conversation(SHOP).timeline.value.messages[0]!
    world.gateway.loseTail(1)
    for (const [copied, text] of [
      ['other', 'x'],
      [id, 'y'],
    ] as const)
      world.gateway.append([SHOP, 'u1'], { id: copied, from: 'agent', side: SHOP, kind: 'text', body: { text } })
    world.gateway.kill()
    await world.clock.advance(10_000)
    expect(world.log).toEqual(['x', 'y', 'a'])
    expect(textsOf(client, SHOP)).toEqual(['x', 'y', 'a'])
    expect(client.conversation(SHOP).outbox.value).toEqual([])
  })
})
