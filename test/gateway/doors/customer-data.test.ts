/** A customer is erased, exported and forgotten by REST, while everybody is connected. */
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { Unavailable, type Backbone } from '../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { OpenIndex } from '../../../gateway/domain/assignment/open-index.ts'
import { assembleCustomerData } from '../../../gateway/domain/customer-data/assemble-customer-data.ts'
import { Images } from '../../../gateway/domain/messaging/images.ts'
import { HookedBackbone } from '../../kit/hooked-backbone.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { PICTURES } from '../../kit/pictures.ts'
import { WireClient } from '../../kit/wire-client.ts'

vi.setConfig({ testTimeout: 30_000 })

const started: StartedGateway[] = []
afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.stop()
})

const KEY = 'the-key-of-the-tests'
const DAY_MS = 86_400_000
let now = Date.now()

interface Answer {
  readonly error: { readonly code: string }
  readonly conversations: {
    readonly conversation: string
    readonly with: string
    readonly messages: readonly { readonly id: string; readonly pictures?: readonly string[] }[]
  }[]
}

async function start(environment: Record<string, string> = {}, backbone?: Backbone): Promise<StartedGateway> {
  const options = backbone === undefined ? {} : { backbone }
  const gateway = await startGateway({ API_KEY: KEY, RATINGS: 'on', LOG_LEVEL: 'silent', ...environment }, { now: () => now, ...options })
  started.push(gateway)
  return gateway
}

const ask = async (gateway: StartedGateway, method: string, path: string, body?: unknown) => {
  const headers = { authorization: `Bearer ${KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  const response = await fetch(`${gateway.url}/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  return { status: response.status, json: (await response.json()) as Answer }
}

async function person(gateway: StartedGateway, claims: Parameters<StartedGateway['pass']>[0]): Promise<WireClient> {
  const client = await new WireClient(gateway.url, 'ws').open()
  await client.hello({ token: await gateway.pass(claims) })
  return client
}

const say = (client: WireClient, to: string, [id, text]: readonly [string, string], body: object = {}) =>
  client.command('send', { to, id, kind: 'text', body: { text, ...body } })

const filesWith = (folder: string, marker: string | Buffer): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(marker))

async function upload(gateway: StartedGateway, sub: string): Promise<string> {
  const headers = { authorization: `Bearer ${await gateway.pass({ sub })}` }
  const response = await fetch(`${gateway.url}/v1/images`, { method: 'POST', headers, body: new Uint8Array(PICTURES.png) })
  return ((await response.json()) as { url: string }).url
}

/** Everything that a gateway stores about somebody, with this word in each text of it. */
async function liveAWhile(gateway: StartedGateway, sub: string, word: string): Promise<{ customer: WireClient; agent: WireClient; picture: string }> {
  const customer = await person(gateway, { sub, name: `${word}name` })
  const agent = await person(gateway, { sub: 'ann', role: 'agent', shop: '1', name: 'Ann' })
  const first = await say(customer, 'shop:1', ['m1', `${word} first`])
  await say(agent, sub, ['a1', `answer to ${word}`], { quote: { seq: first.seq, id: 'm1' } })
  const picture = await upload(gateway, sub)
  const body = { text: '[picture]', url: picture }
  await customer.command('send', { to: 'shop:1', id: 'p1', kind: 'image', body })
  await say(customer, 'shop:2', ['m1', `${word} to another shop`])
  await agent.command('saveNote', { to: sub, id: 'n1', text: `note about ${word}` })
  await customer.command('viewing', { to: 'shop:1', product: { title: `${word} kettle` } })
  await agent.command('close', { to: sub })
  await customer.command('rate', { to: 'shop:1', score: 5, text: `rating ${word}` })
  return { customer, agent, picture }
}

