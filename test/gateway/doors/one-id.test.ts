/** Agent 7 of one shop, agent 7 of another and customer 7 are three people: none sees or changes another's data. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { userChannel } from '../../../gateway/protocol/keys.ts'
import type { Push } from '../../../gateway/protocol/pushes.ts'
import type { WireClient } from '../../kit/wire-client.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let two: TwoGateways
beforeAll(async () => {
  two = await TwoGateways.start({ DIRECT: 'on' })
})
afterAll(() => two.stop())

const text = (to: string, id: string) => ({ to, id, kind: 'text', body: { text: id } })

interface Namesakes {
  readonly id: string
  readonly shops: readonly [string, string]
  readonly agent: WireClient
  /** The same agent's second window, at the other node. */
  readonly window: WireClient
  readonly rival: WireClient
  readonly customer: WireClient
}

async function namesakes(shop = two.unique('a')): Promise<Namesakes> {
  const id = two.unique('7-')
  const shops = [shop, two.unique('b')] as const
  return {
    id,
    shops,
    agent: await two.agent(0, [id, shops[0]]),
    window: await two.agent(1, [id, shops[0]]),
    rival: await two.agent(0, [id, shops[1]]),
    customer: await two.customer(1, id),
  }
}

/** Resolves when everything published for these people before has reached all of their windows. */
async function settled({ id, agent, window, rival, customer }: Namesakes): Promise<void> {
  await two.backbone.bus.publish(userChannel(id), '', '{"type":"settled"}')
  for (const wireClient of [agent, window, rival, customer]) {
    await wireClient.until(() => wireClient.pushes('noticePush').some(({ type }) => type === 'settled'))
  }
}

const heard = (wireClient: WireClient, names: readonly Push[]): unknown[] => names.flatMap((name) => wireClient.pushes(name))

test("a customer's own conversations are pushed to no agent of the same id", async () => {
  const them = await namesakes()
  const { id, customer, agent, window, rival } = them
  const bob = await two.customer(0, two.unique('bob'))
  await customer.command('send', text(two.unique('carol'), 'secret 1'))
  await bob.command('send', text(id, 'secret 2'))
  await customer.push('messagePush')
  await customer.command('changeUser', { toid: 'dave' })
  await settled(them)
  for (const wireClient of [agent, window, rival]) {
    expect(
      heard(wireClient, ['messagePush', 'conversationPush', 'syncChangeUserPush', 'changeUserPush', 'blockPush', 'cursorPush', 'typingPush']),
    ).toEqual([])
  }
})

test("an agent who arrives later follows none of the customer's conversations", async () => {
  const id = two.unique('7-')
  const customer = await two.customer(0, id)
  const bob = two.unique('bob')
  await customer.command('send', text(bob, 'm1'))
  const agent = await two.agent(0, [id, two.unique('a')])
  await customer.command('send', text(bob, 'm2'))
  await customer.command('typing', { to: bob })
  await two.backbone.bus.publish(userChannel(id), '', '{"type":"settled"}')
  await agent.push('noticePush')
  expect(heard(agent, ['messagePush', 'conversationPush', 'typingPush'])).toEqual([])
})

test('a transfer and its note reach the two agents of that shop, and nobody else of their id', async () => {
  const [shop, buyer] = [two.unique('a'), two.unique('buyer')]
  const chief = await two.agent(0, [two.unique('boss'), shop])
  const { conversation } = await (await two.customer(0, buyer)).command('send', text(`shop:${shop}`, 'm1'))
  const them = await namesakes(shop)
  const { id, agent, window, rival, customer } = them
  await chief.command('claim', { conversation })
  await agent.command('presence', { of: [`shop:${shop}`] })
  await chief.command('transfer', { conversation, to: id, note: 'internal: fraud case' })
  for (const wireClient of [agent, window, chief]) expect((await wireClient.push('transferPush')).transfer.note).toBe('internal: fraud case')
  await settled(them)
  expect([heard(customer, ['transferPush', 'conversationPush']), heard(rival, ['transferPush', 'conversationPush'])]).toEqual([[], []])
})

