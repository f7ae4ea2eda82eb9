/** Whose chat it is: a pass of another participant on a living client is another person, structurally and for good. */
import { describe, expect, test } from 'vitest'
import { personOf, scopeOf } from '../../widget/client/scope.ts'
import { ClientWorld, textsOf } from '../kit/client-world.ts'
import { memoryPass } from '../kit/memory-pass.ts'

const SHOP = 'shop:42'
const A = memoryPass({ sub: 'ann' })
const B = memoryPass({ sub: 'bob' })

const logOf = (world: ClientWorld, who: string): string[] => world.gateway.log(SHOP, who).messages.map(({ body }) => body.text)
const keysOf = (world: ClientWorld, part: string): string[] => [...world.storage('phone').values.keys()].filter((key) => key.includes(part))
const cut = (world: ClientWorld, mode: 'works' | 'refused'): void => void (world.gateway.websocket.mode = world.gateway.polling.mode = mode)

describe('another person', () => {
  const first = { src: 'app', sub: '7', role: 'agent', shop: '1' } as const
  test.each([
    ['sub', { ...first, sub: '8' }],
    ['src', { ...first, src: 'web' }],
    ['role', { ...first, role: 'customer' }],
    ['shop', { ...first, shop: '2' }],
    ['where src ends', { ...first, src: 'ap', sub: 'p7' }],
  ] as const)('%s differs', (_what, other) => expect(scopeOf(memoryPass(other))).not.toBe(scopeOf(memoryPass(first))))

  test('one person stays one, whatever else the pass says', () => {
    expect(scopeOf(memoryPass(first, 2))).toBe(scopeOf(memoryPass(first)))
    expect(scopeOf(memoryPass({ sub: 'c1', shop: '3' }))).toBe('c1')
  })

  test('only the guest is the guest, whatever a person is called', () => {
    const scopes = ['', memoryPass({ sub: 'guest' }), memoryPass({ src: 'gue', sub: 'st' }), 'guest', '.e30.', 'x'.repeat(40)].map(scopeOf)
    expect(new Set(scopes).size).toBe(scopes.length)
  })

  test('no id reaches into another scope by the characters that separate keys', () => {
    for (const sub of ['a~out', 'a{b', '~x', '}']) expect(scopeOf(memoryPass({ sub }))).not.toMatch(/[~{}]/)
    expect(scopeOf(memoryPass({ src: 'a{b', sub: 'c' }))).not.toBe(scopeOf(memoryPass({ src: 'a', sub: 'b{c' })))
  })

  test('the page can read who it is', () => {
    expect(personOf('')).toEqual({ role: 'guest' })
    expect(personOf(memoryPass({ src: 'é', sub: '张三' }))).toEqual({ role: 'customer', id: 'é张三' })
    expect(personOf(memoryPass(first))).toEqual({ role: 'agent', id: 'app7', shop: '1' })
    expect(personOf('nonsense')).toEqual({ role: 'customer' })
  })
})