test('erased: no file has a byte of it, the open windows are told, and what is written then begins a new log', async () => {
  const gateway = await start()
  const { customer, agent, picture } = await liveAWhile(gateway, 'lin', 'ERASEDWORD')
  await liveAWhile(gateway, 'other', 'OTHERWORD')
  expect(filesWith(gateway.dataDir, 'ERASEDWORD')).not.toEqual([])
  customer.close()
  const again = await person(gateway, { sub: 'lin' })
  const { epoch } = (await again.command('history', { to: 'shop:1' })).head
  expect(await ask(gateway, 'DELETE', '/customers/lin')).toEqual({ status: 200, json: { conversations: 2, messages: 4, pictures: 1 } })
  expect(filesWith(gateway.dataDir, 'ERASEDWORD')).toEqual([])
  expect(filesWith(gateway.dataDir, 'OTHERWORD')).not.toEqual([])
  expect((await fetch(gateway.url + picture)).status).toBe(404)
  const conversation = 'shop:1~lin'
  for (const client of [again, agent]) {
    await client.until(() => client.pushes('erasedPush').some((push) => push.conversation === conversation))
  }
  const history = await again.command('history', { to: 'shop:1' })
  expect(history).toMatchObject({ messages: [], head: { seq: 0 }, erasedAt: expect.any(Number) })
  expect((await agent.command('conversations', {})).conversations.map(({ to }) => to)).toEqual(['other'])
  expect((await agent.command('notes', { to: 'lin' })).notes).toEqual([])
  // the same client id as before
  const written = await say(again, 'shop:1', ['m1', 'a new beginning'])
  expect(written).toMatchObject({ seq: 1 })
  expect(written.epoch).not.toBe(epoch)
  expect(await agent.until(() => agent.pushes('messagePush').find(({ body }) => body.text === 'a new beginning'))).toMatchObject({ seq: 1 })
  expect((await agent.command('conversations', {})).conversations.map(({ to }) => to).sort()).toEqual(['lin', 'other'])
})

test('the guests that a customer was go with the customer, and nobody else does', async () => {
  const gateway = await start()
  const { token, sub: guest } = (await (await fetch(`${gateway.url}/v1/guests`, { method: 'POST' })).json()) as { token: string; sub: string }
  const client = await new WireClient(gateway.url, 'ws').open()
  await client.hello({ token })
  await say(client, 'shop:1', ['m1', 'ERASEDWORD of a guest'])
  await liveAWhile(gateway, 'other', 'OTHERWORD')
  expect((await ask(gateway, 'POST', '/customers/lin/merge', { guest })).status).toBe(200)
  // says that it is a copy of what somebody else wrote
  const forger = await person(gateway, { sub: 'forger' })
  await say(forger, 'shop:1', ['m1', 'mine'], { earlier: { conversation: 'shop:1~other', seq: 1, at: 1 } })
  expect((await ask(gateway, 'DELETE', '/customers/forger')).json).toMatchObject({ conversations: 1 })
  expect((await ask(gateway, 'DELETE', '/customers/lin')).json).toMatchObject({ conversations: 2 })
  expect(filesWith(gateway.dataDir, 'ERASEDWORD')).toEqual([])
  expect(filesWith(gateway.dataDir, 'OTHERWORD')).not.toEqual([])
  expect((await ask(gateway, 'DELETE', `/customers/${guest}`)).json).toEqual({ conversations: 0, messages: 0, pictures: 0 })
})

test('what a backend was answered goes, too, and is not answered again', async () => {
  const gateway = await start()
  await liveAWhile(gateway, 'lin', 'ERASEDWORD')
  const tag = async () => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'idempotency-key': 'tag-1' }
    const address = `${gateway.url}/v1/conversations/shop:1~lin/tags`
    const answered = await fetch(address, { method: 'POST', headers, body: '{"add":["vip"]}' })
    return { isReplayed: answered.headers.get('idempotent-replayed') === 'true', json: (await answered.json()) as object }
  }
  const first = await tag()
  expect(JSON.stringify(first.json)).toContain('rating ERASEDWORD')
  expect(await tag()).toEqual({ isReplayed: true, json: first.json })
  await ask(gateway, 'DELETE', '/customers/lin')
  expect(filesWith(gateway.dataDir, 'ERASEDWORD')).toEqual([])
  expect((await tag()).json).toMatchObject({ error: { code: 'conflict' } })
})

