/** Transfers from one agent to another, also when something breaks meanwhile. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Unavailable } from '../../../gateway/backbone/backbone.ts'
import { assignmentOf, ShopNodes, text, pushedRow } from '../../kit/shop-nodes.ts'
import type { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let nodes: ShopNodes
beforeAll(async () => {
  nodes = await ShopNodes.start()
})
afterAll(() => nodes.stop())

interface Scene {
  readonly shop: string
  readonly one: WireClient
  readonly two: WireClient
  readonly customer: WireClient
  /** The customer's id. */
  readonly id: string
  readonly conversation: string
}

/** `one` has a conversation with a customer; `two` is at the other node. Both are busy, so that nothing is routed to them. */
async function scene(): Promise<Scene> {
  const shop = nodes.unique('s')
  const [one, two] = [await nodes.agent(shop, 'one'), await nodes.agent(shop, 'two', 1)]
  for (const agent of [one, two]) await agent.command('changeStatus', { status: 'busy' })
  const id = nodes.unique('c')
  const customer = await nodes.arrive(1, { sub: id, name: 'Ann' })
  const { conversation } = await customer.command('send', text(`shop:${shop}`, 'm1'))
  await one.command('claim', { conversation })
  return { shop, one, two, customer, id, conversation }
}

async function offer({ one, conversation }: Scene): Promise<string> {
  return (await one.command('transfer', { conversation, to: 'two', note: '她要退货' })).service.transfer!.id
}

const states = (agent: WireClient): string[] => agent.pushes('transferPush').map(({ state }) => state)

describe('a transfer', () => {
  test("is offered with a note and accepted; the customer's list does not call the shop as its agent, the colleague sees the history", async () => {
    const now = await scene()
    const { one, two, customer, id, conversation } = now
    const transfer = await offer(now)
    const push = await two.push('transferPush')
    expect(push).toMatchObject({
      conversation,
      state: 'offered',
      name: 'Ann',
      transfer: { id: transfer, from: { id: 'one', name: 'ONE' }, to: { id: 'two', name: 'TWO' }, note: '她要退货' },
    })
    expect(await one.push('transferPush')).toEqual(push)
    expect(await assignmentOf(two, id)).toMatchObject({ phase: 'open', agent: { id: 'one' }, transfer: { id: transfer } })
    const { service } = await two.command('acceptTransfer', { conversation, transfer, accept: true })
    expect(service).toEqual({ phase: 'open', agent: { id: 'two', name: 'TWO' }, since: expect.any(Number) })
    const message = await customer.push('messagePush')
    expect(message).toMatchObject({
      kind: 'system',
      from: 'two',
      name: 'TWO',
      seq: 2,
      body: { text: 'TWO has taken over', event: 'transferred', agent: 'TWO' },
    })
    const [row] = (await customer.command('conversations', {})).conversations
    expect([row?.name, row?.last?.name]).toEqual([undefined, 'TWO'])
    await one.until(() => states(one).includes('accepted'))
    await pushedRow(one, id, ({ agent }) => agent?.id === 'two')
    expect((await two.command('history', { conversation })).messages.map(({ id: one }) => one)).toEqual(['m1', message.id])
  })

  test('that is declined or cancelled leaves the conversation with the first agent, and the customer sees nothing', async () => {
    const now = await scene()
    const { one, two, customer, id, conversation } = now
    for (const who of [two, one]) {
      const transfer = await offer(now)
      const { service } = await who.command('acceptTransfer', { conversation, transfer, accept: false })
      expect(service).toMatchObject({ phase: 'open', agent: { id: 'one' } })
      expect(service.transfer).toBeUndefined()
      expect((await two.ask('acceptTransfer', { conversation, transfer, accept: true })).error?.code).toBe('conflict')
      expect((await who.ask('acceptTransfer', { conversation, transfer, accept: false })).ok).toBe(true)
    }
    await two.until(() => states(two).filter((state) => state === 'declined').length >= 2)
    expect((await customer.command('history', { conversation })).messages).toHaveLength(1)
    expect(await assignmentOf(one, id)).toMatchObject({ agent: { id: 'one' } })
  })

  test('that expires leaves the conversation with the first agent, and both agents see it', async () => {
    const now = await scene()
    const { one, two, id, conversation } = now
    const transfer = await offer(now)
    nodes.pass(60_000)
    expect((await assignmentOf(two, id))?.transfer).toBeUndefined()
    expect((await two.ask('acceptTransfer', { conversation, transfer, accept: true })).error?.code).toBe('conflict')
    for (const agent of [one, two]) await agent.until(() => states(agent).includes('expired'))
    expect(await assignmentOf(one, id)).toMatchObject({ phase: 'open', agent: { id: 'one' } })
    expect(await offer(now)).not.toBe(transfer)
  })

  test('that is offered twice is one transfer, before and after it is accepted', async () => {
    const now = await scene()
    const { one, two, customer, conversation } = now
    const [first, second] = [await offer(now), await offer(now)]
    expect(second).toBe(first)
    expect((await one.ask('transfer', { conversation, to: 'queue' })).error?.code).toBe('conflict')
    const accept = { conversation, transfer: first, accept: true }
    const answers = await Promise.all([1, 2, 3].map(() => two.command('acceptTransfer', accept)))
    expect(new Set(answers.map(({ service }) => JSON.stringify(service))).size).toBe(1)
    const { service } = await one.command('transfer', { conversation, to: 'two' })
    expect(service).toMatchObject({ agent: { id: 'two' } })
    expect((await customer.command('history', { conversation })).messages.filter(({ kind }) => kind === 'system')).toHaveLength(1)
  })

  test('that is accepted and cancelled at once has one outcome', async () => {
    for (let round = 0; round < 5; round++) {
      const now = await scene()
      const { one, two, id, conversation } = now
      const transfer = await offer(now)
      const [taken, back] = await Promise.all([
        two.ask('acceptTransfer', { conversation, transfer, accept: true }),
        one.ask('acceptTransfer', { conversation, transfer, accept: false }),
      ])
      expect([taken.ok, back.ok].filter(Boolean)).toHaveLength(1)
      expect((await assignmentOf(one, id))?.agent?.id).toBe(taken.ok ? 'two' : 'one')
    }
  })

  test('to the queue is assigned to an agent with room, but not back to the first', async () => {
    const { shop, one, two, id, conversation } = await scene()
    await one.command('changeStatus', { status: 'online' })
    const { service } = await one.command('transfer', { conversation, to: 'queue' })
    expect(service.phase).toBe('waiting')
    expect((await one.command('transfer', { conversation, to: 'queue' })).service.phase).toBe('waiting')
    const third = await nodes.agent(shop, 'third')
    expect((await pushedRow(third, id, ({ phase }) => phase === 'open')).service?.agent?.id).toBe('third')
    expect(
      one
        .pushes('conversationPush')
        .some((row) => row.service?.phase === 'open' && row.service.since > service.since && row.service.agent?.id === 'one'),
    ).toBe(false)
    expect(two.isClosed).toBe(false)
  })

  test('is announced to the customer later when the node ends between the acceptance and the announcement', async () => {
    const now = await scene()
    const { two, customer, conversation } = now
    const transfer = await offer(now)
    const { store } = nodes.backbone
    const append = store.append.bind(store)
    store.append = () => Promise.reject(new Unavailable('the node ends here'))
    const refused = await two.ask('acceptTransfer', { conversation, transfer, accept: true })
    store.append = append
    expect(refused.error?.code).toBe('unavailable')
    const message = await customer.push('messagePush')
    expect(message).toMatchObject({ kind: 'system', from: 'two', body: { event: 'transferred' } })
    expect((await two.command('acceptTransfer', { conversation, transfer, accept: true })).service.agent?.id).toBe('two')
    expect((await customer.command('history', { conversation })).messages.filter(({ kind }) => kind === 'system')).toHaveLength(1)
  })

  test('survives the end of the session of either agent', async () => {
    const now = await scene()
    const { shop, one, two, id, conversation } = now
    const transfer = await offer(now)
    one.close()
    two.close()
    const again = await nodes.agent(shop, 'two')
    const { transfer: seen } = (await assignmentOf(again, id))!
    expect(seen).toMatchObject({ id: transfer, from: { id: 'one' } })
    await again.command('acceptTransfer', { conversation, transfer, accept: true })
    const back = await nodes.agent(shop, 'one', 1)
    expect((await assignmentOf(back, id))?.agent?.id).toBe('two')
  })
})

