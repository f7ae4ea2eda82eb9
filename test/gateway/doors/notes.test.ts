/** Agents' notes at two gateways: only colleagues get them, over every transport. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { LIMITS } from '../../../gateway/protocol/limits.ts'
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
const say = (wireClient: WireClient, to: string, id: string) => wireClient.command('send', { to, id, kind: 'text', body: { text: id } })
const texts = async (wireClient: WireClient, to: string): Promise<string[]> =>
  (await wireClient.command('notes', { to })).notes.map(({ text }) => text)

test('a colleague at the other node sees a note at once and in the list; its author changes and deletes it', async () => {
  const [shop, a, b, c] = [unique('s'), unique('a'), unique('b'), unique('c')]
  const conversation = `shop:${shop}~${c}`
  const ann = await two.agent(0, [a, shop])
  const bo = await two.agent(1, [b, shop])
  const { note } = await ann.command('saveNote', { to: c, id: 'n1', text: 'Wants <b>two</b> kettles' })
  expect(note).toEqual({ id: 'n1', by: { id: a, name: a.toUpperCase() }, text: 'Wants <b>two</b> kettles', at: expect.any(Number) })
  expect(await bo.push('notePush')).toEqual({ conversation, note })
  expect((await bo.command('notes', { conversation })).notes).toEqual([note])
  const later = await bo.command('saveNote', { conversation, id: 'n2', text: 'Pays by card' })
  expect((await ann.push('notePush')).note).toEqual(later.note)
  two.pass(60_000)
  const changed = await ann.command('saveNote', { to: c, id: 'n1', text: 'Wants three' })
  // a change keeps the note's time
  expect(changed.note).toEqual({ ...note, text: 'Wants three' })
  expect((await bo.push('notePush', 1)).note.text).toBe('Wants three')
  expect(await texts(bo, c)).toEqual(['Wants three', 'Pays by card'])
  expect(await ann.command('saveNote', { to: c, id: 'n1', text: '' })).toEqual({ ok: true })
  expect(await bo.push('notePush', 2)).toMatchObject({ conversation, note: { id: 'n1', text: '' } })
  expect(await texts(bo, c)).toEqual(['Pays by card'])
  expect(ann.pushes('notePush')).toHaveLength(1)
})

test('the same note sent again is one note, also when both arrive at once at different nodes', async () => {
  const [shop, a, c] = [unique('s'), unique('a'), unique('c')]
  const windows = [await two.agent(0, [a, shop]), await two.agent(1, [a, shop])] as const
  await Promise.all(windows.map((one) => one.command('saveNote', { to: c, id: 'n1', text: 'once' })))
  await windows[0].command('saveNote', { to: c, id: 'n1', text: 'once' })
  expect(await texts(windows[1], c)).toEqual(['once'])
})

test('the oldest notes are deleted beyond the limit', async () => {
  const [shop, c] = [unique('s'), unique('c')]
  const ann = await two.agent(0, [unique('a'), shop])
  for (let n = 0; n < LIMITS.noteCount; n++) {
    two.pass(1)
    await ann.command('saveNote', { to: c, id: `n${n}`, text: `${n}` })
  }
  two.pass(1)
  await Promise.all(['x', 'y'].map((id) => ann.command('saveNote', { to: c, id, text: id })))
  const found = await texts(ann, c)
  expect([found.length, found[0], found.slice(-2).toSorted()]).toEqual([LIMITS.noteCount, '2', ['x', 'y']])
})

describe.each(TRANSPORTS)('over %s', (transport) => {
  test('a customer learns nothing of notes: no push, no count, no answer', async () => {
    const [shop, c] = [unique('s'), unique('c')]
    const customer = await two.customer(0, c, transport)
    const ann = await two.agent(1, [unique('a'), shop], transport)
    const bo = await two.agent(0, [unique('b'), shop], transport)
    const rival = await two.agent(0, [unique('a'), unique('s')], transport)
    await say(customer, `shop:${shop}`, 'm1')
    await ann.push('messagePush')
    await ann.command('saveNote', { to: c, id: 'n1', text: 'secret of the shop' })
    await bo.push('notePush')
    await ann.command('saveNote', { to: c, id: 'n1', text: '' })
    // a later message has arrived, so a push of a note would have arrived, too
    await say(ann, c, 'm2')
    expect((await customer.push('messagePush')).seq).toBe(2)
    const { messages, head } = await customer.command('history', { to: `shop:${shop}` })
    expect([messages.map(({ id }) => id), head.seq]).toEqual([['m1', 'm2'], 2])
    await customer.command('conversations', {})
    const again = await two.customer(1, c, transport)
    await again.command('conversations', {})
    const everything = JSON.stringify([customer.received, again.received, rival.received])
    expect(everything).not.toMatch(/secret|notePush/)
    for (const one of [customer, ann, bo, rival, again]) one.close()
  })

  test.each([
    ['a customer reading', 'customer', 'notes', (shop: string) => ({ to: `shop:${shop}` }), 'forbidden'],
    ['a customer writing', 'customer', 'saveNote', (shop: string) => ({ to: `shop:${shop}`, id: 'n2', text: 'x' }), 'forbidden'],
    ['an agent of another shop reading', 'rival', 'notes', (shop: string, c: string) => ({ conversation: `shop:${shop}~${c}` }), 'forbidden'],
    [
      'an agent of another shop writing',
      'rival',
      'saveNote',
      (shop: string, c: string) => ({ conversation: `shop:${shop}~${c}`, id: 'n2', text: 'x' }),
      'forbidden',
    ],
    ['a colleague changing', 'colleague', 'saveNote', (_: string, c: string) => ({ to: c, id: 'n1', text: 'mine' }), 'forbidden'],
    ['a colleague deleting', 'colleague', 'saveNote', (_: string, c: string) => ({ to: c, id: 'n1', text: '' }), 'forbidden'],
    ['a text of nothing to see', 'author', 'saveNote', (_: string, c: string) => ({ to: c, id: 'n2', text: ' \u200b' }), 'text_empty'],
    ['a huge text', 'author', 'saveNote', (_: string, c: string) => ({ to: c, id: 'n2', text: 'x'.repeat(2001) }), 'bad_request'],
    ['an id with a zero in it', 'author', 'saveNote', (_: string, c: string) => ({ to: c, id: 'n\u0000', text: 'x' }), 'bad_request'],
    ['both to and conversation', 'author', 'notes', (shop: string, c: string) => ({ to: c, conversation: `shop:${shop}~${c}` }), 'bad_request'],
  ] as const)('%s is refused, and the note stands', async (_what, who, command, input, code) => {
    const [shop, c, a] = [unique('s'), unique('c'), unique('a')]
    const author = await two.agent(0, [a, shop], transport)
    await author.command('saveNote', { to: c, id: 'n1', text: 'stands' })
    const asker =
      who === 'author'
        ? author
        : who === 'customer'
          ? await two.customer(1, c, transport)
          : await two.agent(1, who === 'rival' ? [a, unique('s')] : [unique('b'), shop], transport)
    expect((await asker.ask(command, input(shop, c))).error?.code).toBe(code)
    expect(await texts(author, c)).toEqual(['stands'])
    for (const one of new Set([author, asker])) one.close()
  })
})