describe('a pass of another person on a connected client', () => {
  test('the first one’s chat leaves the screen, stores what is unsent, and sends it when the person is back', async () => {
    const world = new ClientWorld()
    const client = world.open(A, SHOP)
    await world.clock.advance(10)
    const anns = client.conversation(SHOP)
    anns.send('ann was here')
    await world.clock.advance(10)
    cut(world, 'refused')
    world.gateway.kill()
    anns.send('ann offline')
    anns.setDraft('ann half wri')
    const told: unknown[] = []
    client.person.subscribe(({ who }) => told.push(who))
    cut(world, 'works')
    client.setToken(B)
    expect(told).toEqual([{ role: 'customer', id: 'bob' }])
    expect([anns.timeline.value.messages, anns.outbox.value, anns.draft.value]).toEqual([[], [], ''])
    expect([client.identity.value, client.conversation(SHOP).draft.value]).toEqual([undefined, ''])
    await world.clock.advance(5000)
    expect(client.identity.value?.id).toBe('bob')
    expect(textsOf(client, SHOP)).toEqual([])
    client.conversation(SHOP).send('bob')
    await world.clock.advance(1000)
    expect([logOf(world, 'ann'), logOf(world, 'bob')]).toEqual([['ann was here'], ['bob']])
    client.setToken(A)
    expect(client.conversation(SHOP).draft.value).toBe('ann half wri')
    expect(textsOf(client, SHOP)).toEqual(['ann was here'])
    await world.clock.advance(5000)
    expect([logOf(world, 'ann'), logOf(world, 'bob')]).toEqual([['ann was here', 'ann offline'], ['bob']])
    expect(keysOf(world, '~out~')).toEqual([])
  })

  test('what a page still has of the first one does nothing any more', async () => {
    const world = new ClientWorld()
    const client = world.open(A, SHOP)
    await world.clock.advance(10)
    const anns = client.conversation(SHOP)
    const { value: ann } = client.person
    client.setToken(B)
    await world.clock.advance(10)
    const kept = (): unknown[] => [...world.storage('phone').values].filter(([key]) => key.includes('~ann~'))
    const before = kept()
    expect([anns.send('x'), anns.sendBody('text', { text: 'y' }), ann.conversation('shop:9').send('z')]).toEqual([undefined, undefined, undefined])
    anns.setDraft('draft')
    ann.connect()
    await expect(ann.request('conversations', {})).rejects.toMatchObject({ code: 'disconnected' })
    await world.clock.advance(20_000)
    expect(kept()).toEqual(before)
    expect([logOf(world, 'ann'), logOf(world, 'bob')]).toEqual([[], []])
    expect(world.gateway.peers.size).toBe(1)
  })

  test('in the middle of a handshake: the hello is the second one’s', async () => {
    const world = new ClientWorld()
    world.gateway.websocket.delay = 50
    const client = world.open(A, SHOP)
    client.conversation(SHOP).send('from ann')
    await world.clock.advance(60)
    client.setToken(B)
    await world.clock.advance(5000)
    expect(client.identity.value?.id).toBe('bob')
    expect(logOf(world, 'bob')).toEqual([])
    expect([...world.gateway.peers].map(({ identity }) => identity?.id)).toEqual(['bob'])
  })

  test('with a send under way, there and back at once: it is sent once, by its writer', async () => {
    const world = new ClientWorld()
    const client = world.open(A, SHOP)
    await world.clock.advance(10)
    world.gateway.websocket.delay = 20
    client.conversation(SHOP).send('once')
    client.conversation(SHOP).send('then this')
    await world.clock.advance(25)
    client.setToken(B)
    client.conversation(SHOP).send('bob’s')
    client.setToken(A)
    client.setToken(B)
    client.setToken(A)
    await world.clock.advance(10_000)
    expect([logOf(world, 'ann'), logOf(world, 'bob')]).toEqual([['once', 'then this'], []])
    client.setToken(B)
    await world.clock.advance(10_000)
    expect([logOf(world, 'ann'), logOf(world, 'bob')]).toEqual([['once', 'then this'], ['bob’s']])
    expect(keysOf(world, '~out~')).toEqual([])
  })

  test('a listener sets a third person: that one is connected, and nobody else', async () => {
    const world = new ClientWorld()
    const client = world.open(A, SHOP)
    await world.clock.advance(10)
    const third = memoryPass({ sub: 'cem' })
    client.person.subscribe(({ who }) => {
      if (who.id === 'bob') client.setToken(third)
    })
    client.setToken(B)
    await world.clock.advance(1000)
    expect([...world.gateway.peers].map(({ identity }) => identity?.id)).toEqual(['cem'])
    expect(client.identity.value?.id).toBe('cem')
  })

  test('listeners of pushes go on, and get only the second one’s', async () => {
    const world = new ClientWorld()
    const client = world.open(A, SHOP)
    const heard: string[] = []
    client.onPush('messagePush', ({ body }) => heard.push(body.text))
    await world.clock.advance(10)
    client.setToken(B)
    await world.clock.advance(10)
    world.gateway.say(SHOP, 'ann', 'for ann')
    world.gateway.say(SHOP, 'bob', 'for bob')
    await world.clock.advance(10)
    expect(heard).toEqual(['for bob'])
  })

  test('the list of conversations is another one, and the first one’s is empty', async () => {
    const world = new ClientWorld()
    world.gateway.say(SHOP, 'ann', 'for ann')
    const client = world.open(A, SHOP)
    const anns = client.inbox
    await world.clock.advance(1000)
    expect(anns.rows.value).toHaveLength(1)
    client.setToken(B)
    await world.clock.advance(1000)
    expect([anns.rows.value, client.inbox.rows.value, client.inbox === anns]).toEqual([[], [], false])
  })

  test('a guest signs in and out: three sessions, two persons, one guest', async () => {
    const world = new ClientWorld()
    const fetchGuest = () => Promise.resolve({ token: memoryPass({ sub: 'g1' }), expiresAt: Infinity })
    const client = world.open(undefined, SHOP, { fetchGuest })
    await world.clock.advance(10)
    client.conversation(SHOP).setDraft('as a guest')
    client.setToken(A)
    await world.clock.advance(10)
    expect([client.identity.value?.id, client.conversation(SHOP).draft.value]).toEqual(['ann', ''])
    client.setToken('')
    await world.clock.advance(10)
    expect([client.identity.value?.id, client.conversation(SHOP).draft.value]).toEqual(['g1', 'as a guest'])
  })
})

