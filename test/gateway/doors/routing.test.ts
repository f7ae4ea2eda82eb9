/** Assignment: routing, claiming, closing and the assignment sweep. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { WireClient } from '../../kit/wire-client.ts'
import { assignmentOf, ShopNodes, text, pushedRow } from '../../kit/shop-nodes.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let nodes: ShopNodes
beforeAll(async () => {
  nodes = await ShopNodes.start({ AGENT_LIMIT: '2' })
})
afterAll(() => nodes.stop())

/** A shop with agents a1, a2 …, in turn at both nodes. */
async function shopWith(count: number): Promise<{ shop: string; agents: WireClient[] }> {
  const shop = nodes.unique('s')
  const agents: WireClient[] = []
  for (let n = 1; n <= count; n++) agents.push(await nodes.agent(shop, `${shop}-a${n}`, n % 2 === 1 ? 0 : 1))
  return { shop, agents }
}

async function customerOf(shop: string, node: 0 | 1 = 0): Promise<{ id: string; wireClient: WireClient; say: (id: string) => Promise<unknown> }> {
  const id = nodes.unique('c')
  const wireClient = await nodes.arrive(node, { sub: id })
  return { id, wireClient, say: (message) => wireClient.command('send', text(`shop:${shop}`, message)) }
}

describe('a first message', () => {
  test('waits when no agent is online, and is assigned to the one who comes', async () => {
    const { shop } = await shopWith(0)
    const customer = await customerOf(shop)
    await customer.say('m1')
    const agent = await nodes.agent(shop, 'late')
    const row = await pushedRow(agent, customer.id, ({ phase }) => phase === 'open')
    expect(row.service).toMatchObject({ phase: 'open', agent: { id: 'late', name: 'LATE' } })
    expect(row).toMatchObject({ to: customer.id, head: { seq: 1 }, unread: 1 })
  })

  test('is assigned to the agent with the fewest, up to the limit, and waits then until one is closed', async () => {
    const { shop, agents } = await shopWith(2)
    const customers = await Promise.all(Array.from({ length: 5 }, (_, n) => customerOf(shop, n % 2 === 0 ? 0 : 1)))
    for (const customer of customers) await customer.say('m1')
    const seen = await Promise.all(customers.map(({ id }) => assignmentOf(agents[0]!, id)))
    expect(seen.slice(0, 4).map((service) => service?.phase)).toEqual(['open', 'open', 'open', 'open'])
    expect(new Set(seen.slice(0, 2).map((service) => service?.agent?.id)).size).toBe(2)
    expect(seen[4]).toMatchObject({ phase: 'waiting' })
    const { presence } = await agents[0]!.command('presence', { of: [`shop:${shop}`] })
    expect(presence[`shop:${shop}`]?.agents?.map(({ load }) => load)).toEqual([2, 2])
    const freed = seen[0]!.agent!.id
    const agent = agents.find((_, n) => freed.endsWith(`a${n + 1}`))!
    await agent.command('close', { to: customers[0]!.id })
    expect((await pushedRow(agent, customers[4]!.id, ({ phase }) => phase === 'open')).service?.agent?.id).toBe(freed)
  })

  test('never takes an agent over the limit when many arrive at once at one node', async () => {
    const {
      shop,
      agents: [agent],
    } = await shopWith(2)
    const customers = await Promise.all(Array.from({ length: 12 }, () => customerOf(shop)))
    await Promise.all(customers.map((customer) => customer.say('m1')))
    const { conversations } = await agent!.command('queue', {})
    const phases = conversations.map(({ service }) => service!.agent?.id ?? 'waiting').sort()
    expect(phases).toEqual([...Array(2).fill(`${shop}-a1`), ...Array(2).fill(`${shop}-a2`), ...Array(8).fill('waiting')])
  })

  test('is not assigned to an agent who is busy, away or offline until they are online again', async () => {
    const {
      shop,
      agents: [agent],
    } = await shopWith(1)
    await agent!.command('changeStatus', { status: 'busy' })
    const customer = await customerOf(shop)
    await customer.say('m1')
    expect(await assignmentOf(agent!, customer.id)).toMatchObject({ phase: 'waiting' })
    await agent!.command('changeStatus', { status: 'online' })
    await pushedRow(agent!, customer.id, ({ phase }) => phase === 'open')
  })

  test('is one conversation of one agent when it is sent to two nodes at once', async () => {
    const { shop, agents } = await shopWith(2)
    const id = nodes.unique('c')
    const windows = [await nodes.arrive(0, { sub: id }), await nodes.arrive(1, { sub: id })]
    await Promise.all(windows.flatMap((window, w) => [1, 2, 3].map((n) => window.command('send', text(`shop:${shop}`, `w${w}m${n}`)))))
    const service = await assignmentOf(agents[0]!, id)
    expect(service).toMatchObject({ phase: 'open' })
    const { conversations } = await agents[1]!.command('queue', {})
    expect(conversations.map((row) => [row.to, row.service?.agent?.id])).toEqual([[id, service!.agent!.id]])
  })

  test('is routed when it is sent again after its first routing was cut short', async () => {
    const {
      shop,
      agents: [agent],
    } = await shopWith(1)
    const customer = await customerOf(shop)
    // the node stops right after the append, as if it were killed there
    const stored = await nodes.backbone.inner.store.append({
      conversation: `shop:${shop}~${customer.id}`,
      id: 'm1',
      from: customer.id,
      side: customer.id,
      kind: 'text',
      body: { text: 'm1' },
      at: nodes.now(),
      origin: '',
    })
    expect(stored).toMatchObject({ seq: 1, duplicate: false })
    expect(await customer.say('m1')).toMatchObject({ seq: 1, duplicate: true })
    expect(await assignmentOf(agent!, customer.id)).toMatchObject({ phase: 'open' })
  })
})

