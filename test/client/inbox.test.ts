import { expect, test } from 'vitest'
import { createClient } from '../../widget/client/client.ts'
import { MovableClock } from '../kit/clock.ts'
import { MemoryGateway } from '../kit/memory-gateway.ts'

const QUIET = { isOnline: () => true, subscribe: () => () => {} }

function world() {
  const clock = new MovableClock()
  const gateway = new MemoryGateway(clock)
  const open = (token: string, to?: string) =>
    createClient({ gateway: 'http://gateway.test', token, to, storage: null, transports: gateway.ports(), clock, environment: QUIET })
  return { clock, open }
}

test('the list shows at once what this window reads and writes', async () => {
  const { clock, open } = world()
  const customer = open('customer:u1', 'shop:42')
  const agent = open('agent:42:a1')
  customer.connect()
  agent.connect()
  await clock.advance(10)
  customer.conversation('shop:42').send('hello')
  await clock.advance(10)
  const { inbox } = agent
  await clock.advance(10)
  const row = () => inbox.rows.value.map(({ last, to, unread }) => [to, last?.body.text, unread])
  expect(row()).toEqual([['u1', 'hello', 1]])
  const conversation = agent.conversation('u1')
  await clock.advance(10)
  conversation.markRead()
  expect(row()).toEqual([['u1', 'hello', 0]])
  conversation.send('hi')
  await clock.advance(10)
  expect(row()).toEqual([['u1', 'hi', 0]])
})

test('a message in the list is delivered although nobody opened it, and counts as unread from the start', async () => {
  const { clock, open } = world()
  const customer = open('customer:u1', 'shop:42')
  const agent = open('agent:42:a1')
  customer.connect()
  agent.connect()
  await clock.advance(10)
  const { inbox } = agent
  const conversation = customer.conversation('shop:42')
  for (const text of ['one', 'two', 'three']) {
    conversation.send(text)
    await clock.advance(20)
  }
  expect(inbox.rows.value.map(({ unread }) => unread)).toEqual([3])
  expect(inbox.unread.value).toBe(3)
  expect(conversation.theirs.value).toEqual({ delivered: 3, read: 0 })
})

test('a side that answers has read, even where nothing else says so', async () => {
  const { clock, open } = world()
  const customer = open('customer:u1', 'shop:42')
  const agent = open('agent:42:a1')
  customer.connect()
  agent.connect()
  await clock.advance(10)
  const conversation = customer.conversation('shop:42')
  conversation.send('hello')
  await clock.advance(20)
  const answered = agent.request('send', { to: 'u1', id: 'answer', kind: 'text', body: { text: 'hi' } })
  await clock.advance(20)
  await answered
  expect(conversation.theirs.value.read).toBe(2)
})
