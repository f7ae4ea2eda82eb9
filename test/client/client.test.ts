import { describe, expect, test } from 'vitest'
import { ClientWorld, textsOf } from '../kit/client-world.ts'

describe('two clients and a gateway', () => {
  test('a customer writes, an agent sees it and answers, both see the ticks', async () => {
    const world = new ClientWorld()
    const { clock } = world
    const customer = world.open('customer:u1', 'shop:42')
    const agent = world.open('agent:42:a1', 'u2', { device: 'desk' })
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
    expect(textsOf(agent, 'u1')).toEqual(['hello'])
    expect(theirs.unread.value).toBe(1)
    await clock.advance(1000)
    expect(mine.theirs.value).toEqual({ delivered: 1, read: 0 })
    theirs.markRead()
    theirs.setTyping(true)
    await clock.advance(10)
    expect(theirs.unread.value).toBe(0)
    expect(mine.theirs.value).toEqual({ delivered: 1, read: 1 })
    expect(mine.typing.value).toMatchObject({ from: 'a1' })
    theirs.send('hi')
    await clock.advance(10)
    expect(textsOf(customer, 'shop:42')).toEqual(['hello', 'hi'])
    expect(mine.typing.value).toBeUndefined()
    expect(mine.unread.value).toBe(1)
  })

  test('a kill in the middle loses, doubles and misorders nothing', async () => {
    const world = new ClientWorld()
    const { clock, gateway } = world
    const customer = world.open('customer:u1', 'shop:42')
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
    expect(textsOf(customer, 'shop:42')).toEqual(['1', 'from the shop', '2', '3'])
    expect(world.log).toEqual(['1', 'from the shop', '2', '3'])
    expect(conversation.outbox.value).toEqual([])
    expect(customer.connection.value.name).toBe('live')
  })
})
