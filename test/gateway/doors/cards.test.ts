/** What a backend says now about products and orders, over real HTTP, however it behaves. The gateways' clock is moved. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { CustomerServer, json, type Answering } from '../../kit/customer-server.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'
import type { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const NOW = { price: '€ 45', status: 'Sold out' }
const AT = expect.any(Number)
let server: CustomerServer
let two: TwoGateways
beforeAll(async () => {
  server = await CustomerServer.start()
  two = await TwoGateways.start({ CARD_URL: `${server.url}/cards`, CARD_KEY: 'k3y', CARD_MS: '2000' })
})
afterAll(async () => {
  await two.stop()
  await server.stop()
})
beforeEach(() => {
  server.requests.length = 0
  server.answering = json(NOW)
})

/** A conversation with one message of `kind`, its customer and an agent of its shop. */
async function scene(kind: string, body: Readonly<Record<string, unknown>>) {
  const [shop, c] = [two.unique('s'), two.unique('c')]
  const customer = await two.customer(0, c)
  await customer.command('send', { to: `shop:${shop}`, id: 'm1', kind, body: { text: 'a card', ...body } })
  const desk = await two.agent(1, [two.unique('a'), shop])
  const ask = async (wireClient: WireClient = desk, to = c, seq = 1) => {
    const { ok: _, ...answer } = await wireClient.command('card', { to, seq })
    return answer
  }
  /** On a busy machine the first answer may be slow. */
  const settle = async (...of: Parameters<typeof ask>) => {
    for (;;) {
      const answer = await ask(...of)
      if (answer.state !== 'slow') return answer
    }
  }
  return { shop, c, customer, desk, ask, settle }
}
const metric = async (reason: string): Promise<number> => {
  const text = await (await fetch(`${two.nodes[1].url}/metrics`)).text()
  return Number(new RegExp(`^im_card_failures_total\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}

test('nobody is asked when a card is sent; who looks at it is told, on both sides, and the backend once in 30 s', async () => {
  const { c, customer, shop, settle } = await scene('product', { id: 'k 1', title: 'Kettle', price: '€ 49' })
  expect(server.requests).toEqual([])
  expect(await settle()).toEqual({ state: 'ready', info: NOW, at: AT })
  await settle()
  expect(server.requests).toEqual([{ path: `/cards?kind=product&id=k+1&customer=${c}&shop=${shop}`, key: 'Bearer k3y' }])
  expect(await settle(customer, `shop:${shop}`)).toEqual({ state: 'ready', info: NOW, at: AT })
  two.pass(30_000)
  server.answering = json({ price: '€ 40' })
  await expect.poll(async () => (await settle()).info).toEqual({ price: '€ 40' })
})

test('an order is asked about by its number, and the backend is told whose conversation it is', async () => {
  const { c, shop, settle } = await scene('order', { number: 'MG-7', status: 'Packed' })
  server.answering = json({ status: 'On its way', total: '¥ 468', count: 3, secret: 'x' })
  expect(await settle()).toEqual({ state: 'ready', info: { status: 'On its way', total: '¥ 468', count: 3 }, at: AT })
  expect(server.requests[0]!.path).toBe(`/cards?kind=order&id=MG-7&customer=${c}&shop=${shop}`)
})

test('a message that is no card, or of something without an id, or that is not there, is asked about at nobody', async () => {
  for (const [kind, body] of [
    ['text', {}],
    ['product', { title: 'Kettle' }],
    ['product', { title: 'Kettle', id: 'x'.repeat(65) }],
    ['order', { number: { $ne: '' } }],
    ['order', { number: ' ' }],
    ['note', { id: 'k1' }],
  ] as const) {
    const { c, desk, ask } = await scene(kind, body)
    expect([kind, await ask()]).toEqual([kind, { state: 'empty' }])
    expect(await ask(desk, c, 2)).toEqual({ state: 'empty' })
    expect(await ask(desk, c, 0)).toEqual({ state: 'empty' })
  }
  expect(server.requests).toEqual([])
})

test('nobody is told about cards of other conversations', async () => {
  const { c, shop } = await scene('order', { number: 'MG-7' })
  const stranger = await two.customer(0, two.unique('c'))
  expect((await stranger.ask('card', { conversation: `shop:${shop}~${c}`, seq: 1 })).error?.code).toBe('forbidden')
  expect(await stranger.command('card', { to: `shop:${shop}`, seq: 1 })).toEqual({ ok: true, state: 'empty' })
  const rival = await two.agent(1, [two.unique('a'), two.unique('s')])
  expect((await rival.ask('card', { conversation: `shop:${shop}~${c}`, seq: 1 })).error?.code).toBe('forbidden')
  expect(server.requests).toEqual([])
})

test('a conversation between two persons has no backend', async () => {
  const [a, b] = [two.unique('c'), two.unique('c')]
  const one = await two.customer(0, a)
  await one.command('send', { to: b, id: 'm1', kind: 'product', body: Object.assign({ text: 'x' }, { id: 'k1', title: 'Kettle' }) })
  expect(await one.command('card', { to: b, seq: 1 })).toEqual({ ok: true, state: 'off' })
})

test('a slow backend holds nobody up; its late answer is there for who asks again', async () => {
  const { ask } = await scene('product', { id: 'k1', title: 'Kettle' })
  server.withhold(json(NOW))
  expect(await ask()).toEqual({ state: 'slow' })
  server.release()
  await expect.poll(ask).toEqual({ state: 'ready', info: NOW, at: AT })
  expect(server.requests).toHaveLength(1)
})

const LONG = 'x'.repeat(41)
const WRONG: readonly [title: string, reason: string, answering: Answering][] = [
  ['a status of failure', 'status', json(NOW, 500)],
  ['no JSON', 'json', (response) => response.end('<html>Welcome</html>')],
  ['a list', 'shape', json([NOW])],
  ['a price that is a number', 'shape', json({ price: 45 })],
  ['a price that is too long', 'shape', json({ price: LONG })],
  ['half an item', 'shape', json({ count: 1.5 })],
  ['too many bytes', 'size', json({ rest: LONG.repeat(7000) })],
  ['another host', 'redirect', (response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end()],
]
test.each(WRONG)('%s is `down`, and the operator hears of it', async (_title, reason, answering) => {
  const { settle } = await scene('product', { id: 'k1', title: 'Kettle' })
  server.answering = answering
  const before = await metric(reason)
  expect(await settle()).toEqual({ state: 'down' })
  expect(await metric(reason)).toBe(before + 1)
})

test('marks of direction do not leave the words they stand in, and what shows nothing is left out', async () => {
  const { settle } = await scene('product', { id: 'k1', title: 'Kettle' })
  server.answering = json({ price: '\u202e54 €\n', status: '\u200b' })
  expect(await settle()).toEqual({ state: 'ready', info: { price: '54 €' }, at: AT })
  const other = await scene('product', { id: 'k1', title: 'Kettle' })
  server.answering = json({ status: '\u200b' })
  expect((await other.settle()).state).toBe('empty')
})

test('a client that asks without end is refused, and not the messages of others', async () => {
  const { c, desk, settle } = await scene('product', { id: 'k1', title: 'Kettle' })
  await settle()
  const asking = Array.from({ length: 80 }, () => desk.ask('card', { to: c, seq: 1 }))
  const refused = (await Promise.all(asking)).filter(({ error }) => error?.code === 'rate_limited')
  expect(refused.length).toBeGreaterThan(10)
  expect(server.requests).toHaveLength(1)
  await desk.command('send', { to: c, id: 'm2', kind: 'text', body: { text: 'hello' } })
})