describe('an agent', () => {
  test("takes over a waiting conversation by answering, and not a colleague's", async () => {
    const {
      shop,
      agents: [one, two],
    } = await shopWith(2)
    for (const agent of [one!, two!]) await agent.command('changeStatus', { status: 'busy' })
    const customer = await customerOf(shop)
    await customer.say('m1')
    await one!.command('send', text(customer.id, 'r1'))
    expect((await assignmentOf(two!, customer.id))?.agent?.id).toBe(`${shop}-a1`)
    await two!.command('send', text(customer.id, 'r2'))
    expect((await assignmentOf(two!, customer.id))?.agent?.id).toBe(`${shop}-a1`)
  })

  test('gets their former customer again though another has fewer; an old message sent again reopens nothing', async () => {
    const {
      shop,
      agents: [one, two],
    } = await shopWith(2)
    await two!.command('changeStatus', { status: 'busy' })
    const [customer, second] = [await customerOf(shop), await customerOf(shop)]
    for (const { say } of [customer, second]) await say('m1')
    expect((await one!.command('close', { to: customer.id })).service).toMatchObject({ phase: 'closed', agent: { id: `${shop}-a1` } })
    await two!.command('changeStatus', { status: 'online' })
    nodes.pass(1)
    await customer.say('m1')
    expect(await assignmentOf(two!, customer.id)).toMatchObject({ phase: 'closed' })
    await customer.say('m2')
    expect(await assignmentOf(two!, customer.id)).toMatchObject({ phase: 'open', agent: { id: `${shop}-a1` } })
  })

  test("may claim a waiting or closed conversation, repeatedly, but not a present colleague's", async () => {
    const {
      shop,
      agents: [one, two],
    } = await shopWith(2)
    await one!.command('changeStatus', { status: 'away' })
    await two!.command('changeStatus', { status: 'away' })
    const customer = await customerOf(shop)
    await customer.say('m1')
    const { service } = await one!.command('claim', { to: customer.id })
    expect(service).toMatchObject({ phase: 'open', agent: { id: `${shop}-a1` } })
    expect((await one!.command('claim', { to: customer.id })).service).toEqual(service)
    expect((await two!.ask('claim', { to: customer.id })).error?.code).toBe('conflict')
    expect((await two!.ask('close', { to: customer.id })).error?.code).toBe('conflict')
    await one!.command('changeStatus', { status: 'offline' })
    expect((await two!.command('claim', { to: customer.id })).service.agent?.id).toBe(`${shop}-a2`)
    await two!.command('close', { to: customer.id })
    expect((await two!.command('close', { to: customer.id })).service.phase).toBe('closed')
    expect((await one!.command('claim', { to: customer.id })).service.agent?.id).toBe(`${shop}-a1`)
  })

  test('alone wins when several claim at once', async () => {
    const { shop, agents } = await shopWith(4)
    for (const agent of agents) await agent.command('changeStatus', { status: 'busy' })
    const customer = await customerOf(shop)
    await customer.say('m1')
    const answers = await Promise.all(agents.map((agent) => agent.ask('claim', { to: customer.id })))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(answers.flatMap(({ error }) => error?.code ?? [])).toEqual(['conflict', 'conflict', 'conflict'])
  })

  test('sees a colleague typing in the same conversation, not itself in another window', async () => {
    const {
      shop,
      agents: [one, two],
    } = await shopWith(2)
    const customer = await customerOf(shop)
    await customer.say('m1')
    await one!.push('messagePush')
    await two!.push('messagePush')
    const window = await nodes.agent(shop, `${shop}-a1`, 1)
    await one!.command('typing', { to: customer.id })
    expect(await two!.push('typingPush')).toMatchObject({ from: `${shop}-a1`, side: `shop:${shop}` })
    await two!.command('typing', { to: customer.id })
    expect((await window.push('typingPush')).from).toBe(`${shop}-a2`)
    expect(window.pushes('typingPush').map(({ from }) => from)).toEqual([`${shop}-a2`])
  })
})

