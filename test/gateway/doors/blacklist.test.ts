/** Customers that a shop blocks. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { DEMO_WORD } from '../../kit/gateway.ts'
import { assignmentOf, ShopNodes, text, pushedRow } from '../../kit/shop-nodes.ts'
import { TRANSPORTS, WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let nodes: ShopNodes
beforeAll(async () => {
  nodes = await ShopNodes.start()
})
afterAll(() => nodes.stop())

async function scene() {
  const shop = nodes.unique('s')
  const agent = await nodes.agent(shop, 'agent')
  const colleague = await nodes.agent(shop, 'colleague', 1)
  const id = nodes.unique('c')
  const customer = await nodes.arrive(1, { sub: id, name: 'Ann' })
  const { conversation } = await customer.command('send', text(`shop:${shop}`, 'm1'))
  return { shop, agent, colleague, customer, id, conversation, side: `shop:${shop}` }
}

test('a blocked customer is refused at every node with reason and end, and a message stored before is acknowledged again', async () => {
  const { side, agent, colleague, customer, id, conversation } = await scene()
  const until = nodes.now() + 3_600_000
  const { service } = await agent.command('block', { to: id, reason: 'rude', until })
  expect(service.blocked).toEqual({ by: { id: 'agent', name: 'AGENT' }, reason: 'rude', at: expect.any(Number), until })
  expect(await customer.push('blockPush')).toEqual({ conversation, reason: 'rude', until })
  const { error } = await customer.ask('send', text(side, 'm2'))
  expect(error).toMatchObject({ code: 'blocked', retry: false })
  expect(error?.message).toContain(`rude; until ${new Date(until).toISOString()}`)
  expect(error?.message).not.toContain('agent')
  expect(await customer.command('send', text(side, 'm1'))).toMatchObject({ seq: 1, duplicate: true })
  await pushedRow(colleague, id, ({ blocked }) => blocked !== undefined)
  await colleague.command('send', text(id, 'r1'))
  await customer.push('messagePush')
})

test('a blocked customer is refused at every door', async () => {
  const { side, agent, id } = await scene()
  await agent.command('block', { to: id, reason: 'spam' })
  const response = await fetch(`${nodes.url}/v1/passes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${DEMO_WORD}` },
    body: JSON.stringify({ sub: id, role: 'customer' }),
  })
  const { token } = (await response.json()) as { token: string }
  for (const transport of TRANSPORTS) {
    const wireClient = await new WireClient(nodes.url, transport).open()
    await wireClient.hello({ token })
    expect((await wireClient.ask('send', text(side, `by ${transport}`))).error?.code).toBe('blocked')
    wireClient.close()
  }
  const backend = await fetch(`${nodes.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
    body: JSON.stringify({ conversation: `${side}~${id}`, body: { text: 'a word of the backend, for the shop' } }),
  })
  expect(backend.status).toBe(200)
})

test('a block ends when it expires or is lifted; the list says who, why, until when', async () => {
  const { side, agent, colleague, customer, id, conversation } = await scene()
  await agent.command('block', { to: id, reason: 'an hour', until: nodes.now() + 3_600_000 })
  const { blocked } = await colleague.command('blocked', {})
  expect(blocked).toEqual([
    {
      conversation,
      to: id,
      name: 'Ann',
      by: { id: 'agent', name: 'AGENT' },
      reason: 'an hour',
      at: expect.any(Number),
      until: expect.any(Number),
    },
  ])
  nodes.pass(3_600_001)
  expect((await assignmentOf(agent, id))?.blocked).toBeUndefined()
  expect((await agent.command('blocked', {})).blocked).toEqual([])
  await customer.command('send', text(side, 'm2'))
  await colleague.command('block', { to: id, reason: 'for ever' })
  expect((await customer.ask('send', text(side, 'm3'))).error?.message).toContain('(for ever)')
  expect((await agent.command('blocked', {})).blocked).toMatchObject([{ reason: 'for ever', by: { id: 'colleague' } }])
  expect((await agent.command('unblock', { to: id })).service.blocked).toBeUndefined()
  await customer.until(() => customer.pushes('blockPush').some(({ reason }) => reason === undefined))
  await customer.command('send', text(side, 'm3'))
  expect((await agent.command('unblock', { to: id })).ok).toBe(true)
  expect((await agent.command('blocked', {})).blocked).toEqual([])
})

test('no message is stored after the block is acknowledged, however many are in progress; a repeated block is one block', async () => {
  const { side, agent, customer, id, conversation } = await scene()
  const window = await nodes.arrive(0, { sub: id })
  const early = Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? window : customer).ask('send', text(side, `e${n}`))))
  const first = await agent.command('block', { to: id, reason: 'stop' })
  const { head } = await nodes.backbone.inner.store.read(conversation, { limit: 1 })
  const late = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? window : customer).ask('send', text(side, `l${n}`))))
  expect(new Set(late.map(({ error }) => error?.code))).toEqual(new Set(['blocked']))
  await early
  expect((await nodes.backbone.inner.store.read(conversation, { limit: 1 })).head).toEqual(head)
  expect((await agent.command('block', { to: id, reason: 'stop' })).service).toEqual(first.service)
})

test('a customer who was just refused is not shown as typing', async () => {
  const { side, agent, customer, id } = await scene()
  await agent.command('block', { to: id, reason: 'x' })
  await customer.ask('send', text(side, 'm2'))
  const told = agent.pushes('typingPush').length
  await customer.command('typing', { to: side })
  await agent.command('unblock', { to: id })
  await customer.command('send', text(side, 'm2'))
  await agent.until(() => agent.pushes('messagePush').some(({ id: one }) => one === 'm2'))
  expect(agent.pushes('typingPush')).toHaveLength(told)
})

test("only the shop's own agents may block, with a reason and an end in the future", async () => {
  const { side, agent, customer, id } = await scene()
  const rival = await nodes.agent(nodes.unique('s'), 'rival')
  const other = await nodes.arrive(0, { sub: nodes.unique('c') })
  const code = async (wireClient: WireClient, name: string, input: unknown) => (await wireClient.ask(name, input)).error?.code
  for (const wireClient of [customer, other]) {
    for (const name of ['block', 'unblock', 'blocked', 'queue', 'claim', 'close', 'acceptTransfer', 'transfer', 'changeStatus']) {
      const input = {
        block: { to: side, reason: 'x' },
        acceptTransfer: { conversation: `${side}~${id}`, transfer: 't', accept: true },
        transfer: { conversation: `${side}~${id}`, to: 'agent' },
        changeStatus: { status: 'away' },
        blocked: {},
        queue: {},
      }[name] ?? { to: side }
      expect([name, await code(wireClient, name, input)]).toEqual([name, 'forbidden'])
    }
  }
  const conversation = `${side}~${id}`
  for (const name of ['block', 'unblock', 'claim', 'close']) {
    expect(await code(rival, name, { conversation, reason: 'x' })).toBe('forbidden')
  }
  expect(await code(rival, 'block', { to: id, reason: 'x' })).toBe('unknown_conversation')
  expect(await code(agent, 'block', { to: id })).toBe('bad_request')
  expect(await code(agent, 'block', { to: id, reason: '' })).toBe('bad_request')
  expect(await code(agent, 'block', { to: id, reason: ' \u200b\u202e ' })).toBe('bad_request')
  expect(await code(agent, 'block', { to: id, reason: 'x'.repeat(501) })).toBe('bad_request')
  for (const until of [nodes.now(), -1, 0, 1e300, 'tomorrow', null]) {
    expect(await code(agent, 'block', { to: id, reason: 'x', until })).toBe('bad_request')
  }
  expect(await code(agent, 'block', { to: 'shop:other', reason: 'x' })).toBe('forbidden')
  expect(await code(agent, 'block', { to: side, reason: 'x' })).toBe('bad_request')
  expect(await code(agent, 'block', { reason: 'x' })).toBe('bad_request')
  expect((await assignmentOf(agent, id))?.blocked).toBeUndefined()
  const hostile = '<b>‮' + '\u0301'.repeat(480)
  expect((await agent.command('block', { to: id, reason: hostile })).service.blocked?.reason).toBe(hostile)
  expect((await customer.push('blockPush')).reason).toBe(hostile)
})

test('a later session gets the block right after its welcome, by `to` and by cursor, and not once the block is over', async () => {
  const { side, agent, customer, id, conversation } = await scene()
  const { epoch, id: last } = (await agent.command('history', { conversation })).messages.at(-1)!
  customer.close()
  const until = nodes.now() + 3_600_000
  await agent.command('block', { to: id, reason: 'rude', until })
  const cursors: [string, string, number, string][] = [[conversation, epoch, 1, last]]
  for (const hello of [{ to: side }, { resume: { cursors } }]) {
    const later = await nodes.arrive(1, { sub: id }, hello)
    expect(await later.push('blockPush')).toEqual({ conversation, reason: 'rude', until })
    expect(later.received[1]).toMatchObject({ type: 'event', name: 'blockPush' })
    later.close()
  }
  const colleague = await nodes.arrive(1, { sub: 'third', role: 'agent', shop: side.slice(5) }, { to: id })
  await colleague.command('queue', {})
  nodes.pass(3_600_001)
  const freed = await nodes.arrive(1, { sub: id }, { to: side })
  await freed.command('send', text(side, 'm2'))
  expect([...colleague.pushes('blockPush'), ...freed.pushes('blockPush')]).toEqual([])
})

test('a session that opens the conversation later gets the block too, and its end', async () => {
  const { side, agent, customer, id, conversation } = await scene()
  const until = nodes.now() + 3_600_000
  await agent.command('block', { to: id, reason: 'rude', until })
  const window = await nodes.arrive(0, { sub: id })
  expect(window.pushes('blockPush')).toEqual([])
  await window.command('history', { to: side })
  expect(await window.push('blockPush')).toEqual({ conversation, reason: 'rude', until })
  await agent.command('history', { to: id })
  expect(agent.pushes('blockPush')).toEqual([])
  await agent.command('unblock', { to: id })
  await window.until(() => window.pushes('blockPush').some(({ reason }) => reason === undefined))
  const count = customer.pushes('blockPush').length
  await window.command('history', { to: side })
  await window.command('send', text(side, 'free'))
  expect(customer.pushes('blockPush')).toHaveLength(count)
})
