/** What one session is sent at once is bounded in bytes as well as in rows; `more` says that there is a rest. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ReadRange } from '../../../gateway/backbone/backbone.ts'
import { conversationId, presenceChannel } from '../../../gateway/protocol/keys.ts'
import { LIMITS } from '../../../gateway/protocol/limits.ts'
import { WireClient } from '../../kit/wire-client.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 60_000 })

let two: TwoGateways
let at = 1_700_000_000_000
beforeAll(async () => {
  two = await TwoGateways.start()
})
afterAll(() => two.stop())

const BULK = 'x'.repeat(64_000)
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

/** Sends `count` messages of 65 kB from `side` to `other`. Resolves with the conversation's id. */
async function fill(side: string, other: string, count: number, bulk = BULK): Promise<string> {
  const conversation = conversationId(side, other)
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      two.backbone.store.append({
        conversation,
        id: `m${i + 1}`,
        from: side,
        side,
        kind: 'text',
        body: { text: `text ${i + 1}`, ...{ bulk } },
        at: (at += 1000),
        origin: '',
      }),
    ),
  )
  return conversation
}

/** Each log has its own epoch. */
const firstCursors = (conversations: readonly string[]) =>
  Promise.all(
    conversations.map(async (one): Promise<[string, string, number, string]> => {
      const { head } = await two.backbone.store.read(one, { limit: 1 })
      return [one, head.epoch, 1, 'm1']
    }),
  )

/** Resumes `conversations` from their first message; resolves with everything received until nothing more comes. */
async function resume(sub: string, conversations: readonly string[]): Promise<WireClient> {
  const wireClient = await new WireClient(two.nodes[0].url, 'ws').open()
  const cursors = await firstCursors(conversations)
  await wireClient.hello({
    token: await two.nodes[0].pass({ sub }),
    resume: { cursors },
  })
  await wireClient.command('presence', { of: [] })
  return wireClient
}

test('a resume of 15 conversations of 100 × 65 kB sends 2 MB, half a megabyte of each, and says which are incomplete', async () => {
  const customer = two.unique('c')
  const conversations = await Promise.all(Array.from({ length: 15 }, (_, i) => fill(customer, `shop:${i}`, 100)))
  const reads: number[] = []
  two.backbone.beforeRead = async () => void reads.push(1)
  const wireClient = await resume(customer, conversations)
  await expect.poll(() => wireClient.pushes('resumePush').length).toBe(15)
  two.backbone.beforeRead = async () => undefined
  const messages = wireClient.pushes('messagePush')
  expect(bytesOf(messages)).toBeLessThanOrEqual(LIMITS.resumeBytes)
  expect(bytesOf(messages)).toBeGreaterThan(LIMITS.resumeBytes * 0.8)
  const seqs = messages.filter(({ conversation }) => conversation === conversations[0]).map(({ seq }) => seq)
  expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => i + 2))
  expect(bytesOf(messages.filter(({ conversation }) => conversation === conversations[0]))).toBeLessThanOrEqual(LIMITS.answerBytes)
  expect(
    wireClient
      .pushes('resumePush')
      .map(({ conversation }) => conversation)
      .toSorted(),
  ).toEqual(conversations.toSorted())
})

test('history returns what a resume left out, page by page', async () => {
  const customer = two.unique('c')
  const conversation = await fill(customer, 'shop:1', 40)
  const wireClient = await resume(customer, [conversation])
  await wireClient.push('resumePush')
  const seqs = wireClient.pushes('messagePush').map(({ seq }) => seq)
  for (let isMore = true; isMore;) {
    const page = await wireClient.command('history', { conversation, after: seqs.at(-1)!, limit: 100 })
    expect(bytesOf(page)).toBeLessThanOrEqual(LIMITS.answerBytes)
    seqs.push(...page.messages.map(({ seq }) => seq))
    isMore = page.more
  }
  expect(seqs).toEqual(Array.from({ length: 39 }, (_, i) => i + 2))
})

test('a small resume is complete and has no `more`', async () => {
  const customer = two.unique('c')
  const conversation = await fill(customer, 'shop:1', 150, '')
  const wireClient = await resume(customer, [conversation])
  await expect.poll(() => wireClient.pushes('messagePush').length).toBe(149)
  expect(wireClient.pushes('resumePush')).toEqual([])
})

test('history towards newer messages is bounded too and says that there is more', async () => {
  const customer = two.unique('c')
  const conversation = await fill(customer, 'shop:1', 20)
  const wireClient = await two.customer(0, customer)
  const seqs: number[] = []
  for (let before: number | undefined, isMore = true; isMore;) {
    const page = await wireClient.command('history', { conversation, limit: 100, ...(before === undefined ? {} : { before }) })
    expect(bytesOf(page)).toBeLessThanOrEqual(LIMITS.answerBytes)
    seqs.unshift(...page.messages.map(({ seq }) => seq))
    before = seqs[0]
    isMore = page.more
  }
  expect(seqs).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
})