test('a message written while an agent closes reopens the conversation', async () => {
  const {
    shop,
    agents: [agent],
  } = await shopWith(1)
  const customer = await customerOf(shop)
  const { conversation } = (await customer.say('m1')) as { conversation: string }
  // the close has read presence and the page, and only then the message arrives
  let isArmed = true
  nodes.backbone.afterRead = async (read) => {
    if (read !== conversation || !isArmed) return
    isArmed = false
    await customer.say('m2')
  }
  const { service } = await agent!.command('close', { to: customer.id })
  nodes.backbone.afterRead = async () => undefined
  expect(service).toMatchObject({ phase: 'open', agent: { id: `${shop}-a1` } })
})

describe('the customers of an agent who has gone', () => {
  test('are assigned to a colleague after a while when they wait for an answer; the others stay', async () => {
    const {
      shop,
      agents: [one, two],
    } = await shopWith(2)
    const [waits, answered] = [await customerOf(shop), await customerOf(shop)]
    await two!.command('changeStatus', { status: 'busy' })
    for (const customer of [waits, answered]) await customer.say('m1')
    await one!.command('send', text(answered.id, 'r1'))
    await two!.command('changeStatus', { status: 'online' })
    one!.close()
    await two!.until(() => two!.pushes('statusPush').some(({ status }) => status === 'online'))
    await vi.waitUntil(
      async () => {
        nodes.pass(10_000)
        return (await assignmentOf(two!, waits.id))?.agent?.id === `${shop}-a2`
      },
      { timeout: 25_000, interval: 200 },
    )
    expect(await assignmentOf(two!, answered.id)).toMatchObject({ phase: 'open', agent: { id: `${shop}-a1` } })
    await answered.say('m2')
    await vi.waitUntil(
      async () => {
        nodes.pass(10_000)
        return (await assignmentOf(two!, answered.id))?.agent?.id === `${shop}-a2`
      },
      { timeout: 25_000, interval: 200 },
    )
  })

  test('wait when no agent is left; an agent who only reconnected keeps them', async () => {
    const {
      shop,
      agents: [one, two],
    } = await shopWith(2)
    await two!.command('changeStatus', { status: 'busy' })
    const customer = await customerOf(shop)
    await customer.say('m1')
    one!.close()
    const back = await nodes.agent(shop, `${shop}-a1`, 1)
    nodes.pass(60_000)
    await two!.command('queue', {})
    expect(await assignmentOf(two!, customer.id)).toMatchObject({ phase: 'open', agent: { id: `${shop}-a1` } })
    await back.command('changeStatus', { status: 'offline' })
    await vi.waitUntil(
      async () => {
        nodes.pass(10_000)
        return (await assignmentOf(two!, customer.id))?.phase === 'waiting'
      },
      { timeout: 25_000, interval: 200 },
    )
  })
})

