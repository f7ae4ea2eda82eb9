/** Quick replies as agents at two gateways see them. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { LIMITS } from '../../../gateway/protocol/limits.ts'
import type { QuickReply } from '../../../gateway/protocol/model.ts'
import type { WireClient } from '../../kit/wire-client.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let two: TwoGateways
beforeAll(async () => {
  two = await TwoGateways.start()
})
afterAll(() => two.stop())

const unique = (name: string): string => two.unique(name)
const reply = (id: string, more: Partial<QuickReply> = {}): QuickReply => ({ id, scope: 'shop', title: id, text: `text of ${id}`, ...more })
const save = (wireClient: WireClient, quickReply: QuickReply) => wireClient.command('saveQuickReply', { quickReply })
const all = async (wireClient: WireClient): Promise<QuickReply[]> =>
  [...(await wireClient.command('quickReplies', {})).quickReplies].sort((a, b) => (a.id < b.id ? -1 : 1))

test("a shop's quick replies are shared by its agents, an agent's own are not, and another shop sees neither", async () => {
  const [shop, other] = [unique('s'), unique('s')]
  const [a, b] = [unique('a'), unique('a')]
  const ann = await two.agent(0, [a, shop])
  const bo = await two.agent(1, [b, shop])
  const rival = await two.agent(0, [unique('a'), other])
  // the same person, working for two shops
  const annElsewhere = await two.agent(0, [a, other])
  expect(await all(ann)).toEqual([])
  const shared = reply('r1', { folder: 'Greetings', text: 'Hello {customer} 您好 🙂' })
  const own = reply('r2', { scope: 'own' })
  await save(ann, shared)
  await save(ann, own)
  expect(await all(ann)).toEqual([shared, own])
  expect(await all(bo)).toEqual([shared])
  expect([await all(rival), await all(annElsewhere)]).toEqual([[], []])
  await save(bo, { ...shared, text: 'Hi' })
  expect(await all(ann)).toEqual([{ ...shared, text: 'Hi' }, own])
  await bo.command('deleteQuickReply', { scope: 'own', id: 'r2' })
  await bo.command('deleteQuickReply', { scope: 'shop', id: 'r1' })
  await bo.command('deleteQuickReply', { scope: 'shop', id: 'never there' })
  expect(await all(ann)).toEqual([own])
})

test('a change is pushed to everybody it concerns, at both nodes, but not to its author', async () => {
  const [shop, a, b] = [unique('s'), unique('a'), unique('a')]
  const ann = await two.agent(0, [a, shop])
  const window = await two.agent(1, [a, shop])
  const bo = await two.agent(1, [b, shop])
  const customer = await two.customer(0, unique('c'))
  await customer.command('send', { to: `shop:${shop}`, id: 'm1', kind: 'text', body: { text: 'hi' } })
  const heard = (): number[] => [ann, window, bo, customer].map((one) => one.pushes('quickRepliesPush').length)
  await save(ann, reply('r1'))
  await bo.push('quickRepliesPush')
  await window.push('quickRepliesPush')
  expect(heard()).toEqual([0, 1, 1, 0])
  await save(ann, reply('r2', { scope: 'own' }))
  await window.push('quickRepliesPush', 1)
  await bo.command('deleteQuickReply', { scope: 'shop', id: 'r1' })
  await ann.push('quickRepliesPush')
  await window.push('quickRepliesPush', 2)
  expect(heard()).toEqual([1, 3, 1, 0])
})

test('a full list refuses new quick replies, also when many are saved at once, and accepts changes', async () => {
  const ann = await two.agent(0, [unique('a'), unique('s')])
  const most = LIMITS.quickReplyCount
  const answers = await Promise.all(Array.from({ length: most + 5 }, (_, n) => ann.ask('saveQuickReply', { quickReply: reply(`r${n}`) })))
  expect(answers.filter(({ ok }) => ok)).toHaveLength(most)
  expect(new Set(answers.flatMap(({ error }) => error?.code ?? []))).toEqual(new Set(['too_many']))
  await save(ann, reply('r0', { text: 'another' }))
  await save(ann, reply('one of my own', { scope: 'own' }))
  expect(await all(ann)).toHaveLength(most + 1)
  await ann.command('deleteQuickReply', { scope: 'shop', id: 'r1' })
  await save(ann, reply('in its place'))
})

test('hostile titles and texts are returned unchanged, and unknown fields are dropped', async () => {
  const ann = await two.agent(0, [unique('a'), unique('s')])
  const hostile = [
    reply('<img src=x onerror=alert(1)>', { title: '\u202Egnp.exe', text: '</script><script>alert(1)</script>' }),
    reply('proto__', { title: 'e' + '\u0301'.repeat(79), text: 'a' + '\u0300'.repeat(1999) }),
    reply(' ', { title: '\u200b', text: '\u0000 \ud800 half a character' }),
  ]
  for (const quickReply of hostile) await ann.ask('saveQuickReply', { quickReply: { ...quickReply, extra: 'x'.repeat(60_000) } })
  const byId = (a: QuickReply, b: QuickReply): number => (a.id < b.id ? -1 : 1)
  expect(await all(ann)).toEqual(hostile.toSorted(byId))
})

test.each([
  ['a customer asking', 'customer', 'quickReplies', {}, 'forbidden'],
  ['a customer saving', 'customer', 'saveQuickReply', { quickReply: reply('r') }, 'forbidden'],
  ['a customer deleting', 'customer', 'deleteQuickReply', { scope: 'shop', id: 'r' }, 'forbidden'],
  ['a huge text', 'agent', 'saveQuickReply', { quickReply: reply('r', { text: 'x'.repeat(2001) }) }, 'bad_request'],
  ['no text', 'agent', 'saveQuickReply', { quickReply: reply('r', { text: '' }) }, 'bad_request'],
  ['a long title', 'agent', 'saveQuickReply', { quickReply: reply('r', { title: 'x'.repeat(81) }) }, 'bad_request'],
  ['a long folder', 'agent', 'saveQuickReply', { quickReply: reply('r', { folder: 'x'.repeat(81) }) }, 'bad_request'],
  ["somebody else's scope", 'agent', 'saveQuickReply', { quickReply: { ...reply('r'), scope: 'bo' } }, 'bad_request'],
  ['an id that is half a character', 'agent', 'saveQuickReply', { quickReply: reply('r\ud800') }, 'bad_request'],
  ['an id with a zero in it', 'agent', 'saveQuickReply', { quickReply: reply('r\u0000x') }, 'bad_request'],
] as const)('%s is refused', async (_what, role, command, input, code) => {
  const wireClient = role === 'agent' ? await two.agent(0, [unique('a'), unique('s')]) : await two.customer(0, unique('c'))
  expect((await wireClient.ask(command, input)).error?.code).toBe(code)
})
