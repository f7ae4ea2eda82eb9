/** Customer details from a real backend over HTTP, however it behaves. The gateways' clock is moved. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { CustomerServer, json, type Answering } from '../../kit/customer-server.ts'
import type { WireClient } from '../../kit/wire-client.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const KNOWN = {
  profile: [{ label: 'Level', value: 'Gold' }],
  orders: [{ number: 'MG-1', title: 'Kettle', status: 'Sent', total: '¥ 468', at: 1_700_000_000_000, url: '/orders/MG-1' }],
}
let server: CustomerServer
let two: TwoGateways
beforeAll(async () => {
  server = await CustomerServer.start()
  two = await TwoGateways.start({ CUSTOMER_URL: `${server.url}/crm`, CUSTOMER_KEY: 'k3y', CUSTOMER_MS: '2000' })
})
afterAll(async () => {
  await two.stop()
  await server.stop()
})
beforeEach(() => {
  server.requests.length = 0
  server.answering = json(KNOWN)
})

/** A new customer of whom nothing is cached, and an agent who may ask. */
async function scene() {
  const [shop, c] = [two.unique('s'), two.unique('c')]
  const customer = await two.customer(0, c)
  await customer.command('send', { to: `shop:${shop}`, id: 'm1', kind: 'text', body: { text: 'hi' } })
  const desk = await two.agent(1, [two.unique('a'), shop])
  const ask = async (wireClient: WireClient = desk) => {
    const { ok: _, ...answer } = await wireClient.command('customer', { to: c })
    return answer
  }
  /** On a busy machine the first answer may be slow. */
  const settle = async () => {
    for (;;) {
      const answer = await ask()
      if (answer.state !== 'slow') return answer
    }
  }
  return { shop, c, customer, desk, ask, settle }
}
const metric = async (reason: string): Promise<number> => {
  const text = await (await fetch(`${two.nodes[1].url}/metrics`)).text()
  return Number(new RegExp(`^im_customer_failures_total\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}
const AT = expect.any(Number)

test('the gateway asks the backend with its key once in 30 s and passes its answer on', async () => {
  const { c, shop, ask, settle } = await scene()
  expect(await settle()).toEqual({ state: 'ready', info: KNOWN, at: AT })
  two.pass(25_000)
  await ask()
  expect(server.requests).toEqual([{ path: `/crm?customer=${c}&shop=${shop}`, key: 'Bearer k3y' }])
  server.answering = json({ profile: [{ label: 'Level', value: 'Platinum' }] })
  two.pass(5000)
  await expect.poll(async () => (await settle()).info?.profile).toEqual([{ label: 'Level', value: 'Platinum' }])
  expect(server.requests).toHaveLength(2)
})

test('the gateway has one request for a customer at a time, however many agents ask', async () => {
  const { shop, desk, ask } = await scene()
  const colleague = await two.agent(1, [two.unique('a'), shop])
  server.withhold(json(KNOWN))
  const asking = [ask(), ask(colleague), ask(desk), ask(colleague)]
  await expect.poll(() => server.requests.length).toBe(1)
  server.release()
  await Promise.all(asking)
  expect((await ask()).state).toBe('ready')
  expect(server.requests).toHaveLength(1)
})

test('the desk gets `slow` while the backend is slow, and the late answer when it asks again', async () => {
  const { ask } = await scene()
  server.withhold(json(KNOWN))
  expect(await ask()).toEqual({ state: 'slow' })
  expect(await ask()).toEqual({ state: 'slow' })
  server.release()
  await expect.poll(async () => (await ask()).state).toBe('ready')
  expect(server.requests).toHaveLength(1)
  two.pass(30_000)
  server.withhold(json({}))
  expect(await ask()).toEqual({ state: 'slow', info: KNOWN, at: AT })
  server.release()
  await expect.poll(ask).toEqual({ state: 'empty', at: AT })
})

test('the desk gets `down` and the older answer when the backend never answers', async () => {
  const { ask, settle } = await scene()
  const { at } = await settle()
  const before = await metric('slow')
  two.pass(30_000)
  server.answering = () => undefined
  await expect.poll(ask, { timeout: 10_000 }).toEqual({ state: 'down', info: KNOWN, at })
  expect(await metric('slow')).toBe(before + 1)
  // the gateway does not ask again at once
  expect((await ask()).state).toBe('down')
  expect(server.requests).toHaveLength(2)
  server.answering = json(KNOWN)
  two.pass(2000)
  expect((await settle()).state).toBe('ready')
})

const HUGE = 'x'.repeat(500)
const WRONG: readonly [title: string, reason: string, answering: Answering][] = [
  ['a status of failure', 'status', json(KNOWN, 500)],
  ['a status of no right', 'status', json(KNOWN, 403)],
  ['no JSON', 'json', (response) => response.end('<html>Welcome</html>')],
  [
    'half of it',
    'unreachable',
    (response) => {
      response.writeHead(200, { 'content-length': '900' }).write('{"profile":[', () => response.destroy())
    },
  ],
  ['nothing at all', 'json', (response) => response.end()],
  ['a list', 'shape', json([KNOWN])],
  ['an order without a number', 'shape', json({ orders: [{ title: 'Kettle' }] })],
  ['a huge value', 'shape', json({ profile: [{ label: 'Level', value: HUGE + 'x' }] })],
  ['too many orders', 'shape', json({ orders: Array.from({ length: 51 }, (_, n) => ({ number: `${n}`, title: '' })) })],
  ['too many bytes', 'size', json({ ...KNOWN, rest: HUGE.repeat(600) })],
  [
    'bytes without end',
    'size',
    (response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(HUGE));
        response.once('drain', more)
      }
      more()
    },
  ],
  ['brackets in brackets', 'shape', (response) => response.end(`{"profile":[],"rest":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
  ['braces in braces', 'shape', (response) => response.end(`${'{"profile":'.repeat(20_000)}1${'}'.repeat(20_000)}`)],
  ['depth in a field that is known', 'shape', (response) => response.end(`{"orders":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
  ['very many keys', 'shape', json({ ...KNOWN, ...Object.fromEntries(Array.from({ length: 15_000 }, (_, n) => [`k${n}`, n])) })],
  ['a reset connection', 'unreachable', (response) => response.destroy()],
  ['another host', 'redirect', (response) => response.writeHead(302, { location: 'http://localhost:1/' }).end()],
  ['another port', 'redirect', (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()],
  ['a file', 'redirect', (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end()],
  ['nowhere', 'redirect', (response) => response.writeHead(302).end()],
  ['a circle', 'redirect', (response, { url }) => response.writeHead(302, { location: url }).end()],
]
test.each(WRONG)('an answer of %s is a failure with a reason: down, and reported once', async (_what, reason, answering) => {
  const { settle } = await scene()
  const before = await metric(reason)
  server.answering = answering
  expect(await settle()).toEqual({ state: 'down' })
  expect(await metric(reason)).toBe(before + 1)
})

test('a redirect on the same host is followed, with the key', async () => {
  const { settle } = await scene()
  const moved: Answering = (response) => response.writeHead(301, { location: '/new?x=1' }).end()
  server.answering = (response, request) => (request.url === '/new?x=1' ? json(KNOWN) : moved)(response, request)
  expect((await settle()).state).toBe('ready')
  expect(server.requests.at(-1)).toEqual({ path: '/new?x=1', key: 'Bearer k3y' })
})

test.each([
  ['404', json({ error: 'nobody' }, 404)],
  ['204', (response) => response.writeHead(204).end()],
  ['nothing in it', json({})],
  ['empty lists', json({ profile: [], orders: [] })],
] as [string, Answering][])('who the backend does not know (%s) is empty, which is no failure', async (_what, answering) => {
  const { ask, settle } = await scene()
  server.answering = answering
  expect(await settle()).toEqual({ state: 'empty', at: AT })
  expect(await ask()).toEqual({ state: 'empty', at: AT })
  expect(server.requests).toHaveLength(1)
})

test('fields unknown to the schema and URLs that no browser would fetch are left out', async () => {
  const { settle } = await scene()
  const order = { number: '1', title: '<b>K</b>' }
  server.answering = json({
    secret: 'x',
    profile: [{ label: 'a', value: 'b', secret: 'x' }],
    orders: [
      { ...order, url: 'javascript:alert(1)', image: 'data:image/png;base64,x', secret: 1 },
      { ...order, url: 'https://x.example/' },
    ],
  })
  expect((await settle()).info).toEqual({ profile: [{ label: 'a', value: 'b' }], orders: [order, { ...order, url: 'https://x.example/' }] })
})

test('earlier contacts come from the log: six silent hours end one, and the present one does not count', async () => {
  const { shop, c, customer, desk, ask } = await scene()
  const say = (wireClient: WireClient, id: string) =>
    wireClient.command('send', { to: wireClient === desk ? c : `shop:${shop}`, id, kind: 'text', body: { text: id } })
  expect(await ask()).not.toHaveProperty('earlier')
  two.pass(60_000)
  await say(desk, 'm2')
  two.pass(6 * 3_600_000 + 1000)
  await say(customer, 'm3')
  two.pass(5 * 3_600_000)
  await say(customer, 'm4')
  const { earlier } = await ask()
  expect(earlier).toEqual([{ agent: expect.stringMatching(/^A\d+$/), from: AT, to: AT, seq: 1 }])
  expect(Math.round((earlier![0]!.to - earlier![0]!.from) / 1000)).toBe(60)
  two.pass(7 * 3_600_000)
  expect((await ask()).earlier?.map(({ seq, agent }) => [seq, agent === undefined])).toEqual([
    [3, true],
    [1, false],
  ])
})

test('only agents may ask, and only about customers who have a conversation with their shop', async () => {
  const { shop, c, customer } = await scene()
  const rival = await two.agent(0, [two.unique('a'), two.unique('s')])
  const code = async (wireClient: WireClient, input: object) => (await wireClient.ask('customer', input)).error?.code
  expect(await code(customer, { to: `shop:${shop}` })).toBe('forbidden')
  expect(await code(rival, { conversation: `shop:${shop}~${c}` })).toBe('forbidden')
  expect(await code(rival, { to: c })).toBe('unknown_conversation')
  expect(await code(rival, {})).toBe('bad_request')
  expect(server.requests).toEqual([])
})