test('erased twice, or without ever having been there, is no error; a shop is no customer, and the key is needed', async () => {
  const gateway = await start()
  await liveAWhile(gateway, 'lin', 'word')
  await ask(gateway, 'DELETE', '/customers/lin')
  const nothing = { status: 200, json: { conversations: 0, messages: 0, pictures: 0 } }
  expect(await ask(gateway, 'DELETE', '/customers/lin')).toEqual(nothing)
  expect(await ask(gateway, 'DELETE', '/customers/nobody')).toEqual(nothing)
  for (const method of ['DELETE /customers/shop:1', 'GET /customers/shop:1/export', 'DELETE /customers/a~b']) {
    const [verb, path] = method.split(' ') as [string, string]
    expect((await ask(gateway, verb, path)).json.error.code).toBe('bad_request')
  }
  for (const [method, path] of [
    ['DELETE', '/v1/customers/lin'],
    ['GET', '/v1/customers/lin/export'],
  ] as const) {
    expect((await fetch(gateway.url + path, { method })).status).toBe(401)
    expect((await fetch(gateway.url + path, { method, headers: { authorization: 'Bearer another' } })).status).toBe(403)
  }
})

test('a block stays, without the name, unless it is to go, too', async () => {
  const gateway = await start()
  const { customer, agent } = await liveAWhile(gateway, 'lin', 'ERASEDWORD')
  await agent.command('block', { to: 'lin', reason: 'Spam' })
  await ask(gateway, 'DELETE', '/customers/lin')
  expect(filesWith(gateway.dataDir, 'ERASEDWORD')).toEqual([])
  expect((await agent.command('blocked', {})).blocked).toEqual([expect.objectContaining({ to: 'lin', reason: 'Spam' })])
  await expect(say(customer, 'shop:1', ['m9', 'hello'])).rejects.toThrow(/blocked/)
  await ask(gateway, 'DELETE', '/customers/lin')
  await expect(say(customer, 'shop:1', ['m9', 'hello'])).rejects.toThrow(/blocked/)
  await ask(gateway, 'DELETE', '/customers/lin?blocks=1')
  expect((await agent.command('blocked', {})).blocked).toEqual([])
  expect(await say(customer, 'shop:1', ['m9', 'hello'])).toMatchObject({ seq: 1 })
})

test('a block stays, too, where the store fails or is killed between its removal and its return, and the erasure is repeated', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'im-chat-erase-'))
  const backbone = new HookedBackbone(await openEmbedded({ dataDir, now: () => now }))
  const gateway = await start({ DATA_DIR: dataDir }, backbone)
  const { customer, agent } = await liveAWhile(gateway, 'lin', 'word')
  await agent.command('block', { to: 'lin', reason: 'Spam' })
  const { setAssignment } = backbone.store
  Object.assign(backbone.store, { setAssignment: () => Promise.reject(new Unavailable('killed')) })
  expect((await ask(gateway, 'DELETE', '/customers/lin')).status).toBe(503)
  Object.assign(backbone.store, { setAssignment })
  expect((await ask(gateway, 'DELETE', '/customers/lin')).status).toBe(200)
  await expect(say(customer, 'shop:1', ['m9', 'hello'])).rejects.toThrow(/blocked/)
  expect(filesWith(dataDir, 'word first')).toEqual([])
})

test('a note about somebody who never wrote is found; the picture of a quick reply stays', async () => {
  const gateway = await start()
  const agent = await person(gateway, { sub: 'ann', role: 'agent', shop: '1', name: 'Ann' })
  const picture = await upload(gateway, 'ann')
  await agent.command('saveQuickReply', { quickReply: { id: 'q', scope: 'own', title: 'Map', text: `The way: ${picture}` } })
  await agent.command('saveNote', { to: 'lin', id: 'n1', text: `ERASEDWORD ${picture}` })
  expect((await ask(gateway, 'GET', '/customers/lin/export')).json.conversations).toMatchObject([
    { conversation: 'shop:1~lin', notes: [{ id: 'n1' }] },
  ])
  expect((await ask(gateway, 'DELETE', '/customers/lin')).json).toEqual({ conversations: 1, messages: 0, pictures: 0 })
  expect(filesWith(gateway.dataDir, 'ERASEDWORD')).toEqual([])
  expect((await fetch(gateway.url + picture)).status).toBe(200)
})