describe('a fresh pass of the same person', () => {
  const A2 = memoryPass({ sub: 'ann' }, 2)

  test('keeps the connection, the conversation and everything in it', async () => {
    const world = new ClientWorld()
    const client = world.open(A, SHOP)
    await world.clock.advance(10)
    const { value: ann } = client.person
    const conversation = client.conversation(SHOP)
    conversation.setDraft('half')
    client.setToken(A2)
    await world.clock.advance(1000)
    expect([client.person.value === ann, client.conversation(SHOP) === conversation, conversation.draft.value]).toEqual([true, true, 'half'])
    expect(world.gateway.hellos).toHaveLength(1)
  })

  test.each(['pass_invalid', 'pass_expired', 'forbidden', 'rate_limited', 'internal'] as const)(
    'refused by renew with %s: the door is asked, and its no is heard',
    async (code) => {
      const world = new ClientWorld()
      const client = world.open(A, SHOP)
      await world.clock.advance(10)
      world.gateway.refuse = (command) => (command === 'renew' ? { code } : command === 'connect' ? { code: 'pass_invalid' } : undefined)
      client.setToken(A2)
      await world.clock.advance(1000)
      expect(client.connection.value).toMatchObject({ name: 'refused', refusal: { code: 'pass_invalid' } })
      world.gateway.refuse = () => undefined
      client.setToken(memoryPass({ sub: 'ann' }, 3))
      await world.clock.advance(1000)
      expect(client.connection.value.name).toBe('live')
    },
  )

  test('that comes while the client connects with the old one is used', async () => {
    const world = new ClientWorld()
    world.gateway.websocket.delay = 20
    const client = world.open(A, SHOP)
    await world.clock.advance(50)
    const renewed: unknown[] = []
    world.gateway.swallow = (command, { token }) => {
      if (command === 'renew') renewed.push(token)
      return false
    }
    client.setToken(A2)
    await world.clock.advance(1000)
    expect(client.connection.value.name).toBe('live')
    expect(world.gateway.hellos.map(({ token }) => token).includes(A2) || renewed.includes(A2)).toBe(true)
  })

  test('that crosses the old one’s expiry: the gateway’s bye is not final', async () => {
    const world = new ClientWorld()
    const client = world.open(A, SHOP)
    await world.clock.advance(10)
    world.gateway.swallow = (command) => command === 'renew'
    client.setToken(A2)
    world.gateway.bye('pass_expired', false)
    await world.clock.advance(10_000)
    expect(client.connection.value.name).toBe('live')
    expect(world.gateway.hellos.map(({ token }) => token)).toEqual([A, A2])
  })
})
