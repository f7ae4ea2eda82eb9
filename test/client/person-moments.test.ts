/** The same law as person.test.ts, at the moments that are easily forgotten. */
import { describe, expect, test } from 'vitest'
import { createClient } from '../../widget/client/client.ts'
import { ClientWorld, textsOf } from '../kit/client-world.ts'
import { memoryPass } from '../kit/memory-pass.ts'

const SHOP = 'shop:42'
const A = memoryPass({ sub: 'ann' })
const B = memoryPass({ sub: 'bob' })

const logOf = (world: ClientWorld, who: string): string[] => world.gateway.log(SHOP, who).messages.map(({ body }) => body.text)
const keysOf = (world: ClientWorld, part: string): string[] => [...world.storage('phone').values.keys()].filter((key) => key.includes(part))
const cut = (world: ClientWorld, mode: 'works' | 'refused'): void => void (world.gateway.websocket.mode = world.gateway.polling.mode = mode)
const there = (world: ClientWorld): (string | undefined)[] => [...world.gateway.peers].map(({ identity }) => identity?.id)

describe('several switches in one task', () => {
  /** How far the first one's connection is when it happens, ms after the start; a packet takes 30 each way. */
  test.each([
    ['before anything', 0],
    ['while the line opens', 20],
    ['with the hello under way', 45],
    ['with the welcome under way', 75],
    ['live', 500],
  ])('%s: only the last one arrives, and each one’s words go out as its own', async (_when, ms) => {
    const world = new ClientWorld()
    world.gateway.websocket.delay = 30
    const client = world.open(A, SHOP)
    await world.clock.advance(ms)
    client.conversation(SHOP).send('ann 1')
    client.setToken(B)
    client.conversation(SHOP).send('bob 1')
    client.setToken(A)
    client.conversation(SHOP).send('ann 2')
    client.setToken(B)
    await world.clock.advance(10_000)
    expect([there(world), client.identity.value?.id, logOf(world, 'bob')]).toEqual([['bob'], 'bob', ['bob 1']])
    expect(textsOf(client, SHOP)).toEqual(['bob 1'])
    client.setToken(A)
    await world.clock.advance(10_000)
    expect([there(world), logOf(world, 'ann'), logOf(world, 'bob')]).toEqual([['ann'], ['ann 1', 'ann 2'], ['bob 1']])
    expect(keysOf(world, '~out~')).toEqual([])
  })

  test('while a guest’s pass is being fetched: it comes too late for a hello', async () => {
    const world = new ClientWorld()
    let give = (): void => {}
    const fetchGuest = () =>
      new Promise<{ token: string; expiresAt: number }>((done) => {
        give = () => done({ token: memoryPass({ sub: 'g1' }), expiresAt: Infinity })
      })
    const client = world.open(undefined, SHOP, { fetchGuest })
    await world.clock.advance(10)
    const late = give
    client.setToken(A)
    client.setToken('')
    client.setToken(A)
    late()
    await world.clock.advance(10_000)
    expect([there(world), world.gateway.hellos.map(({ token }) => token)]).toEqual([['ann'], [A]])
  })
})

const FIRST = { src: 'a', sub: '7', role: 'agent', shop: '1' } as const

test.each([
  // a colleague sees what the shop has said
  ['src', { ...FIRST, src: 'b' }, ['sent']],
  ['role', { ...FIRST, role: 'customer' }, []],
  ['shop', { ...FIRST, shop: '2' }, []],
] as const)('only `%s` differs: nothing held, typed or queued is the second one’s', async (_what, second, shown) => {
  const world = new ClientWorld()
  const client = world.open(memoryPass(FIRST), 'kim')
  await world.clock.advance(10)
  const kim = client.conversation('kim')
  kim.send('sent')
  await world.clock.advance(100)
  cut(world, 'refused')
  world.gateway.kill()
  kim.send('queued')
  kim.setDraft('half')
  client.setToken(memoryPass(second))
  cut(world, 'works')
  await world.clock.advance(10_000)
  const now = client.conversation('kim')
  expect([textsOf(client, 'kim'), now.outbox.value, now.draft.value]).toEqual([shown, [], ''])
  const said = [...world.gateway.logs.values()].flatMap(({ messages }) => messages.map(({ from, side, body }) => `${side} ${from} ${body.text}`))
  expect(said).toEqual(['shop:1 a7 sent'])
})

