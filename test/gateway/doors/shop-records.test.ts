/** What shops say about themselves: put by a backend, or told by one, however it behaves. The gateways' clock is moved. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Shop } from '../../../gateway/protocol/model.ts'
import { CustomerServer, json, type Answering } from '../../kit/customer-server.ts'
import { PICTURES } from '../../kit/pictures.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'
import { WireClient } from '../../kit/wire-client.ts'
import type { PassClaims } from '../../kit/gateway.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const KETTLES = {
  name: 'Kettle House',
  logo: 'https://shop.example/logo.png',
  greeting: { en: 'Hello!\nHow can we help?', 'zh-CN': '您好！' },
  questions: { en: ['Where is my order?', 'Do you deliver abroad?'] },
  replyMinutes: 5,
}
let server: CustomerServer
let two: TwoGateways
beforeAll(async () => {
  server = await CustomerServer.start()
  two = await TwoGateways.start({ SHOP_URL: `${server.url}/shops`, SHOP_KEY: 'k3y', SHOP_MS: '2000', API_KEY: 'key' })
})
afterAll(async () => {
  await two.stop()
  await server.stop()
})
beforeEach(() => {
  server.requests.length = 0
  server.answering = json({}, 404)
})

const put = (shop: string, record: unknown, { key = 'key', node = 0 }: { key?: string; node?: 0 | 1 } = {}): Promise<Response> =>
  fetch(`${two.nodes[node].url}/v1/shops/${shop}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(record),
  })
const statusOf = async (shop: string, record: unknown): Promise<number> => (await put(shop, record)).status

/** What a new customer of the shop is told. */
async function told(shop: string, node: 0 | 1 = 0): Promise<Shop | undefined> {
  const customer = await two.customer(node, two.unique('c'))
  return (await customer.command('history', { to: `shop:${shop}` })).shop
}
const metric = async (reason: string): Promise<number> => {
  const text = await (await fetch(`${two.nodes[0].url}/metrics`)).text()
  return Number(new RegExp(`^im_shop_failures_total\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}

test('a record that is put is told to customers, and one that is put after it takes its place', async () => {
  const shop = two.unique('s')
  expect(await told(shop)).toBeUndefined()
  const response = await put(shop, KETTLES)
  expect([response.status, await response.json()]).toEqual([200, { shop: KETTLES }])
  expect(await told(shop)).toEqual(KETTLES)
  await put(shop, { name: 'Teapots' })
  expect(await told(shop)).toEqual({ name: 'Teapots' })
  await put(shop, {})
  expect(await told(shop)).toBeUndefined()
})

test('another node knows it 30 s later', async () => {
  const shop = two.unique('s')
  await put(shop, { name: 'Old' }, { node: 0 })
  expect(await told(shop, 1)).toEqual({ name: 'Old' })
  await put(shop, { name: 'New' }, { node: 0 })
  expect(await told(shop, 1)).toEqual({ name: 'Old' })
  two.pass(30_000)
  await expect.poll(() => told(shop, 1)).toEqual({ name: 'New' })
})

test('the backend is asked with its key once in 30 s, and what was put comes before what it says, part by part', async () => {
  const shop = two.unique('s')
  server.answering = json({ ...KETTLES, secret: 'x' })
  expect(await told(shop)).toEqual(KETTLES)
  await told(shop)
  expect(server.requests).toEqual([{ path: `/shops?shop=${shop}`, key: 'Bearer k3y' }])
  await put(shop, { name: 'Teapots' })
  expect(await told(shop)).toEqual({ ...KETTLES, name: 'Teapots' })
})

test('the welcome tells the shop that is written to, and an agent its own', async () => {
  const shop = two.unique('s')
  const side = `shop:${shop}`
  await put(shop, KETTLES)
  const welcome = async (node: 0 | 1, claims: PassClaims, hello = {}) => {
    const { url, pass } = two.nodes[node]
    return (await new WireClient(url).open()).hello({ token: await pass({ ttlMs: 86_400_000, ...claims }), ...hello })
  }
  const customer = await welcome(0, { sub: two.unique('c') }, { to: side })
  expect(customer.shops).toEqual({ [side]: KETTLES })
  expect(customer.resumed).toMatchObject([{ to: side, name: 'Kettle House' }])
  const agent = await welcome(1, { sub: two.unique('a'), role: 'agent', shop })
  expect(agent.shops).toEqual({ [side]: KETTLES })
  const other = await welcome(0, { sub: two.unique('c') }, { to: 'alice' })
  expect(other.shops).toBeUndefined()
})

test('rows of a customer have the name and logo of the shop, and never the name of an agent', async () => {
  const shop = two.unique('s')
  const c = two.unique('c')
  const customer = await two.customer(0, c)
  const agent = await two.agent(1, [two.unique('a'), shop])
  await customer.command('send', { to: `shop:${shop}`, id: 'm1', kind: 'text', body: { text: 'hi kettle' } })
  await agent.command('send', { to: c, id: 'm2', kind: 'text', body: { text: 'hello' } })
  const row = async () => {
    const { name, logo } = (await customer.command('conversations', {})).conversations[0]!
    return { name, logo }
  }
  expect(await row()).toEqual({})
  await put(shop, KETTLES)
  expect(await row()).toEqual({ name: 'Kettle House', logo: 'https://shop.example/logo.png' })
  const { hits } = await customer.command('search', { query: 'kettle house' })
  expect(hits.map((hit) => hit.row.name)).toEqual(['Kettle House'])
})

test('hours become the times at which the shop is open', async () => {
  const shop = two.unique('s')
  await put(shop, { hours: { timeZone: 'Asia/Shanghai', open: ['Mo-Su 00:00-24:00'] } })
  const open = (await told(shop))?.open ?? []
  expect(open).toHaveLength(1)
  const [from = 0, to = 0] = open[0] ?? []
  expect(to - from).toBeGreaterThan(7 * 86_400_000)
  await put(shop, { hours: { timeZone: 'Asia/Shanghai', open: [] } })
  expect(await told(shop)).toEqual({ open: [] })
})

test('customers learn that somebody of the shop is there, and who', async () => {
  const shop = two.unique('s')
  const customer = await two.customer(0, two.unique('c'))
  const presence = async () => (await customer.command('presence', { of: [`shop:${shop}`] })).presence[`shop:${shop}`]
  expect(await presence()).toEqual({ online: false, status: 'offline' })
  const agent = await two.agent(0, [two.unique('a'), shop])
  await expect.poll(presence).toMatchObject({ online: true, agent: { name: expect.stringMatching(/^A\d+$/) } })
  await agent.command('changeStatus', { status: 'busy' })
  await expect.poll(presence).toMatchObject({ status: 'busy', agent: { name: expect.any(String) } })
})

const LONG = 'x'.repeat(501)
test.each([
  ['no key', 403, KETTLES, { key: 'other' }],
  ['a script as logo', 400, { logo: 'javascript:alert(1)' }],
  ['a logo beside whatever page shows it', 400, { logo: 'logo.png' }],
  ['a logo without a scheme', 400, { logo: '//cdn.example/logo.png' }],
  ['bytes as logo', 400, { logo: 'data:image/png;base64,x' }],
  ['a picture that this gateway does not have', 410, { logo: '/v1/images/AAAAAAAAAAAAAAAAAAAAAAAA' }],
  ['a long name', 400, { name: LONG }],
  ['a name of marks alone', 400, { name: '\u200b\u202e' }],
  ['an unknown time zone', 400, { hours: { timeZone: 'Mars/Olympus', open: [] } }],
  ['hours in words', 400, { hours: { timeZone: 'UTC', open: ['Monday to Friday'] } }],
  ['a language that is none', 400, { greeting: { __proto__x: 'hi' } }],
  ['a long greeting', 400, { greeting: { en: LONG } }],
  ['many questions', 400, { questions: { en: Array.from({ length: 11 }, () => 'x') } }],
  ['a misspelt part', 400, { nmae: 'Kettles' }],
  ['more than 8 kB', 413, { greeting: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`en-x${n}`, 'y'.repeat(500)])) }],
  ['a list', 400, []],
] as [string, number, unknown, { key: string }?][])('%s is refused with %i, and the record stays', async (_what, status, record, options) => {
  const shop = two.unique('s')
  await put(shop, { name: 'Kettle House' })
  expect((await put(shop, record, options)).status).toBe(status)
  expect(await told(shop)).toEqual({ name: 'Kettle House' })
})

test('what turns the direction of text is taken out of names, greetings and questions', async () => {
  const shop = two.unique('s')
  await put(shop, { name: 'Kettle\u202eesuoH', greeting: { en: 'a\u202eb\nc\u0007' }, questions: { en: ['a\nb\u2066', '\u200b'] } })
  expect(await told(shop)).toEqual({ name: 'Kettle esuoH', greeting: { en: 'ab\nc' }, questions: { en: ['a b'] } })
})

test('a logo may be a picture of this gateway', async () => {
  const shop = two.unique('s')
  const uploaded = await fetch(`${two.nodes[0].url}/v1/images`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await two.nodes[0].pass({ sub: two.unique('a'), role: 'agent', shop })}` },
    body: new Uint8Array(PICTURES.png),
  })
  const { url } = (await uploaded.json()) as { url: string }
  expect(await statusOf(shop, { logo: url })).toBe(200)
  expect(await told(shop)).toEqual({ logo: url })
})

