import { describe, expect, test } from 'vitest'
import { createClient } from '../../widget/client/client.ts'
import { MovableClock } from '../kit/clock.ts'
import { MemoryGateway } from '../kit/memory-gateway.ts'

const QUIET = { isOnline: () => true, subscribe: () => () => {} }

function world() {
  const clock = new MovableClock()
  const gateway = new MemoryGateway(clock)
  const open = (token: string, to?: string) =>
    createClient({
      gateway: 'http://gateway.test', token, to, storage: null, transports: gateway.ports(), clock, environment: QUIET,
    })
  return { clock, gateway, open }
}

const texts = (conversation: { timeline: { value: { messages: readonly { body: { text: string } }[] } } }) =>
  conversation.timeline.value.messages.map(({ body }) => body.text)

describe('two clients and a gateway', () => {
  test('a customer writes, an agent sees it and answers, both see the ticks', async () => {
    const { clock, open } = world()
    const customer = open('customer:u1', 'shop:42')
    const agent = open('agent:42:a1')
    customer.connect()
    agent.connect()
    await clock.advance(10)
    expect(customer.connection.value).toEqual({ name: 'live', transport: 'websocket' })
    const mine = customer.conversation('shop:42')
    const id = mine.send('hello')
    expect(mine.outbox.value.map(({ state }) => state)).toEqual(['sending'])
    await clock.advance(10)
    expect(mine.outbox.value).toEqual([])
    expect(mine.timeline.value.messages.map((message) => message.id)).toEqual([id])
    const theirs = agent.conversation('u1')
    await clock.advance(10)
    expect(texts(theirs)).toEqual(['hello'])
    expect(theirs.unread.value).toBe(1)
    await clock.advance(1000)
    expect(mine.theirs.value).toEqual({ delivered: 1, read: 0 })
    theirs.markRead()
    theirs.setTyping(true)
    await clock.advance(10)
    expect(theirs.unread.value).toBe(0)
    expect(mine.theirs.value).toEqual({ delivered: 1, read: 1 })
    expect(mine.typing.value).toEqual({ from: 'a1' })
    theirs.send('hi')
    await clock.advance(10)
    expect(texts(mine)).toEqual(['hello', 'hi'])
    expect(mine.typing.value).toBeUndefined()
    expect(mine.unread.value).toBe(1)
  })

  test('a kill in the middle loses nothing, doubles nothing and keeps the order', async () => {
    const { clock, gateway, open } = world()
    const customer = open('customer:u1', 'shop:42')
    customer.connect()
    await clock.advance(10)
    const conversation = customer.conversation('shop:42')
    gateway.muteAnswer = (command) => command === 'send'
    conversation.send('1')
    conversation.send('2')
    await clock.advance(10)
    gateway.kill()
    gateway.muteAnswer = () => false
    gateway.say('shop:42', 'u1', 'from the shop')
    await clock.advance(5)
    expect(customer.connection.value.name).toBe('waiting')
    conversation.send('3')
    await clock.advance(2000)
    expect(texts(conversation)).toEqual(['1', 'from the shop', '2', '3'])
    expect(gateway.log('shop:42', 'u1').messages.map(({ body }) => body.text)).toEqual(['1', 'from the shop', '2', '3'])
    expect(conversation.outbox.value).toEqual([])
    expect(customer.connection.value.name).toBe('live')
  })
})
