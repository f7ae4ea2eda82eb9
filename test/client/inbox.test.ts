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

test('the list follows what this window reads and writes itself', async () => {
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
