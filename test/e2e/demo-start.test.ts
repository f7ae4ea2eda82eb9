/** `npm start` without settings: the gateway with the backend of the demo's shop beside it, in one process that ends cleanly. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spawnGateway, type PassClaims, type SpawnedGateway } from '../kit/gateway.ts'
import { WireClient } from '../kit/wire-client.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const startDemo = (environment: Record<string, string> = {}): Promise<SpawnedGateway> =>
  spawnGateway({ DATA_DIR: folder, ...environment }, 'demo/start.mjs')

async function arrive(gateway: SpawnedGateway, claims: PassClaims): Promise<WireClient> {
  const wireClient = await new WireClient(gateway.url, 'ws').open()
  await wireClient.hello({ token: await gateway.pass(claims) })
  return wireClient
}
const ann: PassClaims = { sub: 'ann', role: 'agent', shop: '42' }
const hello = (wireClient: WireClient) => wireClient.command('send', { to: 'shop:42', id: 'm1', kind: 'text', body: { text: 'hi' } })

test('the desk has quick replies, and shows what the backend says about each customer', async () => {
  const gateway = await startDemo()
  const desk = await arrive(gateway, ann)
  const replies = async () => (await desk.command('quickReplies', {})).quickReplies
  await expect.poll(async () => (await replies()).length).toBe(8)
  for (const sub of ['lee', 'nora', 'dana', 'sam', 'guest-1']) await hello(await arrive(gateway, { sub }))
  const state = async (to: string) => (await desk.command('customer', { to })).state
  await expect.poll(() => state('lee')).toBe('ready')
  expect((await desk.command('customer', { to: 'lee' })).info?.orders?.map(({ number }) => number)).toEqual(['MG-20418', 'MG-20077', 'MG-19240'])
  await expect.poll(() => state('guest-1')).toBe('ready')
  await expect.poll(() => state('nora')).toBe('empty')
  await expect.poll(() => state('dana')).toBe('down')
  expect(await state('sam')).toBe('slow')
  await expect.poll(() => state('sam'), { timeout: 20_000 }).toBe('ready')
  expect((await (await arrive(gateway, { sub: 'lee' })).command('history', { to: 'shop:42' })).shop).toMatchObject({ name: 'Morning Goods' })
  const backend = /backend is at (http:\S+)\./.exec(gateway.output())![1]!
  expect(await (await fetch(`${backend}/switch/empty`, { method: 'POST' })).json()).toEqual({ mode: 'empty' })
  await hello(await arrive(gateway, { sub: 'mia' }))
  await expect.poll(() => state('mia')).toBe('empty')
  for (const { id, scope } of await replies()) await desk.command('deleteQuickReply', { scope, id })
  expect(await gateway.stop()).toBe(0)

  // once is enough: what an agent has deleted does not come back
  const again = await startDemo()
  const later = await arrive(again, ann)
  await later.command('saveQuickReply', { quickReply: { id: 'r', scope: 'shop', title: 'mine', text: 'mine' } })
  expect((await later.command('quickReplies', {})).quickReplies.map(({ id }) => id)).toEqual(['r'])
  expect(await again.stop()).toBe(0)
})

test('the first start has seven customers; a bot answers whom nobody has answered, and keeps out once an agent writes', async () => {
  const gateway = await startDemo({ DATA_DIR: join(folder, 'first') })
  const talkOf = async (sub: string) => {
    const customer = await arrive(gateway, { sub })
    const lines = async () => (await customer.command('history', { to: 'shop:42' })).messages.map(({ from, body }) => `${from}: ${body.text}`)
    return { customer, lines }
  }
  for (const sub of ['nora', 'ben', 'yuki', 'dana']) {
    const { lines } = await talkOf(sub)
    await expect.poll(async () => (await lines()).at(-1), { timeout: 15_000 }).toMatch(/^robin: /)
  }
  for (const sub of ['mia', 'lee', 'sam']) expect((await (await talkOf(sub)).lines()).some((line) => line.startsWith('ann: '))).toBe(true)

  const question = { to: 'shop:42', id: 'q1', kind: 'text', body: { text: 'How do I return it?' } }
  const bo = await arrive(gateway, { sub: 'bo', role: 'agent', shop: '42' })
  await bo.command('changeStatus', { status: 'away' })
  await bo.command('send', { to: 'nora', id: 'b1', kind: 'text', body: { text: 'Bo here' } })
  const [nora, zoe] = [await talkOf('nora'), await talkOf('zoe')]
  await nora.customer.command('send', question)
  await zoe.customer.command('send', question)
  await expect.poll(zoe.lines, { timeout: 15_000 }).toEqual(['zoe: How do I return it?', expect.stringMatching(/^robin: You can return/)])
  expect((await nora.lines()).slice(-2)).toEqual(['bo: Bo here', 'nora: How do I return it?'])
  expect(await gateway.stop()).toBe(0)
})

test('the goods on the shop’s cards are drawn without a question, at whichever address of this machine the pages are open', async () => {
  const gateway = await startDemo({ DATA_DIR: join(folder, 'pictures') })
  const customer = new WireClient(gateway.url, 'ws')
  await customer.open()
  const { imageHosts } = await customer.hello({ token: await gateway.pass({ sub: 'lee' }) })
  expect(imageHosts).toEqual(expect.arrayContaining(['localhost', '127.0.0.1']))
  expect(await gateway.stop()).toBe(0)
})

test("outside demo mode there is no backend but the operator's", async () => {
  const gateway = await startDemo({ IM_SECRET: 'a secret of at least thirty-two characters', DATA_DIR: join(folder, 'strict') })
  expect(gateway.output()).not.toContain('backend')
  expect(await gateway.stop()).toBe(0)
  const own = await startDemo({ CUSTOMER_URL: 'http://127.0.0.1:9/', DATA_DIR: join(folder, 'own') })
  expect(own.output()).not.toContain('backend')
  expect(await own.stop()).toBe(0)
})