test('a shop that there is not cannot be put', async () => {
  expect(await statusOf('a%20b', KETTLES)).toBe(400)
  expect(await statusOf('constructor', KETTLES)).toBe(400)
})

const WRONG: readonly [title: string, reason: string, answering: Answering][] = [
  ['a status of failure', 'status', json(KETTLES, 500)],
  ['no JSON', 'json', (response) => response.end('<html>Welcome</html>')],
  ['a number as name', 'shape', json({ ...KETTLES, name: 5 })],
  ['a huge name', 'shape', json({ ...KETTLES, name: LONG })],
  ['hours in words', 'shape', json({ hours: { timeZone: 'UTC', open: ['always'] } })],
  ['too many bytes', 'size', json({ rest: 'x'.repeat(300_000) })],
  [
    'more than a welcome carries',
    'size',
    json({ greeting: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`en-x${n}`, 'y'.repeat(500)])) }),
  ],
  ['brackets in brackets', 'shape', (response) => response.end(`{"rest":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
  ['a reset connection', 'unreachable', (response) => response.destroy()],
  ['another host', 'redirect', (response) => response.writeHead(302, { location: 'http://localhost:1/' }).end()],
]
test.each(WRONG)('an answer of %s is a failure with a reason; customers are welcomed without', async (_what, reason, answering) => {
  const before = await metric(reason)
  server.answering = answering
  expect(await told(two.unique('s'))).toBeUndefined()
  expect(await metric(reason)).toBe(before + 1)
})

test('a part that cannot be used is reported and left out, and the rest is told', async () => {
  const before = await metric('shape')
  server.answering = json({ ...KETTLES, logo: 'javascript:alert(1)', hours: { timeZone: 'Mars/Olympus', open: [] } })
  const { logo: _, ...rest } = KETTLES
  expect(await told(two.unique('s'))).toEqual(rest)
  expect(await metric('shape')).toBe(before + 1)
})

test('nobody waits for a backend that hangs, and its last answer is used while it does', async () => {
  const shop = two.unique('s')
  server.withhold(json(KETTLES))
  expect(await told(shop)).toBeUndefined()
  server.release()
  await expect.poll(() => told(shop)).toEqual(KETTLES)
  two.pass(30_000)
  server.answering = () => undefined
  const before = performance.now()
  expect(await told(shop)).toEqual(KETTLES)
  expect(performance.now() - before).toBeLessThan(700)
})

test('a backend that has failed is not waited for again', async () => {
  const shop = two.unique('s')
  server.answering = json({}, 500)
  expect(await told(shop)).toBeUndefined()
  server.answering = () => undefined
  two.pass(2000)
  const at = performance.now()
  expect(await told(shop)).toBeUndefined()
  expect(performance.now() - at).toBeLessThan(700)
  expect(server.requests).toHaveLength(2)
})
