/** Logging out takes what is a person's off the device, in every window. */
import { describe, expect, test } from 'vitest'
import type { Environment } from '../../widget/client/environment.ts'
import { ClientWorld } from '../kit/client-world.ts'
import { memoryPass } from '../kit/memory-pass.ts'

const SHOP = 'shop:42'
const A = memoryPass({ sub: 'ann' })
const B = memoryPass({ sub: 'bob' })

const logOf = (world: ClientWorld, who: string): string[] => world.gateway.log(SHOP, who).messages.map(({ body }) => body.text)
const keysOf = (world: ClientWorld, part: string): string[] => [...world.storage('phone').values.keys()].filter((key) => key.includes(part))
const cut = (world: ClientWorld, mode: 'works' | 'refused'): void => void (world.gateway.websocket.mode = world.gateway.polling.mode = mode)

describe('logging out', () => {
  const left = (world: ClientWorld): string[] => keysOf(world, '').filter((key) => !/~(device|socket|logouts)$/.test(key) && !key.includes('~bob~'))

  test('ends the connection and leaves nothing of the person on the device, nor of the guest before', async () => {
    const world = new ClientWorld()
    let guests = 0
    const fetchGuest = () => Promise.resolve({ token: memoryPass({ sub: `g${++guests}` }), expiresAt: Infinity })
    const client = world.open(undefined, SHOP, { fetchGuest })
    await world.clock.advance(10)
    client.conversation(SHOP).send('as a guest')
    client.conversation(SHOP).setDraft('guest draft')
    await world.clock.advance(1000)
    client.setToken(A)
    await world.clock.advance(1000)
    client.conversation(SHOP).setDraft('draft')
    cut(world, 'refused')
    client.conversation(SHOP).send('unsent')
    expect(left(world).length).toBeGreaterThan(5)
    client.logout()
    expect(left(world)).toEqual([])
    expect(JSON.stringify([...world.storage('phone').values])).not.toContain('ann')
    cut(world, 'works')
    await world.clock.advance(20_000)
    expect([left(world), world.gateway.peers.size, client.connection.value.name]).toEqual([[], 0, 'closed'])
    client.setToken(A)
    await world.clock.advance(1000)
    expect([logOf(world, 'ann'), client.conversation(SHOP).draft.value]).toEqual([[], ''])
    client.setToken('')
    await world.clock.advance(1000)
    expect(client.identity.value?.id).toBe('g2')
  })

  test('reaches the other windows of that person, and nobody else', async () => {
    const world = new ClientWorld()
    const [here, there, bob] = [world.open(A, SHOP), world.open(A, SHOP), world.open(B, SHOP)]
    await world.clock.advance(10)
    there.conversation(SHOP).send('hi')
    bob.conversation(SHOP).setDraft('bob')
    await world.clock.advance(1000)
    const anns = there.conversation(SHOP)
    here.logout()
    await new Promise((done) => setImmediate(done))
    anns.setDraft('more')
    await world.clock.advance(1000)
    expect([there.person.value.who, there.connection.value.name, anns.timeline.value.messages]).toEqual([{ role: 'guest' }, 'closed', []])
    expect([left(world), bob.connection.value.name, bob.conversation(SHOP).draft.value]).toEqual([[], 'live', 'bob'])
    expect(world.gateway.peers.size).toBe(1)
  })

  test('a window that slept notices it when it wakes, and deletes nothing that is new', async () => {
    const world = new ClientWorld()
    let wake = (): void => {}
    const subscribe: Environment['subscribe'] = (listener) => {
      wake = () => listener({ type: 'wake' })
      return () => {}
    }
    const asleep = world.open(A, SHOP, { environment: { isOnline: () => true, subscribe } })
    await world.clock.advance(10)
    const other = world.open(A, SHOP)
    await world.clock.advance(10)
    other.logout()
    other.setToken(A)
    await world.clock.advance(60_000)
    other.conversation(SHOP).setDraft('new')
    wake()
    expect(asleep.person.value.who).toEqual({ role: 'guest' })
    expect(keysOf(world, 'draft')).toHaveLength(1)
    expect([other.connection.value.name, other.conversation(SHOP).draft.value]).toEqual(['live', 'new'])
  })

  test('two clients of one page: the second notices it, too', async () => {
    const world = new ClientWorld()
    const { storage, environment } = world.storage('phone').openWindow()
    const [one, two] = [world.open(A, SHOP, { storage, environment }), world.open(A, SHOP, { storage, environment })]
    await world.clock.advance(10)
    one.logout()
    expect(two.person.value.who).toEqual({ role: 'guest' })
    expect(left(world)).toEqual([])
  })

  test('a guest’s pass that was being fetched is not stored', async () => {
    const world = new ClientWorld()
    let give = (): void => {}
    const fetchGuest = () =>
      new Promise<{ token: string; expiresAt: number }>((done) => {
        give = () => done({ token: memoryPass({ sub: 'g' }), expiresAt: Infinity })
      })
    const client = world.open(undefined, SHOP, { fetchGuest })
    await world.clock.advance(10)
    client.logout()
    give()
    await world.clock.advance(1000)
    expect(left(world)).toEqual([])
  })
})
