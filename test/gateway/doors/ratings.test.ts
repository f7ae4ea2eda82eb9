/** A customer rates a conversation that was closed, and agents see it in the row and in the report. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { WireClient } from '../../kit/wire-client.ts'
import { assignmentOf, ShopNodes, text } from '../../kit/shop-nodes.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let nodes: ShopNodes
let silent: ShopNodes
beforeAll(async () => {
  nodes = await ShopNodes.start({ RATINGS: 'on' })
  silent = await ShopNodes.start()
})
afterAll(() => Promise.all([nodes.stop(), silent.stop()]))

async function closedConversation(at: ShopNodes, { isAnswered = true } = {}) {
  const [shop, id] = [at.unique('s'), at.unique('c')]
  const agent = await at.agent(shop, `${shop}-a`, 0)
  const customer = await at.arrive(1, { sub: id })
  await customer.command('send', text(`shop:${shop}`, 'm1'))
  if (isAnswered) await agent.command('send', text(id, 'm2'))
  await agent.command('close', { to: id })
  const to = `shop:${shop}`
  const may = async (): Promise<boolean> => (await customer.command('mayRate', { to })).mayRate
  const rate = async (score: number, words?: string) =>
    (await customer.ask('rate', { to, score, ...(words === undefined ? {} : { text: words }) })).error?.code
  return { shop, id, to, agent, customer, may, rate }
}

const asked = (customer: WireClient): Promise<unknown> => customer.push('mayRatePush')

describe('a conversation that was closed', () => {
  test('may be rated once; its agents see it', async () => {
    const { id, agent, customer, may, rate } = await closedConversation(nodes)
    expect(await asked(customer)).toMatchObject({ mayRate: true })
    expect(await may()).toBe(true)
    expect(await rate(4, 'Quick')).toBeUndefined()
    expect(await may()).toBe(false)
    expect(await rate(4, 'Quick')).toBeUndefined() // the answer to the first may have been lost
    expect(await rate(1)).toBe('conflict')
    expect(await assignmentOf(agent, id)).toMatchObject({ phase: 'closed', rating: { score: 4, text: 'Quick', at: expect.any(Number) } })
  })

  test('may not be rated any more once it is open again, nor where nobody had answered', async () => {
    const { to, customer, may, rate } = await closedConversation(nodes)
    await customer.command('send', text(to, 'm3'))
    expect([await may(), await rate(5)]).toEqual([false, 'conflict'])
    const missed = await closedConversation(nodes, { isAnswered: false })
    expect([await missed.may(), await missed.rate(1)]).toEqual([false, 'conflict'])
  })

  test.each([0, 6, 2.5, '5', null])('takes no score of %j', async (score) => {
    const { rate } = await closedConversation(nodes)
    expect(await rate(score as number)).toBe('bad_request')
  })

  test('is rated by its customer alone, and by nobody where ratings are off', async () => {
    const { to, agent, may } = await closedConversation(nodes)
    const other = await nodes.arrive(0, { sub: nodes.unique('c') })
    expect((await other.ask('rate', { to, score: 1 })).error?.code).toBe('conflict')
    expect((await agent.ask('rate', { to, score: 1 })).error?.code).toBe('forbidden')
    expect(await may()).toBe(true)
    const off = await closedConversation(silent)
    expect([await off.may(), await off.rate(5)]).toEqual([false, 'forbidden'])
  })
})

test('the report counts at all nodes, for agents only', async () => {
  const { agent, customer, rate } = await closedConversation(nodes)
  await rate(3)
  // what the customer's node has counted comes with its next turn
  await expect.poll(async () => (await agent.command('report', { days: 1 })).total.ratings, { timeout: 20_000 }).toEqual([0, 0, 1, 0, 0])
  const { total, agents, days } = await agent.command('report', { days: 30 })
  expect(total).toMatchObject({ conversations: 1, closed: 1, missed: 0, answer: { p50: expect.any(Number) } })
  expect(agents).toMatchObject([{ conversations: 1, closed: 1, ratings: [0, 0, 1, 0, 0] }])
  expect(days).toHaveLength(30)
  expect((await customer.ask('report', { days: 1 })).error?.code).toBe('forbidden')
  for (const bad of [0, 31, 1.5]) expect((await agent.ask('report', { days: bad })).error?.code).toBe('bad_request')
})
