/** What customers view, as agents at two gateways see it. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { TRANSPORTS, type WireClient } from '../../kit/wire-client.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let two: TwoGateways
beforeAll(async () => {
  two = await TwoGateways.start()
})
afterAll(() => two.stop())

const unique = (name: string): string => two.unique(name)
const view = (wireClient: WireClient, shop: string, title?: string) =>
  wireClient.command('viewing', title === undefined ? { to: `shop:${shop}` } : { to: `shop:${shop}`, product: { title } })
/** A conversation, and an agent at node 1. */
async function scene() {
  const [shop, c] = [unique('s'), unique('c')]
  const customer = await two.customer(0, c)
  await customer.command('send', { to: `shop:${shop}`, id: 'm1', kind: 'text', body: { text: 'hi' } })
  const desk = await two.agent(1, [unique('a'), shop])
  /** By push and by command. */
  const sees = async (title: string | undefined): Promise<void> => {
    await desk.until(() => desk.pushes('viewingPush').length > 0 && desk.pushes('viewingPush').at(-1)?.product?.title === title)
    expect((await desk.command('customer', { to: c })).viewing?.title).toBe(title)
  }
  return { shop, c, customer, desk, sees, conversation: `shop:${shop}~${c}` }
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  test('an agent at the other node sees it as it changes, until the session ends', async () => {
    const { shop, c, desk, sees } = await scene()
    const customer = await two.customer(0, c, transport)
    await view(customer, shop, 'Kettle')
    await sees('Kettle')
    await view(customer, shop, 'Teapot')
    await sees('Teapot')
    await view(customer, shop)
    await sees(undefined)
    await view(customer, shop, 'Cup')
    await sees('Cup')
    customer.close()
    await sees(undefined)
    desk.close()
  })
})

test('the latest of several windows counts, at whichever node, and then the one that is left', async () => {
  const { shop, c, customer, sees } = await scene()
  const window = await two.customer(1, c)
  await view(customer, shop, 'Kettle')
  two.pass(1000)
  await view(window, shop, 'Teapot')
  await sees('Teapot')
  window.close()
  await sees('Kettle')
})

test("a session views one thing: another shop's page ends the first", async () => {
  const first = await scene()
  const other = await scene()
  await view(first.customer, first.shop, 'Kettle')
  await first.sees('Kettle')
  await view(first.customer, other.shop, 'Shoes')
  await first.sees(undefined)
  expect((await other.desk.push('viewingPush')).product).toEqual({ title: 'Shoes' })
})

test('only the fields that a card shows are stored, and no URL that a browser would not fetch', async () => {
  const { shop, c, customer, desk, conversation } = await scene()
  const looked = async (more: object): Promise<unknown> => {
    await customer.command('viewing', { to: `shop:${shop}`, product: { title: 'K', ...more } })
    return (await desk.command('customer', { to: c })).viewing
  }
  const whole = { id: 'k1', title: 'K', url: '/kettle?a=1#b', image: 'https://img.example/k.png', price: '¥ 468' }
  expect(await looked(whole)).toEqual(whole)
  expect(await looked({ secret: 'x', text: 'y'.repeat(50_000) })).toEqual({ title: 'K' })
  const bad = ['javascript:alert(1)', ' java\tscript:alert(1)', 'JaVaScRiPt:x', 'data:text/html,x', 'vbscript:x', 'file:///etc', 'http://[', '']
  for (const url of bad) expect(await looked({ url, image: url })).toEqual({ title: 'K' })
  for (const url of ['//cdn.example/x.png', 'pictures/x.png', '?p=1']) expect(await looked({ url })).toEqual({ title: 'K', url })
  expect(desk.pushes('viewingPush').every((push) => push.conversation === conversation)).toBe(true)
})

test("neither the customer's other windows nor another shop get it", async () => {
  const { shop, c, customer, sees } = await scene()
  const window = await two.customer(0, c)
  const rival = await two.agent(0, [unique('a'), unique('s')])
  await view(customer, shop, 'Kettle')
  await sees('Kettle')
  await Promise.all([window, rival].map((one) => one.command('conversations', {})))
  expect([window, rival, customer].map((one) => one.pushes('viewingPush').length)).toEqual([0, 0, 0])
})

test('a session that ended while the store was unavailable is removed afterwards', async () => {
  const { shop, customer, desk, sees } = await scene()
  await view(customer, shop, 'Kettle')
  await sees('Kettle')
  two.backbone.isAway = true
  customer.close()
  await customer.closed()
  await expect.poll(async () => (await desk.ask('conversations', {})).error?.code).toBe('unavailable')
  two.backbone.isAway = false
  await sees(undefined)
})

test.each([
  ['by an agent', 'agent', (shop: string) => ({ to: `shop:${shop}`, product: { title: 'K' } }), 'forbidden'],
  ['of another customer', 'customer', () => ({ to: 'c0', product: { title: 'K' } }), 'bad_request'],
  ['of no shop', 'customer', () => ({ to: 'shop:', product: { title: 'K' } }), 'bad_request'],
  ['without a title', 'customer', (shop: string) => ({ to: `shop:${shop}`, product: { title: '' } }), 'bad_request'],
  ['with a huge title', 'customer', (shop: string) => ({ to: `shop:${shop}`, product: { title: 'x'.repeat(201) } }), 'bad_request'],
  ['with a huge address', 'customer', (shop: string) => ({ to: `shop:${shop}`, product: { title: 'K', url: 'x'.repeat(501) } }), 'bad_request'],
] as const)('viewing %s is refused', async (_what, role, input, code) => {
  const shop = unique('s')
  const wireClient = role === 'agent' ? await two.agent(0, [unique('a'), shop]) : await two.customer(0, unique('c'))
  expect((await wireClient.ask('viewing', input(shop))).error?.code).toBe(code)
})
