/** A customer who waits is told where the conversation stands in the queue, without a push for each step of it. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { WireClient } from '../../kit/wire-client.ts'
import { ShopNodes, text } from '../../kit/shop-nodes.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let nodes: ShopNodes
beforeAll(async () => {
  nodes = await ShopNodes.start({ AGENT_LIMIT: '1' })
})
afterAll(() => nodes.stop())

interface Waiting {
  readonly id: string
  readonly wireClient: WireClient
}

async function waiting(shop: string, node: 0 | 1): Promise<Waiting> {
  const id = nodes.unique('c')
  const wireClient = await nodes.arrive(node, { sub: id })
  await wireClient.command('send', text(`shop:${shop}`, 'm1'))
  nodes.pass(10)
  return { id, wireClient }
}

const placeOf = (shop: string, { wireClient }: Waiting) => wireClient.command('place', { to: `shop:${shop}` })

test('each is told its own place, at either node, and the next one moves up when an agent takes the first', async () => {
  const shop = nodes.unique('s')
  const customers = [await waiting(shop, 0), await waiting(shop, 1), await waiting(shop, 0)]
  nodes.pass(3000)
  const places = await Promise.all(customers.map((each) => placeOf(shop, each)))
  expect(places.map(({ place }) => place)).toEqual([1, 2, 3])
  expect(await customers[1]!.wireClient.push('placePush')).toEqual({ conversation: `shop:${shop}~${customers[1]!.id}`, isWaiting: true })

  const agent = await nodes.agent(shop, 'ann', 1)
  await agent.command('claim', { to: customers[0]!.id })
  await expect.poll(() => customers[0]!.wireClient.pushes('placePush').at(-1)).toMatchObject({ isWaiting: false })
  nodes.pass(3000)
  expect(await placeOf(shop, customers[0]!)).toEqual({ ok: true })
  await expect.poll(async () => (await placeOf(shop, customers[1]!)).place).toBe(1)
  // a step of the queue is no reason for a push
  expect(customers[2]!.wireClient.pushes('placePush')).toHaveLength(1)
})

test('what is usual is the median of the latest waits, and nothing before there are three', async () => {
  const shop = nodes.unique('s')
  const agent = await nodes.agent(shop, 'bo')
  await agent.command('changeStatus', { status: 'busy' })
  const usual: (number | undefined)[] = []
  for (const minutes of [2, 30, 5]) {
    const one = await waiting(shop, 0)
    nodes.pass(minutes * 60_000 + minutes)
    usual.push((await placeOf(shop, one)).usualMs)
    await agent.command('claim', { to: one.id })
    await one.wireClient.push('placePush', 1)
  }
  nodes.pass(10_000)
  const last = await waiting(shop, 1)
  await expect
    .poll(async () => {
      nodes.pass(10_000)
      return Math.round(((await placeOf(shop, last)).usualMs ?? 0) / 60_000)
    })
    .toBe(5)
  expect(usual).toEqual([undefined, undefined, undefined])
  nodes.pass(14_400_000)
  await expect.poll(async () => (await placeOf(shop, last)).usualMs).toBe(undefined)
})

test('who is assigned at once, who is closed and who never wrote does not wait and gets no push', async () => {
  const shop = nodes.unique('s')
  await nodes.agent(shop, 'cy')
  const one = await waiting(shop, 0)
  expect(await placeOf(shop, one)).toEqual({ ok: true })
  const silent = await nodes.arrive(0, { sub: nodes.unique('c') })
  expect(await silent.command('place', { to: `shop:${shop}` })).toEqual({ ok: true })
  await expect.poll(() => one.wireClient.pushes('placePush')).toEqual([])
})

test('agents and people between themselves have no place', async () => {
  const shop = nodes.unique('s')
  const agent = await nodes.agent(shop, 'di')
  await expect(agent.command('place', { to: 'c1' })).rejects.toThrow('This pass may not do that')
  const customer = await nodes.arrive(0, { sub: nodes.unique('c') })
  await expect(customer.command('place', { to: 'somebody' })).rejects.toThrow('to is not a shop')
})

test('a queue of thousands is read once in three seconds, however many ask', async () => {
  const shop = nodes.unique('s')
  const side = `shop:${shop}`
  const { records } = nodes.backbone.inner
  const now = nodes.now()
  await Promise.all(
    Array.from({ length: 2000 }, (_, at) =>
      records.put({
        collection: `${side}/open`,
        key: `${side}~x${String(at).padStart(4, '0')}`,
        value: JSON.stringify({ phase: 'waiting', since: now - 10_000 + at }),
        now,
      }),
    ),
  )
  const one = await waiting(shop, 0)
  nodes.pass(3000)
  const read = vi.spyOn(nodes.backbone.inner.records, 'items')
  const places = await Promise.all(Array.from({ length: 50 }, () => placeOf(shop, one)))
  expect(new Set(places.map(({ place }) => place))).toEqual(new Set([2001]))
  expect(read.mock.calls.filter(([collection]) => collection === `${side}/open`)).toHaveLength(1)
  read.mockRestore()
})
