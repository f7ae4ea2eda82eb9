/** What agents keep beside conversations, at two gateways on real Redis servers: one, and a ring of four. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CustomerServer, json } from '../kit/customer-server.ts'
import { spawnGateway, startGateway, type Gateway, type PassClaims, type StartedGateway } from '../kit/gateway.ts'
import { startRing, type RedisGroup } from '../kit/redis.ts'
import { WireClient } from '../kit/wire-client.ts'

async function arrive(node: Gateway, claims: PassClaims): Promise<WireClient> {
  const wireClient = await new WireClient(node.url, 'ws').open()
  await wireClient.hello({ token: await node.pass(claims) })
  return wireClient
}
const agent = (sub: string, shop: string): PassClaims => ({ sub, role: 'agent', shop })
const hello = (wireClient: WireClient, shop: string) =>
  wireClient.command('send', { to: `shop:${shop}`, id: 'm1', kind: 'text', body: { text: 'kettle' } })

describe.each([1, 4])('on %d servers', (count) => {
  let folder: string
  let redis: RedisGroup
  let backend: CustomerServer
  let nodes: [StartedGateway, StartedGateway]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
    redis = await startRing(count)
    backend = await CustomerServer.start()
    const environment = { REDIS_URL: redis.url, DATA_DIR: folder, CUSTOMER_URL: backend.url, API_KEY: 'key' }
    nodes = [await startGateway(environment), await startGateway(environment)]
  })
  afterAll(async () => {
    for (const node of nodes) await node.stop()
    await backend.stop()
    await redis.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('notes and quick replies of one node are pushed and listed at the other', async () => {
    const [ann, bo] = [await arrive(nodes[0], agent('ann', '7')), await arrive(nodes[1], agent('bo', '7'))]
    const window = await arrive(nodes[1], agent('ann', '7'))
    const customer = await arrive(nodes[1], { sub: 'c1' })
    await hello(customer, '7')
    await ann.command('saveNote', { to: 'c1', id: 'n1', text: 'Zwei Kessel 🫖' })
    expect(await bo.push('notePush')).toMatchObject({ conversation: 'shop:7~c1', note: { id: 'n1', text: 'Zwei Kessel 🫖' } })
    expect((await bo.command('notes', { to: 'c1' })).notes.map(({ text }) => text)).toEqual(['Zwei Kessel 🫖'])
    await ann.command('saveQuickReply', { quickReply: { id: 'r1', scope: 'shop', title: '您好', text: 'Hello {customer}' } })
    await bo.push('quickRepliesPush')
    await ann.command('saveQuickReply', { quickReply: { id: 'r2', scope: 'own', title: 'Bye', text: 'Bye' } })
    await window.push('quickRepliesPush', 1)
    expect((await window.command('quickReplies', {})).quickReplies.map(({ id }) => id).toSorted()).toEqual(['r1', 'r2'])
    expect((await bo.command('quickReplies', {})).quickReplies.map(({ id }) => id)).toEqual(['r1'])
    expect([bo.pushes('quickRepliesPush').length, ann.pushes('notePush').length]).toEqual([1, 0])
    await customer.command('conversations', {})
    expect(JSON.stringify(customer.received)).not.toMatch(/Kessel|notePush|quickRepliesPush/)
  })

  test('who waits is told at one node where in the queue, and that an agent at the other has taken the conversation', async () => {
    const ann = await arrive(nodes[0], agent('ann', '8'))
    await ann.command('changeStatus', { status: 'busy' })
    const [first, second] = [await arrive(nodes[0], { sub: 'w1' }), await arrive(nodes[1], { sub: 'w2' })]
    await hello(first, '8')
    await hello(second, '8')
    expect(await second.push('placePush')).toEqual({ conversation: 'shop:8~w2', isWaiting: true })
    await expect.poll(async () => (await second.command('place', { to: 'shop:8' })).place, { timeout: 5000 }).toBe(2)
    for (const to of ['w1', 'w2']) await ann.command('claim', { to })
    expect(await second.push('placePush', 1)).toEqual({ conversation: 'shop:8~w2', isWaiting: false })
    await expect.poll(async () => (await second.command('place', { to: 'shop:8' })).place, { timeout: 5000 }).toBe(undefined)
  })

  test('what a shop says about itself is put at one node and told at the other, until it is deleted', async () => {
    const put = async (record: object): Promise<number> => {
      const headers = { authorization: 'Bearer key', 'content-type': 'application/json' }
      return (await fetch(`${nodes[0].url}/v1/shops/70`, { method: 'PUT', headers, body: JSON.stringify(record) })).status
    }
    const record = { name: 'Kettle House', greeting: { 'zh-CN': '您好 🫖' }, replyMinutes: 5 }
    expect(await put(record)).toBe(200)
    const customer = await arrive(nodes[1], { sub: 'c70' })
    expect((await customer.command('history', { to: 'shop:70' })).shop).toEqual(record)
    expect(await put({})).toBe(200)
    const other = await arrive(nodes[0], { sub: 'c71' })
    expect(await other.command('history', { to: 'shop:70' })).not.toHaveProperty('shop')
  })

  test('the same note saved at both nodes at once is one note, which only its author may change', async () => {
    const windows = [await arrive(nodes[0], agent('eve', '8')), await arrive(nodes[1], agent('eve', '8'))] as const
    const mal = await arrive(nodes[1], agent('mal', '8'))
    const answers = await Promise.all([0, 1, 0, 1].map((at) => windows[at as 0 | 1].ask('saveNote', { to: 'c2', id: 'n1', text: 'once' })))
    expect(answers.every(({ ok }) => ok)).toBe(true)
    expect((await mal.ask('saveNote', { to: 'c2', id: 'n1', text: '' })).error?.code).toBe('forbidden')
    expect((await mal.command('notes', { to: 'c2' })).notes).toHaveLength(1)
  })

  test("the other node knows what a customer views, until the session or node ends; and it finds the customer's order", async () => {
    const [customer, desk] = [await arrive(nodes[0], { sub: 'c3' }), await arrive(nodes[1], agent('ann', '9'))]
    await hello(customer, '9')
    backend.answering = json({ orders: [{ number: 'MG-1', title: 'Kettle' }] })
    const known = () => desk.command('customer', { to: 'c3' })
    await expect.poll(async () => (await known()).state).toBe('ready')
    await customer.command('viewing', { to: 'shop:9', product: { title: 'Kettle', url: '/k' } })
    expect((await desk.push('viewingPush')).product).toEqual({ title: 'Kettle', url: '/k' })
    expect((await known()).viewing?.title).toBe('Kettle')
    customer.close()
    await desk.until(() => desk.pushes('viewingPush').at(-1)?.product === undefined)
    expect(await known()).not.toHaveProperty('viewing')
    expect((await desk.command('search', { query: 'KETTLE c3' })).hits.map(({ row }) => row.to)).toEqual(['c3'])
  })
})

test('what a customer of a killed node viewed is forgotten', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  const redis = await startRing(1)
  const environment = { REDIS_URL: redis.url, DATA_DIR: folder }
  const [doomed, other] = [await spawnGateway(environment), await startGateway(environment)]
  const [customer, desk] = [await arrive(doomed, { sub: 'c4' }), await arrive(other, agent('ann', '9'))]
  await hello(customer, '9')
  await customer.command('viewing', { to: 'shop:9', product: { title: 'Kettle' } })
  const viewing = async () => (await desk.command('customer', { to: 'c4' })).viewing?.title
  expect(await viewing()).toBe('Kettle')
  await doomed.kill()
  await expect.poll(viewing, { timeout: 60_000, interval: 500 }).toBeUndefined()
  await other.stop()
  await redis.stop()
  await rm(folder, { recursive: true, force: true })
}, 90_000)