test("an agent's own quick replies are pushed to that agent alone", async () => {
  const them = await namesakes()
  const { agent, window, rival, customer } = them
  await agent.command('saveQuickReply', { quickReply: { id: 'r1', scope: 'own', title: 't', text: 't' } })
  await window.push('quickRepliesPush')
  await settled(them)
  expect([rival, customer].flatMap((wireClient) => wireClient.pushes('quickRepliesPush'))).toEqual([])
  expect((await rival.command('quickReplies', {})).quickReplies).toEqual([])
})

test("an agent's partner is pushed to that agent's windows, a customer's partner to the customer's", async () => {
  const them = await namesakes()
  const { agent, window, rival, customer } = them
  await agent.command('changeUser', { toid: 'c-1' })
  expect(await window.push('syncChangeUserPush')).toEqual({ toid: 'c-1', socketid: agent.sid })
  expect(await agent.push('changeUserPush')).toEqual({ toid: 'c-1' })
  await customer.command('changeUser', { toid: 'shop:x' })
  await customer.push('changeUserPush')
  await settled(them)
  expect([rival, customer].flatMap((wireClient) => wireClient.pushes('syncChangeUserPush'))).toEqual([])
  expect([agent, window].map((wireClient) => heard(wireClient, ['syncChangeUserPush', 'changeUserPush']).length)).toEqual([1, 1])
})

test('a publish of a backend for the id reaches every window with it, agents included', async () => {
  const { id, agent, window, rival, customer } = await namesakes()
  await two.backbone.bus.publish(userChannel(id), '', '{"type":"syncChangeUser","uid":"c-2","socketid":"php","changeUserData":{}}')
  await two.backbone.bus.publish(userChannel(id), '', '{"type":"coupon","text":"5 off"}')
  for (const wireClient of [agent, window, rival, customer]) {
    expect(await wireClient.push('syncChangeUserPush')).toEqual({ toid: 'c-2', socketid: 'php' })
    expect(await wireClient.push('noticePush')).toEqual({ type: 'coupon', text: '5 off' })
  }
})

test('a partner that only one of them can have changes only the windows of that one', async () => {
  const them = await namesakes()
  const { id, agent, customer } = them
  await two.backbone.bus.publish(userChannel(id), '', '{"type":"syncChangeUser","uid":"shop:9","socketid":"php"}')
  await two.backbone.bus.publish(userChannel(id), '', JSON.stringify({ type: 'syncChangeUser', uid: id, socketid: 'php' }))
  await settled(them)
  expect([agent, customer].map((wireClient) => wireClient.pushes('syncChangeUserPush').map(({ toid }) => toid))).toEqual([[id], ['shop:9']])
})

test("a new session of a device does not replace another person's session with the same id", async () => {
  const id = two.unique('7-')
  const shop = two.unique('a')
  const wireClients: WireClient[] = []
  for (const claims of [{ sub: id }, { sub: id, role: 'agent', shop } as const, { sub: id, role: 'agent', shop: two.unique('b') } as const]) {
    const wireClient = await two.arrive(0, claims, 'ws', { device: 'd1' })
    wireClients.push(wireClient)
  }
  const newer = await two.arrive(0, { sub: id }, 'ws', { device: 'd1' })
  two.pass(6000)
  expect((await wireClients[0]!.push('byePush')).code).toBe('replaced')
  for (const other of [...wireClients.slice(1), newer]) {
    await other.command('conversations', {})
    expect(other.pushes('byePush')).toEqual([])
  }
})

test('in the conversation of agent 7 with customer 7 the same client id of both is two messages', async () => {
  const {
    id,
    shops: [shop],
    agent,
    customer,
  } = await namesakes()
  const first = await customer.command('send', text(`shop:${shop}`, 'm1'))
  const second = await agent.command('send', { to: id, id: 'm1', kind: 'text', body: { text: 'of the shop' } })
  expect([first.seq, second.seq, second.duplicate]).toEqual([1, 2, undefined])
  const again = await agent.command('send', { to: id, id: 'm1', kind: 'text', body: { text: 'of the shop' } })
  expect([again.seq, again.duplicate]).toEqual([2, true])
  const { messages } = await customer.command('history', { to: `shop:${shop}` })
  expect(messages.map(({ side, body }) => [side, body.text])).toEqual([
    [id, 'm1'],
    [`shop:${shop}`, 'of the shop'],
  ])
})