describe('a transfer is refused', () => {
  const code = async (agent: WireClient, input: unknown): Promise<string | undefined> => (await agent.ask('transfer', input)).error?.code

  test("to oneself, to nobody, to a stranger, to an offline agent, and of a colleague's conversation", async () => {
    const { shop, one, two, customer, conversation, id } = await scene()
    expect(await code(one, { conversation, to: 'one' })).toBe('bad_request')
    for (const to of ['nobody', id, '', 'queue ', `shop:${shop}`, '‮one']) {
      expect([to, await code(one, { conversation, to })]).toEqual([to, to === '' ? 'bad_request' : 'agent_unavailable'])
    }
    const foreign = nodes.unique('s')
    const rival = await nodes.agent(foreign, 'rival')
    expect(await code(one, { conversation, to: 'rival' })).toBe('agent_unavailable')
    expect(await code(rival, { conversation, to: 'rival2' })).toBe('forbidden')
    expect(await code(two, { conversation, to: 'one' })).toBe('conflict')
    expect(await code(customer, { conversation, to: 'two' })).toBe('forbidden')
    await two.command('changeStatus', { status: 'offline' })
    expect(await code(one, { conversation, to: 'two' })).toBe('agent_unavailable')
    expect(await code(one, { conversation: `shop:${shop}~never`, to: 'two' })).toBe('unknown_conversation')
    expect(await code(one, { conversation: 'nonsense', to: 'two' })).toBe('unknown_conversation')
    expect(await code(one, { conversation, to: 'two', note: 'x'.repeat(501) })).toBe('bad_request')
  })

  test('when somebody else answers it, or when it does not exist', async () => {
    const now = await scene()
    const { shop, one, conversation } = now
    const transfer = await offer(now)
    const third = await nodes.agent(shop, 'third')
    const answer = async (agent: WireClient, input: object) => (await agent.ask('acceptTransfer', { conversation, ...input })).error?.code
    expect(await answer(third, { transfer, accept: true })).toBe('forbidden')
    expect(await answer(third, { transfer, accept: false })).toBe('forbidden')
    expect(await answer(one, { transfer, accept: true })).toBe('forbidden')
    expect(await answer(third, { transfer: 'no such', accept: true })).toBe('conflict')
    expect(await answer(one, { transfer })).toBe('bad_request')
  })

  test('not for hostile names, which lose control and combining characters, nor for notes, which stay as they are', async () => {
    const shop = nodes.unique('s')
    const name = `<img src=x onerror=alert(1)>‮${'\u0301'.repeat(40)}`
    const one = await nodes.agent(shop, 'one')
    const tidy = `<img src=x onerror=alert(1)> ${'\u0301'.repeat(6)}`
    const evil = await nodes.arrive(1, { sub: 'evil', role: 'agent', shop, name })
    const customer = await nodes.arrive(0, { sub: nodes.unique('c') })
    const { conversation } = await customer.command('send', text(`shop:${shop}`, 'm1'))
    await one.command('claim', { conversation }).catch(() => evil.command('transfer', { conversation, to: 'queue' }))
    await one.command('claim', { conversation })
    const note = '</script>\u0000\u2028 "quoted" \\ {text}'
    const { service } = await one.command('transfer', { conversation, to: 'evil', note })
    expect(service.transfer).toMatchObject({ note, to: { id: 'evil', name: tidy } })
    await evil.command('acceptTransfer', { conversation, transfer: service.transfer!.id, accept: true })
    expect((await customer.push('messagePush')).body).toEqual({ text: `${tidy} has taken over`, event: 'transferred', agent: tidy })
  })
})

