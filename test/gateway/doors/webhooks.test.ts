/** What an operator's backend is told by WEBHOOK_URL, from a gateway on the embedded store. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startGateway, type PassClaims, type StartedGateway } from '../../kit/gateway.ts'
import { WEBHOOK_SECRET, WebhookConsumer, type Delivered } from '../../kit/webhook-consumer.ts'
import { WireClient } from '../../kit/wire-client.ts'

let folder: string
let consumer: WebhookConsumer
let node: StartedGateway | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-webhooks-'))
  consumer = await WebhookConsumer.start()
})
afterEach(async () => {
  await node?.stop()
  node = undefined
  await consumer.stop()
  await rm(folder, { recursive: true, force: true })
})

const start = async (events: string, settings: Record<string, string> = {}, options = {}): Promise<StartedGateway> =>
  (node = await startGateway(
    { DATA_DIR: folder, WEBHOOK_URL: `${consumer.url}?key=hidden${events}`, WEBHOOK_SECRET, API_KEY: 'key', ...settings },
    options,
  ))

async function arrive(claims: PassClaims): Promise<WireClient> {
  const wireClient = await new WireClient(node!.url, 'ws').open()
  await wireClient.hello({ token: await node!.pass(claims) })
  return wireClient
}

const text = (to: string, id: string) => ({ to, id, kind: 'text', body: { text: id } })
const CUSTOMER = { sub: 'c1', name: 'Ada' }
const AGENT = { sub: 'a1', role: 'agent', shop: '7', name: 'Grace' } as const
const numbers = (events: readonly Delivered[]) => events.map(({ data }) => data.message?.seq)

test('each message comes once, signed, with the words, in the order of the log', async () => {
  await start('#message')
  const customer = await arrive(CUSTOMER)
  for (let n = 1; n <= 30; n++) await customer.command('send', text('shop:7', `m${n}`))
  const taken = await consumer.count(30)
  expect(numbers(taken)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  expect(taken.every(({ isSigned }) => isSigned)).toBe(true)
  expect(new Set(taken.map(({ id }) => id)).size).toBe(30)
  expect(taken[0]).toMatchObject({
    type: 'message',
    data: { conversation: 'shop:7~c1', message: { seq: 1, from: 'c1', name: 'Ada', body: { text: 'm1' } } },
  })
  expect(new Date(taken[0]!.timestamp).getTime()).toBe(taken[0]!.data.message!.at)
})

test('a conversation is opened, assigned and closed behind the messages that led to it', async () => {
  await start('')
  const customer = await arrive(CUSTOMER)
  await customer.command('send', text('shop:7', 'm1'))
  await consumer.until(() => consumer.taken.some(({ type }) => type === 'opened'))
  const agent = await arrive(AGENT)
  await agent.command('claim', { to: 'c1' })
  await agent.command('send', text('c1', 'r1'))
  await agent.command('close', { to: 'c1' })
  await consumer.until(() => consumer.taken.some(({ type }) => type === 'closed'))
  expect(consumer.taken.map(({ type }) => type)).toEqual(['message', 'opened', 'assigned', 'message', 'closed'])
  expect(consumer.taken[2]!.data).toEqual({
    conversation: 'shop:7~c1',
    shop: 'shop:7',
    customer: 'c1',
    agent: { id: 'a1', name: 'Grace' },
  })
})

test('a block and its end are told with the reason', async () => {
  await start('#blocked,unblocked')
  const customer = await arrive(CUSTOMER)
  await customer.command('send', text('shop:7', 'm1'))
  const agent = await arrive(AGENT)
  await agent.command('block', { to: 'c1', reason: 'spam' })
  await agent.command('unblock', { to: 'c1' })
  const taken = await consumer.count(2)
  expect(taken.map(({ type }) => type)).toEqual(['blocked', 'unblocked'])
  expect(taken[0]!.data).toMatchObject({ reason: 'spam', agent: { id: 'a1' } })
})

test('a rating is told with its words and its agent', async () => {
  await start('#rated', { RATINGS: 'on' })
  const customer = await arrive(CUSTOMER)
  await customer.command('send', text('shop:7', 'm1'))
  const agent = await arrive(AGENT)
  await agent.command('send', text('c1', 'r1'))
  await agent.command('close', { to: 'c1' })
  await customer.command('rate', { to: 'shop:7', score: 2, text: 'Slow' })
  const [rated] = await consumer.count(1)
  expect(rated).toMatchObject({ type: 'rated', data: { conversation: 'shop:7~c1', score: 2, text: 'Slow', agent: { id: 'a1', name: 'Grace' } } })
})

test('a message that is withdrawn is told behind itself, without its words', async () => {
  await start('#message,withdrawn')
  const customer = await arrive(CUSTOMER)
  const { conversation } = await customer.command('send', text('shop:7', 'm1'))
  await consumer.count(1)
  await customer.command('withdraw', { conversation, seq: 1, id: 'm1' })
  const [, withdrawn] = await consumer.count(2)
  expect(withdrawn).toMatchObject({ type: 'withdrawn', data: { conversation, message: { seq: 1, id: 'm1', kind: 'withdrawn' } } })
  expect(withdrawn!.body).not.toContain('"m1"}}')
})

test('a message for somebody who is not there is told after a while; one for somebody who is there is not', async () => {
  await start('#absent', { WEBHOOK_ABSENT_MS: '1000' })
  const agent = await arrive(AGENT)
  const customer = await arrive(CUSTOMER)
  await customer.command('send', text('shop:7', 'm1'))
  await agent.command('send', text('c1', 'r1'))
  await customer.command('send', text('shop:nobody', 'w1'))
  const [absent] = await consumer.count(1)
  expect(absent).toMatchObject({ type: 'absent', data: { conversation: 'shop:nobody~c1', to: 'shop:nobody', message: { id: 'w1' } } })
  expect(consumer.arrived).toHaveLength(1)
})

describe('a consumer that does not take events', () => {
  test('costs no message its answer, and gets all of them in order when it takes events again', async () => {
    await start('#message')
    consumer.answering = () => 500
    const customer = await arrive(CUSTOMER)
    for (let n = 1; n <= 10; n++) await customer.command('send', text('shop:7', `m${n}`))
    await consumer.until(() => consumer.arrived.length > 1)
    expect(new Set(numbers(consumer.arrived))).toEqual(new Set([1]))
    consumer.answering = () => 200
    expect(numbers(await consumer.count(10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('holds up only its own conversation where it refuses one event', async () => {
    await start('#message')
    consumer.answering = ({ data }) => (data.message!.id === 'bad' ? 400 : 200)
    const [ann, bob] = [await arrive({ sub: 'ann' }), await arrive({ sub: 'bob' })]
    await ann.command('send', text('shop:7', 'bad'))
    await ann.command('send', text('shop:7', 'behind'))
    for (let n = 1; n <= 5; n++) await bob.command('send', text('shop:7', `b${n}`))
    expect(numbers(await consumer.count(5))).toEqual([1, 2, 3, 4, 5])
    expect(consumer.arrived.some(({ data }) => data.message!.id === 'behind')).toBe(false)
  })

  test('for days, though it takes others, leaves a dead letter that can be listed and sent again', async () => {
    let ahead = 0
    const clock = () => Date.now() + ahead
    await start('#message', { WEBHOOK_DAYS: '1' }, { now: clock, uptime: clock })
    consumer.answering = ({ data }) => (data.message!.id === 'bad' ? 400 : 200)
    const [ann, bob] = [await arrive({ sub: 'ann' }), await arrive({ sub: 'bob' })]
    await ann.command('send', text('shop:7', 'bad'))
    await consumer.until(() => consumer.arrived.length > 0)
    await ann.command('send', text('shop:7', 'behind'))
    await bob.command('send', text('shop:7', 'b1'))
    await consumer.count(1)
    ahead = 2 * 86_400_000
    await (await arrive({ sub: 'cyd' })).command('send', text('shop:7', 'c1'))
    await consumer.until(() => consumer.taken.some(({ data }) => data.message!.id === 'behind'))
    const headers = { authorization: 'Bearer key', 'content-type': 'application/json' }
    const list = async () => (await (await fetch(`${node!.url}/v1/webhooks/dead-letters`, { headers })).json()) as { deadLetters: { id: string }[] }
    const { deadLetters } = await list()
    expect(deadLetters).toMatchObject([{ webhook: consumer.url, type: 'message', conversation: 'shop:7~ann', seq: 1, reason: 'answers with 400' }])
    const send = async () => {
      const body = JSON.stringify({ id: deadLetters[0]!.id })
      return (await fetch(`${node!.url}/v1/webhooks/dead-letters/send`, { method: 'POST', headers, body })).json()
    }
    expect(await send()).toEqual({ isDelivered: false, reason: 'answers with 400' })
    consumer.answering = () => 200
    expect(await send()).toEqual({ isDelivered: true })
    expect(consumer.taken.at(-1)!.data.message).toMatchObject({ id: 'bad', body: { text: 'bad' } })
    expect((await list()).deadLetters).toEqual([])
  })
})

test('of who was erased no event is sent any more, no dead letter is left, and no byte; others are told', async () => {
  let ahead = 0
  const clock = () => Date.now() + ahead
  await start('', { WEBHOOK_DAYS: '1' }, { now: clock, uptime: clock })
  consumer.answering = ({ data }) => (data.conversation === 'shop:7~ann' ? 400 : 200)
  const say = async (sub: string, id: string) =>
    (await arrive({ sub, name: `NAME${sub}` })).command('send', { ...text('shop:7', id), body: { text: `WORD${id}` } })
  await say('ann', 'a1')
  await consumer.until(() => consumer.arrived.length > 0)
  await say('bob', 'b0')
  await consumer.count(1)
  ahead = 2 * 86_400_000
  await say('bob', 'b1')
  const headers = { authorization: 'Bearer key' }
  const letters = async () => (await (await fetch(`${node!.url}/v1/webhooks/dead-letters`, { headers })).json()) as { deadLetters: object[] }
  await expect.poll(async () => (await letters()).deadLetters.length, { timeout: 20_000 }).toBeGreaterThan(0)
  await say('ann', 'a2')
  expect((await fetch(`${node!.url}/v1/customers/ann`, { method: 'DELETE', headers })).status).toBe(200)
  const names = await readdir(folder, { recursive: true })
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1').catch(() => ''))) // '' for folders
  for (const word of ['WORDa1', 'WORDa2', 'NAMEann']) expect(files.filter((bytes) => bytes.includes(word))).toEqual([])
  expect((await letters()).deadLetters).toEqual([])
  const before = consumer.arrived.length
  consumer.answering = () => 200
  await say('bob', 'b2')
  await consumer.until(() => consumer.taken.some(({ data }) => data.message?.body.text === 'WORDb2'))
  expect(consumer.arrived.slice(before).filter(({ data }) => data.conversation === 'shop:7~ann')).toEqual([])
})

test('after a restart it goes on where it was, and a new address is not told the past', async () => {
  await start('#message')
  const customer = await arrive(CUSTOMER)
  for (let n = 1; n <= 3; n++) await customer.command('send', text('shop:7', `m${n}`))
  await consumer.count(3)
  await node!.stop()
  const second = await WebhookConsumer.start()
  await start('#message', { WEBHOOK_URL: `${consumer.url}#message ${second.url}#message` })
  await (await arrive(CUSTOMER)).command('send', text('shop:7', 'm4'))
  expect(numbers(await second.count(1))).toEqual([4])
  expect(numbers(await consumer.count(4))).toEqual([1, 2, 3, 4])
  await second.stop()
})
