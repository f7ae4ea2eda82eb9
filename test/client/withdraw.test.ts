/** A message is taken back: what both windows show, their lists and their devices, whatever the connection does meanwhile. */
import { describe, expect, test } from 'vitest'
import type { RefusalError } from '../../widget/client/refusal-error.ts'
import type { ListingClient } from '../../widget/client/types.ts'
import { ClientWorld } from '../kit/client-world.ts'

const MINUTE_MS = 60_000

async function talk() {
  const world = new ClientWorld()
  const customer = world.open('customer:u1', 'shop:42', { device: 'phone' })
  const agent = world.open('agent:42:a1', 'u1', { device: 'desk' })
  await world.clock.advance(10)
  const [mine, theirs] = [customer.conversation('shop:42'), agent.conversation('u1')]
  void agent.inbox
  const say = async (text: string): Promise<string> => {
    const id = mine.send(text)!
    await world.clock.advance(10)
    return id
  }
  await say('hello')
  return { world, customer, agent, mine, theirs, say }
}
const shown = (client: ListingClient, to: string): string[] =>
  client.conversation(to).timeline.value.messages.map(({ kind, body }) => (kind === 'withdrawn' ? 'withdrawn' : body.text))
const lastOf = (client: ListingClient): string | undefined => client.inbox.rows.value[0]?.last?.kind
const codeOf = (asked: Promise<void>): Promise<string | undefined> =>
  asked.then(
    () => undefined,
    (error: RefusalError) => error.code,
  )

test('both sides see it at once, in the conversation and in the list; unread counts stay', async () => {
  const { world, customer, agent, mine, say } = await talk()
  void customer.inbox
  await world.clock.advance(10)
  const id = await say('secret')
  const withdrawn = mine.withdraw(id)
  await world.clock.advance(10)
  await withdrawn
  for (const [client, to] of [
    [customer, 'shop:42'],
    [agent, 'u1'],
  ] as const)
    expect(shown(client, to)).toEqual(['hello', 'withdrawn'])
  expect([lastOf(customer), lastOf(agent)]).toEqual(['withdrawn', 'withdrawn'])
  expect(agent.inbox.unread.value).toBe(2)
})

test('the words leave both devices, also where the other one was away, and where its page was closed', async () => {
  const { world, agent, mine, say } = await talk()
  const id = await say('secret')
  await world.clock.advance(1000)
  expect(world.storage('desk').dump()).toContain('secret')
  agent.emit('leave')
  agent.close()
  const withdrawn = mine.withdraw(id)
  await world.clock.advance(1000)
  await withdrawn
  expect(world.storage('phone').dump()).not.toContain('secret')
  const later = world.open('agent:42:a1', 'u1', { device: 'desk' })
  expect(shown(later, 'u1')).toEqual(['hello', 'secret'])
  await world.clock.advance(1000)
  expect(shown(later, 'u1')).toEqual(['hello', 'withdrawn'])
  expect(world.storage('desk').dump()).not.toContain('secret')
})

test('a connection that breaks for a moment tells what was withdrawn meanwhile', async () => {
  const { world, agent, mine, say } = await talk()
  const id = await say('secret')
  for (const peer of world.gateway.peers) if (peer.identity?.side === 'shop:42') peer.far.cut()
  const withdrawn = mine.withdraw(id)
  await world.clock.advance(5000)
  await withdrawn
  expect(shown(agent, 'u1')).toEqual(['hello', 'withdrawn'])
})

test('what cannot change any more is not sent again', async () => {
  const { world, say } = await talk()
  await say('old')
  const cursorOf = () => world.gateway.hellos.at(-1)!.resume!.cursors.map(([, , seq]) => seq)
  await world.clock.advance(4 * MINUTE_MS)
  await say('young')
  for (const peer of world.gateway.peers) peer.far.cut()
  await world.clock.advance(5000)
  expect(cursorOf()).toEqual([2])
  await world.clock.advance(4 * MINUTE_MS)
  for (const peer of world.gateway.peers) peer.far.cut()
  await world.clock.advance(5000)
  expect(cursorOf()).toEqual([3])
})

describe('without an answer', () => {
  test('what waits leaves the outbox and is never sent', async () => {
    const { world, mine } = await talk()
    world.gateway.refuse = (command) => (command === 'connect' ? { code: 'unavailable' } : undefined)
    for (const peer of world.gateway.peers) peer.far.cut()
    await world.clock.advance(100)
    const id = mine.send('secret')!
    expect(mine.outbox.value.map(({ state }) => state)).toEqual(['waiting'])
    await mine.withdraw(id)
    expect(mine.outbox.value).toEqual([])
    expect(world.storage('phone').dump()).not.toContain('secret')
    world.gateway.refuse = () => undefined
    await world.clock.advance(MINUTE_MS)
    expect(world.log).toEqual(['hello'])
  })

  test('what is on its way is withdrawn when it has arrived', async () => {
    const { world, mine, theirs } = await talk()
    const id = mine.send('secret')!
    expect(mine.outbox.value.map(({ state }) => state)).toEqual(['sending'])
    await mine.withdraw(id)
    await world.clock.advance(100)
    expect(mine.outbox.value).toEqual([])
    expect(theirs.timeline.value.messages.map(({ kind }) => kind)).toEqual(['text', 'withdrawn'])
    expect(world.log).toEqual(['hello', 'This message was withdrawn.'])
  })

  test('of what is confirmed: it is refused at once while there is no connection, and nothing changes', async () => {
    const { world, mine, say } = await talk()
    const id = await say('secret')
    world.gateway.refuse = (command) => (command === 'connect' ? { code: 'unavailable' } : undefined)
    for (const peer of world.gateway.peers) peer.far.cut()
    await world.clock.advance(100)
    expect(await codeOf(mine.withdraw(id))).toBe('disconnected')
    expect(mine.timeline.value.messages.at(-1)!.body.text).toBe('secret')
  })
})

test('is offered for one’s own young messages, by the gateway’s clock, and only where the gateway knows it', async () => {
  const { world, mine, theirs, say } = await talk()
  const id = await say('secret')
  const message = mine.timeline.value.messages.at(-1)!
  expect([mine.mayWithdraw(message), theirs.mayWithdraw(message)]).toEqual([true, false])
  await world.clock.advance(2 * MINUTE_MS)
  expect(mine.mayWithdraw(message)).toBe(false)
  const late = codeOf(mine.withdraw(id))
  await world.clock.advance(10)
  expect(await late).toBe('too_late')
  const { withdrawMs: _withdrawMs, ...limits } = world.gateway.limits
  world.gateway.limits = limits as typeof world.gateway.limits
  for (const peer of world.gateway.peers) peer.far.cut()
  await world.clock.advance(5000)
  await say('again')
  expect(mine.mayWithdraw(mine.timeline.value.messages.at(-1)!)).toBe(false)
})