test('exported: conversations, messages, notes, cursors, rating, block and pictures', async () => {
  const gateway = await start()
  const { agent, picture } = await liveAWhile(gateway, 'lin', 'word')
  await agent.command('block', { to: 'lin', reason: 'Spam' })
  const { status, json } = await ask(gateway, 'GET', '/customers/lin/export')
  expect(status).toBe(200)
  expect(json).toMatchObject({ customer: 'lin', isPresent: true, blocked: [] })
  expect(json.conversations.map((each) => each.with).sort()).toEqual(['shop:1', 'shop:2'])
  const one = json.conversations.find((each) => each.with === 'shop:1')!
  expect(one).toMatchObject({
    names: { lin: 'wordname' },
    cursors: { lin: { read: 3 } },
    rating: { score: 5, text: 'rating word' },
    blocked: { reason: 'Spam' },
    notes: [{ id: 'n1', text: 'note about word' }],
  })
  expect(one.messages.map(({ id }) => id)).toEqual(['m1', 'a1', 'p1'])
  expect(one.messages[2]!.pictures).toEqual([picture])
})

test('exported: more conversations and messages than one page of either', async () => {
  const gateway = await start({ RATE_LIMITS: 'off' })
  const customer = await person(gateway, { sub: 'lin' })
  for (let shop = 0; shop < 70; shop++) await say(customer, `shop:${shop}`, ['m1', `to ${shop}`])
  for (let i = 0; i < 250; i++) await say(customer, 'shop:7', [`n${i}`, `${i}`])
  const { json } = await ask(gateway, 'GET', '/customers/lin/export')
  expect(new Set(json.conversations.map(({ conversation }) => conversation)).size).toBe(70)
  expect(json.conversations).toHaveLength(70)
  expect(json.conversations.find((each) => each.with === 'shop:7')!.messages).toHaveLength(251)
})

test('after KEEP_DAYS a conversation in which nobody writes is erased with its picture, one that goes on is not; a shop may say otherwise', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'im-chat-retention-'))
  const backbone = await openEmbedded({ dataDir, now: () => now })
  const gateway = await start({ DATA_DIR: dataDir }, backbone)
  const { retention } = customerDataOf(backbone, 30)
  const { agent, picture } = await liveAWhile(gateway, 'lin', 'ERASEDWORD')
  await liveAWhile(gateway, 'other', 'OTHERWORD')
  expect((await ask(gateway, 'PUT', '/shops/2', { keepDays: 90 })).json).toEqual({ shop: { keepDays: 90 } })
  now += 29 * DAY_MS
  expect(await retention.run()).toBe(0)
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ conversation: 'shop:1~other', id: 'later', body: { text: 'still there' } })
  await fetch(`${gateway.url}/v1/messages`, { method: 'POST', headers, body })
  now += 2 * DAY_MS
  expect(await retention.run()).toBe(1)
  const left = async (sub: string): Promise<string[]> =>
    (await ask(gateway, 'GET', `/customers/${sub}/export`)).json.conversations.map((each) => each.with).sort()
  expect(await left('lin')).toEqual(['shop:2'])
  expect(await left('other')).toEqual(['shop:1', 'shop:2'])
  expect(await agent.push('erasedPush')).toMatchObject({ conversation: 'shop:1~lin' })
  expect((await fetch(gateway.url + picture)).status).toBe(404)
  now += 60 * DAY_MS
  await retention.run()
  expect(await left('lin')).toEqual([])
  expect(filesWith(dataDir, 'ERASEDWORD')).toEqual([])
})

function customerDataOf(backbone: Backbone, keepDays: number) {
  const report = (): void => undefined
  const { store, records, bus } = backbone
  const index = new OpenIndex({ records, now: () => now, uptime: () => now, newMs: 0 })
  const allowances = { take: report, giveBack: report }
  const images = new Images({ store: backbone.images, records, allowances, now: () => now, report })
  return assembleCustomerData({ store, records, bus, scrub: () => backbone.scrub(), images, index, caches: [], keepDays, now: () => now, report })
}