test('a pass that is set before the client connects is the only one shown', async () => {
  const world = new ClientWorld()
  const { storage, environment } = world.storage('phone').openWindow()
  const client = createClient({
    gateway: 'http://gateway.test',
    token: A,
    to: SHOP,
    transports: world.gateway.ports(),
    clock: world.clock,
    storage,
    environment,
  })
  client.conversation(SHOP).send('from ann')
  client.setToken(B)
  await world.clock.advance(1000)
  expect(world.gateway.hellos).toEqual([])
  client.connect()
  await world.clock.advance(5000)
  expect([world.gateway.hellos.map(({ token }) => token), logOf(world, 'bob')]).toEqual([[B], []])
  client.setToken(A)
  await world.clock.advance(5000)
  expect(logOf(world, 'ann')).toEqual(['from ann'])
})

test('a pass ends, and a fresh one of the same person comes: what was typed and queued meanwhile is there and sent once', async () => {
  const world = new ClientWorld()
  const client = world.open(A, SHOP)
  await world.clock.advance(10)
  const { value: ann } = client.person
  const conversation = client.conversation(SHOP)
  conversation.send('before')
  await world.clock.advance(100)
  world.gateway.refuse = (command) => (command === 'connect' ? { code: 'pass_expired' } : undefined)
  world.gateway.bye('pass_expired', true)
  await world.clock.advance(10_000)
  expect(client.connection.value).toMatchObject({ name: 'refused', refusal: { code: 'pass_expired' } })
  conversation.send('meanwhile')
  conversation.setDraft('half')
  world.gateway.refuse = () => undefined
  client.setToken(memoryPass({ sub: 'ann' }, 2))
  await world.clock.advance(10_000)
  expect([client.person.value === ann, client.conversation(SHOP) === conversation, conversation.draft.value]).toEqual([true, true, 'half'])
  expect([textsOf(client, SHOP), logOf(world, 'ann')]).toEqual([
    ['before', 'meanwhile'],
    ['before', 'meanwhile'],
  ])
})

describe('two windows of one browser', () => {
  test('with different persons: neither sees, sends or deletes what is the other’s', async () => {
    const world = new ClientWorld()
    const [anns, bobs] = [world.open(A, SHOP), world.open(B, SHOP)]
    await world.clock.advance(10)
    cut(world, 'refused')
    world.gateway.kill()
    anns.conversation(SHOP).send('ann offline')
    anns.conversation(SHOP).setDraft('ann half')
    bobs.conversation(SHOP).send('bob offline')
    await new Promise((done) => setImmediate(done))
    expect([bobs.conversation(SHOP).outbox.value.map(({ body }) => body.text), bobs.conversation(SHOP).draft.value]).toEqual([['bob offline'], ''])
    anns.close()
    cut(world, 'works')
    await world.clock.advance(20_000)
    expect([logOf(world, 'ann'), logOf(world, 'bob'), there(world)]).toEqual([[], ['bob offline'], ['bob']])
    bobs.logout()
    await new Promise((done) => setImmediate(done))
    anns.connect()
    await world.clock.advance(20_000)
    expect([logOf(world, 'ann'), anns.conversation(SHOP).draft.value]).toEqual([['ann offline'], 'ann half'])
  })

  test('one window changes to another person: the other window goes on', async () => {
    const world = new ClientWorld()
    const [here, other] = [world.open(A, SHOP), world.open(A, SHOP)]
    await world.clock.advance(10)
    other.conversation(SHOP).setDraft('half')
    here.setToken(B)
    await world.clock.advance(1000)
    other.conversation(SHOP).send('still ann')
    await world.clock.advance(1000)
    expect([other.person.value.who, logOf(world, 'ann'), logOf(world, 'bob')]).toEqual([{ role: 'customer', id: 'ann' }, ['still ann'], []])
    expect(textsOf(here, SHOP)).toEqual([])
  })

  test('a logout in one window while the other is offline: what that one had queued is never sent, in anybody’s name', async () => {
    const world = new ClientWorld()
    const [here, offline] = [world.open(A, SHOP), world.open(A, SHOP)]
    await world.clock.advance(10)
    cut(world, 'refused')
    world.gateway.kill()
    offline.conversation(SHOP).send('offline words')
    offline.conversation(SHOP).setDraft('half')
    here.logout()
    await new Promise((done) => setImmediate(done))
    expect([offline.person.value.who, offline.connection.value.name]).toEqual([{ role: 'guest' }, 'closed'])
    expect([keysOf(world, '~out~'), keysOf(world, 'draft')]).toEqual([[], []])
    cut(world, 'works')
    offline.setToken(A)
    here.setToken(B)
    await world.clock.advance(20_000)
    expect([logOf(world, 'ann'), logOf(world, 'bob')]).toEqual([[], []])
    expect(offline.conversation(SHOP).draft.value).toBe('')
  })
})