test('a list shortens large messages to previews, and its pages have all conversations', async () => {
  const shop = `shop:${two.unique('s')}`
  for (let n = 0; n < 40; n++) await fill(two.unique('c'), shop, 1)
  const desk = await two.agent(0, [two.unique('a'), shop.slice(5)])
  const seen: string[] = []
  for (let before: number | undefined, isMore = true; isMore;) {
    const page = await desk.command('conversations', { limit: 100, ...(before === undefined ? {} : { before }) })
    expect(bytesOf(page)).toBeLessThanOrEqual(LIMITS.answerBytes)
    for (const { last } of page.conversations) expect(last?.body).toEqual({ text: 'text 1' })
    seen.push(...page.conversations.map(({ conversation }) => conversation))
    before = page.conversations.at(-1)!.at
    isMore = page.more
  }
  expect(new Set(seen).size).toBe(40)
})

test('a search among long messages reads a bounded number of bytes and finds by text', async () => {
  const shop = `shop:${two.unique('s')}`
  for (let n = 0; n < 30; n++) await fill(two.unique('c'), shop, 10)
  const desk = await two.agent(0, [two.unique('a'), shop.slice(5)])
  const answer = await desk.command('search', { query: 'text' })
  expect(bytesOf(answer)).toBeLessThanOrEqual(LIMITS.answerBytes)
  expect(answer.hits.length).toBe(30)
})

test('no command reads more than half a megabyte at once', async () => {
  const shop = `shop:${two.unique('s')}`
  const customer = two.unique('c')
  await fill(customer, shop, 100)
  const desk = await two.agent(0, [two.unique('a'), shop.slice(5)])
  const sizes: number[] = []
  const { read } = two.backbone.store
  const seen = vi.spyOn(two.backbone.store, 'read').mockImplementation(async (conversation: string, range: ReadRange) => {
    const page = await read.call(two.backbone.store, conversation, range)
    sizes.push(bytesOf(page.messages))
    return page
  })
  await desk.command('customer', { to: customer })
  await desk.command('queue', {})
  await desk.command('history', { to: customer, limit: 100 })
  seen.mockRestore()
  expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMITS.answerBytes)
})

test('nothing more is read for a session that has ended', async () => {
  const customer = two.unique('c')
  const conversations = await Promise.all(Array.from({ length: 40 }, (_, i) => fill(customer, `shop:${i}`, 3)))
  const wireClient = await new WireClient(two.nodes[0].url, 'ws').open()
  const token = await two.nodes[0].pass({ sub: customer })
  const cursors = await firstCursors(conversations)
  let reads = 0
  let go = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  two.backbone.beforeRead = async () => {
    reads++
    await gate
  }
  wireClient.sendPacket({ type: 'connect', data: { token, resume: { cursors } } })
  await expect.poll(() => reads).toBeGreaterThan(0)
  wireClient.close()
  await expect.poll(() => wireClient.isClosed).toBe(true)
  // and the gateway knows
  await new Promise((resolve) => setImmediate(resolve))
  const before = reads
  go()
  await (await two.customer(0, two.unique('c'))).command('presence', { of: [] })
  two.backbone.beforeRead = async () => undefined
  expect(before).toBeLessThan(20)
  expect(reads).toBe(before)
})

test('presence of a shop with thousands of agents lists oneself and available agents up to the limit', async () => {
  const shop = two.unique('s')
  const side = `shop:${shop}`
  const desk = await two.agent(0, ['zz', shop])
  const { records } = two.backbone
  const now = Date.now()
  await expect.poll(async () => (await records.items(`${side}/present`, now)).length).toBe(1)
  const node = (await records.items(`${side}/present`, now))[0]!.key.split(' ')[1]!
  await Promise.all(
    Array.from({ length: 3000 }, async (_, i) => {
      const id = `a${String(i).padStart(4, '0')}`
      await records.put({ collection: `${side}/present`, key: `${id} ${node}`, value: JSON.stringify({ name: '名'.repeat(80) }), now })
      await records.put({ collection: `${side}/present`, key: id, value: i < 2990 ? 'busy' : 'online', now })
    }),
  )
  await two.backbone.bus.publish(presenceChannel(side), '', '{}')
  const ask = () => desk.command('presence', { of: [side] })
  await expect.poll(async () => (await ask()).presence[side]?.agents?.length).toBeGreaterThan(1000)
  await expect.poll(async () => (await ask()).presence[side]?.more).toBe(true)
  const answer = await ask()
  expect(bytesOf(answer)).toBeLessThanOrEqual(LIMITS.answerBytes)
  const { agents = [] } = answer.presence[side]!
  expect(agents.length).toBeGreaterThan(1000)
  const ids = agents.map(({ id }) => id)
  expect(ids).toEqual(ids.toSorted())
  expect(ids.slice(-11)).toEqual([...Array.from({ length: 10 }, (_, i) => `a${2990 + i}`), 'zz'])
})

test('the list of persons one has blocked fits into one answer, latest first', async () => {
  const [person, ...names] = [two.unique('c'), ...Array.from({ length: 500 }, (_, i) => '界'.repeat(57) + String(i).padStart(7, '0'))]
  const { records } = two.backbone
  const name = '"'.repeat(80)
  await Promise.all(
    names.map((other, i) =>
      records.put({
        collection: `${person}/blocked`,
        key: conversationId(person, other),
        value: JSON.stringify({ at: i, name: name.repeat(6) }),
        now: 1,
      }),
    ),
  )
  const answer = await (await two.customer(0, person)).command('blockedPersons', {})
  expect(bytesOf(answer)).toBeLessThanOrEqual(LIMITS.answerBytes)
  expect(answer.more).toBe(true)
  expect(answer.blocked[0]?.at).toBe(499)
  expect(answer.blocked.length).toBeGreaterThan(300)
})