describe('a request', () => {
  /** `two` asks `one` for the conversation. */
  async function ask({ two, conversation }: Scene): Promise<string> {
    return (await two.command('requestTransfer', { conversation })).service.transfer!.id
  }

  test('that its agent accepts gives the conversation to who asked, and both are told who settled it', async () => {
    const now = await scene()
    const { one, two, customer, conversation } = now
    const transfer = await ask(now)
    expect(await ask(now)).toBe(transfer)
    expect((await one.push('transferPush')).transfer).toMatchObject({ id: transfer, isRequest: true, from: { id: 'one' }, to: { id: 'two' } })
    expect((await two.ask('acceptTransfer', { conversation, transfer, accept: true })).error?.code).toBe('forbidden')
    expect((await one.ask('transfer', { conversation, to: 'two' })).error?.code).toBe('conflict')
    const accept = { conversation, transfer, accept: true }
    const answers = await Promise.all([1, 2].map(() => one.command('acceptTransfer', accept)))
    for (const { service } of answers) expect(service).toMatchObject({ phase: 'open', agent: { id: 'two', name: 'TWO' } })
    await two.until(() => states(two).includes('accepted'))
    expect(two.pushes('transferPush').find(({ state }) => state === 'accepted')).toMatchObject({ by: { id: 'one' } })
    expect((await customer.push('messagePush')).body).toMatchObject({ event: 'transferred', agent: 'TWO' })
  })

  test('that is declined, cancelled or expires leaves the conversation with its agent; the push says who settled it', async () => {
    const now = await scene()
    const { one, two, id, conversation } = now
    for (const who of [one, two]) {
      const transfer = await ask(now)
      const { service } = await who.command('acceptTransfer', { conversation, transfer, accept: false })
      expect(service).toMatchObject({ phase: 'open', agent: { id: 'one' } })
      expect(service.transfer).toBeUndefined()
    }
    await two.until(() => states(two).filter((state) => state === 'declined').length >= 2)
    expect(
      two
        .pushes('transferPush')
        .filter(({ state }) => state === 'declined')
        .map(({ by }) => by?.id),
    ).toEqual(['one', 'two'])
    await ask(now)
    nodes.pass(60_000)
    await one.until(() => states(one).includes('expired'))
    expect(await assignmentOf(one, id)).toMatchObject({ phase: 'open', agent: { id: 'one' } })
  })

  test('for what nobody has, one has oneself, or whose agent is gone is refused; closing declines it', async () => {
    const now = await scene()
    const { one, two, conversation } = now
    expect((await one.ask('requestTransfer', { conversation })).error?.code).toBe('conflict')
    await ask(now)
    expect((await one.command('close', { conversation })).service).toMatchObject({ phase: 'closed' })
    expect((await two.ask('requestTransfer', { conversation })).error?.code).toBe('conflict')
    await two.command('claim', { conversation })
    await two.command('changeStatus', { status: 'offline' })
    expect((await one.ask('requestTransfer', { conversation })).error?.code).toBe('agent_unavailable')
    expect((await one.command('claim', { conversation })).service).toMatchObject({ agent: { id: 'one' } })
  })
})
