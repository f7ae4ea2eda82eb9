/** Search by agents and customers. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { CommandAnswer } from '../../../gateway/protocol/commands.ts'
import { conversationId } from '../../../gateway/protocol/keys.ts'
import type { WireClient } from '../../kit/wire-client.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let two: TwoGateways
let at = 1_700_000_000_000
beforeAll(async () => {
  two = await TwoGateways.start()
})
afterAll(() => two.stop())

interface Written {
  readonly from: string
  readonly to: string
  readonly text: string
  readonly name?: string
  readonly kind?: string
  readonly card?: Record<string, unknown>
}

/** Appends to the store directly, each message a second after the one before. */
async function write({ from, to, text, name, kind = 'text', card }: Written): Promise<void> {
  at += 1000
  await two.backbone.store.append({
    conversation: conversationId(from, to),
    id: `m${at}`,
    from,
    side: from,
    kind,
    body: { text, ...card },
    at,
    origin: '',
    ...(name === undefined ? {} : { name }),
  })
}
const found = ({ hits }: CommandAnswer<'search'>) => hits.map(({ row, message }) => [row.to, message?.seq])
const search = (wireClient: WireClient, query: string) => wireClient.command('search', { query })

/** A shop of four customers, newest last. */
async function scene() {
  const shop = `shop:${two.unique('s')}`
  const [an, li, jo, wu] = ['an', 'li', 'jo', 'wu'].map((name) => two.unique(name)) as [string, string, string, string]
  await write({ from: an, to: shop, name: 'Ánna Müller', text: 'Where is my KETTLE?' })
  await write({ from: an, to: shop, text: 'Hello?' })
  await write({ from: li, to: shop, name: '李小龙', text: '我的订单还没有发货，请问什么时候到？' })
  await write({ from: jo, to: shop, name: 'Jo Ann', text: 'Order', kind: 'order', card: { number: 'MG-10423', title: 'Tea', url: '/secret-path' } })
  await write({ from: jo, to: shop, text: 'Order', kind: 'order', card: { number: 7_654_321 } })
  await write({ from: wu, to: shop, text: 'Bye', kind: 'system' })
  return { shop, an, li, jo, wu, desk: await two.agent(0, [two.unique('a'), shop.slice(5)]) }
}

test('an agent finds names, ids, order numbers and words, newest conversation first', async () => {
  const { desk, an, li, jo, wu } = await scene()
  const cases: [query: string, expected: [string, number | undefined][]][] = [
    ['anna', [[an, undefined]]],
    [
      'ANN',
      [
        [jo, undefined],
        [an, undefined],
      ],
    ],
    ['muller', [[an, undefined]]],
    [wu, [[wu, undefined]]],
    ['mg-10423', [[jo, 1]]],
    ['7654321', [[jo, 2]]],
    ['tea', [[jo, 1]]],
    ['kettle', [[an, 1]]],
    ['ＫＥＴＴＬＥ', [[an, 1]]],
    ['订单', [[li, 1]]],
    ['发货 什么', [[li, 1]]],
    // one word in the name, another in a message
    ['müller kettle', [[an, 1]]],
    ['kettle tea', []],
    // neither URLs nor the gateway's own words
    ['secret-path', []],
    ['bye', []],
    ['.*', []],
  ]
  for (const [query, expected] of cases) expect([query, found(await search(desk, query))]).toEqual([query, expected])
  const { hits, isComplete } = await search(desk, 'kettle')
  expect(isComplete).toBe(true)
  expect(hits[0]).toMatchObject({
    row: { to: an, name: 'Ánna Müller', head: { seq: 2 }, unread: 2 },
    message: { body: { text: 'Where is my KETTLE?' } },
  })
})

test('a customer finds only their own conversations, a shop only its own', async () => {
  const { shop, an, desk } = await scene()
  const rival = await two.agent(1, [two.unique('a'), two.unique('s')])
  const customer = await two.customer(1, an)
  expect(found(await search(customer, 'kettle'))).toEqual([[shop, 1]])
  expect(found(await search(customer, shop))).toEqual([[shop, undefined]])
  expect(found(await search(customer, '订单'))).toEqual([])
  expect((await search(customer, 'kettle')).hits[0]?.row).not.toHaveProperty('service')
  for (const query of ['kettle', an, 'anna']) expect(found(await search(rival, query))).toEqual([])
  expect(found(await search(desk, an))).toEqual([[an, undefined]])
})

test('a search reads the newest 30 messages of a conversation and the newest 300 conversations; a whole id finds any', async () => {
  const shop = `shop:${two.unique('s')}`
  const [old, long] = [two.unique('old'), two.unique('long')]
  await write({ from: old, to: shop, text: 'needle' })
  for (let n = 0; n < 299; n++) await write({ from: `${two.unique('c')}x`, to: shop, text: `straw ${n}` })
  await write({ from: long, to: shop, text: 'needle one' })
  await write({ from: long, to: shop, text: 'needle two' })
  for (let n = 0; n < 29; n++) await write({ from: long, to: shop, text: 'hay' })
  const desk = await two.agent(0, [two.unique('a'), shop.slice(5)])
  expect(await search(desk, 'needle one')).toEqual({ ok: true, hits: [], isComplete: false })
  const { hits, isComplete } = await search(desk, 'needle')
  expect([hits.map(({ row, message }) => [row.to, message?.body.text]), isComplete]).toEqual([[[long, 'needle two']], false])
  expect(await search(desk, old)).toMatchObject({ hits: [{ row: { to: old } }], isComplete: false })
  const many = await search(desk, 'straw')
  expect([many.hits.length, many.isComplete]).toEqual([100, false])
})

test("a newer search cancels the older one of its session, and nobody else's", async () => {
  const shop = `shop:${two.unique('s')}`
  for (let n = 0; n < 60; n++) await write({ from: two.unique('c'), to: shop, text: 'straw' })
  const [desk, other] = [await two.agent(0, [two.unique('a'), shop.slice(5)]), await two.agent(0, [two.unique('a'), shop.slice(5)])]
  let reads = 0
  let go = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  two.backbone.beforeRead = async () => {
    reads++
    await gate
  }
  const answers = [search(desk, 'straw'), search(other, 'straw')]
  await expect.poll(() => reads).toBe(20)
  const newer = search(desk, 'c')
  await newer
  go()
  const [older, others] = await Promise.all(answers)
  two.backbone.beforeRead = async () => undefined
  expect([older!.hits.length, older!.isComplete]).toEqual([0, false])
  expect([others!.hits.length, others!.isComplete]).toEqual([60, true])
  expect((await newer).isComplete).toBe(true)
})

test.each([
  ['nothing', ''],
  ['white space', ' \t '],
  ['nothing but accents', '\u0301\u0301'],
  ['too much', 'x'.repeat(101)],
  ['a number', 7],
])('a query of %s is refused', async (_what, query) => {
  const wireClient = await two.customer(0, two.unique('c'))
  expect((await wireClient.ask('search', { query })).error?.code).toBe('bad_request')
})