describe('a change of assignment', () => {
  test('updates the queue of all open conversations, longest waiting first, and a wrong index is repaired', async () => {
    const {
      shop,
      agents: [agent],
    } = await shopWith(1)
    await agent!.command('changeStatus', { status: 'busy' })
    const customers = [await customerOf(shop), await customerOf(shop), await customerOf(shop)]
    for (const customer of customers) {
      await customer.say('m1')
      nodes.pass(5)
    }
    const { records } = nodes.backbone.inner
    const ghost = `shop:${shop}~ghost`
    await records.put({ collection: `shop:${shop}/open`, key: ghost, value: '{"phase":"waiting","since":1}', now: nodes.now() })
    const { conversations, more } = await agent!.command('queue', {})
    expect([conversations.map(({ to }) => to), more]).toEqual([customers.map(({ id }) => id), false])
    expect((await agent!.command('queue', { limit: 1 })).more).toBe(true)
    await agent!.command('close', { to: customers[1]!.id })
    expect((await agent!.command('queue', {})).conversations.map(({ to }) => to)).toEqual([customers[0]!.id, customers[2]!.id])
    expect((await records.items(`shop:${shop}/open`, nodes.now())).map(({ key }) => key)).not.toContain(ghost)
  })

  test('is pushed to agents at all nodes, and never to a customer', async () => {
    const {
      shop,
      agents: [one, two],
    } = await shopWith(2)
    const customer = await customerOf(shop)
    await customer.say('m1')
    for (const agent of [one!, two!]) await pushedRow(agent, customer.id, ({ phase }) => phase === 'open')
    const { agent } = (await assignmentOf(one!, customer.id))!
    await (agent!.id.endsWith('a1') ? one! : two!).command('send', text(customer.id, 'r1'))
    await customer.wireClient.push('messagePush')
    const { conversations } = await customer.wireClient.command('conversations', {})
    expect(conversations.map(({ service }) => service)).toEqual([undefined])
    await (agent!.id.endsWith('a1') ? one! : two!).command('close', { to: customer.id })
    for (const seen of [one!, two!]) await pushedRow(seen, customer.id, ({ phase }) => phase === 'closed')
    expect(customer.wireClient.received.some((packet) => JSON.stringify(packet).includes('"service"'))).toBe(false)
  })

  test('does not exist between two customers, and no agent may claim their conversation', async () => {
    const [alice, bob] = [nodes.unique('alice'), nodes.unique('bob')]
    const wireClient = await nodes.arrive(0, { sub: alice })
    const { conversation } = await wireClient.command('send', text(bob, 'm1'))
    const {
      agents: [agent],
    } = await shopWith(1)
    for (const name of ['claim', 'close', 'unblock']) {
      expect((await agent!.ask(name, { conversation })).error?.code).toBe('forbidden')
    }
    expect((await nodes.backbone.inner.store.read(conversation, { limit: 1 })).assignment).toBeUndefined()
  })
})
