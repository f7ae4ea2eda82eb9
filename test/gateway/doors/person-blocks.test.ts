/** Persons block persons; nobody sees a blocked person or customer typing or viewing. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { WireClient } from '../../kit/wire-client.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let two: TwoGateways
beforeAll(async () => {
  two = await TwoGateways.start()
})
afterAll(() => two.stop())

let count = 0
const text = (to: string) => ({ to, id: `m${++count}`, kind: 'text', body: { text: 'hi' } })

/** Two persons at two nodes who have written to each other. */
async function pair(): Promise<{ a: string; b: string; ann: WireClient; bob: WireClient; conversation: string }> {
  const [a, b] = [two.unique('ann'), two.unique('bob')]
  const [ann, bob] = [await two.customer(0, a), await two.customer(1, b)]
  const { conversation } = await ann.command('send', text(b))
  await bob.command('send', text(a))
  return { a, b, ann, bob, conversation }
}
const code = async (wireClient: WireClient, to: string): Promise<string | undefined> => (await wireClient.ask('send', text(to))).error?.code

test('a blocked person is refused at once at every node and notified; the blocker still writes', async () => {
  const { a, b, ann, bob, conversation } = await pair()
  await ann.command('blockPerson', { to: b })
  expect(await code(bob, a)).toBe('blocked')
  expect(await code(await two.customer(0, b), a)).toBe('blocked')
  expect(await bob.push('blockPush')).toEqual({ conversation, reason: '' })
  expect(await code(ann, b)).toBe(undefined)
  await ann.command('unblockPerson', { conversation })
  expect(await bob.push('blockPush', 1)).toEqual({ conversation })
  expect(await code(bob, a)).toBe(undefined)
})

test('both may block each other, and each lifts its own block', async () => {
  const { a, b, ann, bob } = await pair()
  await Promise.all([ann.command('blockPerson', { to: b }), bob.command('blockPerson', { to: a })])
  expect([await code(ann, b), await code(bob, a)]).toEqual(['blocked', 'blocked'])
  await bob.command('unblockPerson', { to: a })
  expect([await code(ann, b), await code(bob, a)]).toEqual([undefined, 'blocked'])
})

test("all windows of the blocker show the block, at once and when they open the conversation later; the other's windows do not", async () => {
  const { a, b, ann, bob, conversation } = await pair()
  const window = await two.customer(1, a)
  await ann.command('blockPerson', { to: b })
  await ann.command('blockPerson', { to: b })
  expect((await window.push('conversationPush')).blocking).toBe(true)
  const late = await two.arrive(1, { sub: a }, 'ws', { to: b })
  const welcome = late.received.find(({ type }) => type === 'connect') as { data: { resumed: { blocking?: true }[] } }
  expect(welcome.data.resumed[0]?.blocking).toBe(true)
  expect((await late.command('history', { to: b })).blocking).toBe(true)
  expect((await late.command('conversations', {})).conversations[0]?.blocking).toBe(true)
  expect((await late.command('blockedPersons', {})).blocked).toEqual([{ conversation, to: b, at: expect.any(Number) }])
  expect((await bob.command('history', { to: a })).blocking).toBeUndefined()
  expect((await bob.command('conversations', {})).conversations[0]?.blocking).toBeUndefined()
  expect((await bob.command('blockedPersons', {})).blocked).toEqual([])
  // the block is pushed again whenever the conversation is opened
  const again = await two.arrive(0, { sub: b }, 'ws', { to: a })
  expect(await again.push('blockPush')).toEqual({ conversation, reason: '' })
  await ann.command('unblockPerson', { to: b })
  expect((await window.push('conversationPush', 1)).blocking).toBeUndefined()
  expect((await late.command('blockedPersons', {})).blocked).toEqual([])
})

test('no message is stored after the block is acknowledged, when many arrive at once', async () => {
  const { a, b, ann, bob } = await pair()
  const sends = Array.from({ length: 40 }, () => bob.ask('send', text(a)))
  await ann.command('blockPerson', { to: b })
  const { head } = await ann.command('history', { to: b })
  await Promise.all(sends)
  expect(await code(bob, a)).toBe('blocked')
  expect((await ann.command('history', { to: b })).head).toEqual(head)
})

test('nobody can block a stranger, a shop or themselves; an agent blocks for the shop', async () => {
  const { b, ann, conversation } = await pair()
  const agent = await two.agent(0, [two.unique('x'), two.unique('s')])
  const eve = await two.customer(0, two.unique('eve'))
  expect((await ann.ask('blockPerson', { to: two.unique('nobody') })).error?.code).toBe('unknown_conversation')
  expect((await ann.ask('blockPerson', { to: 'shop:1' })).error?.code).toBe('bad_request')
  expect((await eve.ask('blockPerson', { conversation })).error?.code).toBe('forbidden')
  expect((await agent.ask('blockPerson', { to: b })).error?.code).toBe('forbidden')
})

test('a blocked person is not shown as typing, at any node, even before a first refusal', async () => {
  const { a, b, ann, bob } = await pair()
  await bob.command('typing', { to: a })
  await ann.push('typingPush')
  await ann.command('blockPerson', { to: b })
  await bob.command('typing', { to: a })
  await (await two.customer(0, b)).command('typing', { to: a })
  await ann.command('unblockPerson', { to: b })
  await bob.command('send', text(a))
  await ann.until(() => ann.pushes('messagePush').length > 1)
  expect(ann.pushes('typingPush')).toHaveLength(1)
})

test('a customer whom a shop has blocked is shown neither typing nor viewing, by push or by command', async () => {
  const [shop, c] = [two.unique('s'), two.unique('c')]
  const customer = await two.customer(1, c)
  const look = (title: string) => customer.command('viewing', { to: `shop:${shop}`, product: { title } })
  await customer.command('send', text(`shop:${shop}`))
  const agent = await two.agent(0, [two.unique('a'), shop])
  await look('Kettle')
  await agent.until(() => agent.pushes('viewingPush').at(-1)?.product?.title === 'Kettle')
  await agent.command('block', { to: c, reason: 'spam' })
  await agent.until(() => agent.pushes('viewingPush').at(-1)?.product === undefined)
  const before = agent.pushes('viewingPush').length
  await look('insult')
  await customer.command('typing', { to: `shop:${shop}` })
  expect((await agent.command('customer', { to: c })).viewing).toBeUndefined()
  await agent.command('unblock', { to: c })
  expect([agent.pushes('viewingPush').length, agent.pushes('typingPush').length]).toEqual([before, 0])
  expect((await agent.command('customer', { to: c })).viewing?.title).toBe('insult')
})

test('viewing is rate-limited, with a time to retry', async () => {
  const customer = await two.customer(0, two.unique('c'))
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, n) => customer.ask('viewing', { to: `shop:${n % 2}`, product: { title: String(n) } })),
  )
  const refused = answers.flatMap(({ error }) => (error === undefined ? [] : [error]))
  expect(refused.length).toBeGreaterThan(30)
  expect(refused[0]).toMatchObject({ code: 'rate_limited', retry: true, afterMs: expect.any(Number) })
  two.pass(5000)
  await customer.command('viewing', { to: 'shop:1', product: { title: 'later' } })
})
