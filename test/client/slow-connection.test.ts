import { describe, expect, test } from 'vitest'
import { ClientWorld } from '../kit/client-world.ts'

const SHOP = 'shop:42'

describe('the connection on a bad network', () => {
  test.each(['gateway', 'client'] as const)('repeats the hello after 2 s when the one to the %s is lost, and so its welcome', async (side) => {
    const world = new ClientWorld()
    let lost = 0
    world.gateway.websocket.drops = (packet, to) => to === side && packet.startsWith('0') && lost++ === 0
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(2100)
    expect(client.connection.value.name).toBe('live')
    expect(world.gateway.peers.size).toBe(1)
    client.conversation(SHOP).send('hello')
    await world.clock.advance(3000)
    expect(world.log).toEqual(['hello'])
  })

  test.each(['websocket', 'polling'] as const)('becomes live and sends each message once on %s with round trips of 5 s', async (name) => {
    const world = new ClientWorld()
    if (name === 'polling') world.gateway.websocket.mode = 'refused'
    world.gateway[name].delay = 2500
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(60_000)
    expect(client.connection.value).toEqual({ name: 'live', transport: name })
    const states: string[] = []
    client.connection.subscribe((state) => states.push(state.name))
    for (const text of ['1', '2', '3']) client.conversation(SHOP).send(text)
    await world.clock.advance(25_000)
    expect(world.log).toEqual(['1', '2', '3'])
    expect(client.conversation(SHOP).outbox.value).toEqual([])
    expect(states.filter((state) => state === 'waiting')).toEqual([])
  })

  describe('a hello that goes along with the opening', () => {
    test('is answered with it, and said once', async () => {
      const world = new ClientWorld()
      Object.assign(world.gateway.websocket, { takesHello: true, delay: 200 })
      const client = world.open('customer:u1', SHOP)
      await world.clock.advance(450)
      expect(client.connection.value).toEqual({ name: 'live', transport: 'websocket' })
      await world.clock.advance(10_000)
      expect(world.gateway.hellos).toHaveLength(1)
    })

    test('names what was opened in the turn of connect()', async () => {
      const world = new ClientWorld()
      world.gateway.websocket.takesHello = true
      world.gateway.append(['shop:42', 'u1'], { id: 'm1', from: 'a1', side: SHOP, kind: 'text', body: { text: 'hello' } })
      world.open('customer:u1', SHOP).close()
      const first = world.open('customer:u1', SHOP)
      first.conversation(SHOP)
      await world.clock.advance(1000)
      first.emit('leave')
      first.close()
      const client = world.open('customer:u1', SHOP)
      client.conversation(SHOP)
      await world.clock.advance(1000)
      expect(world.gateway.hellos.at(-1)!.resume!.cursors).toHaveLength(1)
    })

    test('does not keep polling waiting where the WebSocket hangs', async () => {
      const world = new ClientWorld()
      Object.assign(world.gateway.websocket, { takesHello: true, mode: 'hangs' })
      world.gateway.polling.delay = 25
      const client = world.open('customer:u1', SHOP)
      await world.clock.advance(700)
      expect(client.connection.value).toEqual({ name: 'live', transport: 'polling' })
    })

    test('is welcomed before polling says another, where both are slow', async () => {
      const world = new ClientWorld()
      Object.assign(world.gateway.websocket, { takesHello: true, delay: 1000 })
      world.gateway.polling.delay = 500
      const client = world.open('customer:u1', SHOP)
      await world.clock.advance(2100)
      expect(client.connection.value).toEqual({ name: 'live', transport: 'websocket' })
      await world.clock.advance(20_000)
      expect(world.gateway.hellos).toHaveLength(1)
    })

    test.each([
      ['before', 1000, 150],
      ['after', 3000, 300],
    ])('and a second of the same round, which the gateway takes %s it: nobody is refused', async (_order, delay, pollingDelay) => {
      const world = new ClientWorld()
      Object.assign(world.gateway.websocket, { takesHello: true, delay })
      world.gateway.polling.delay = pollingDelay
      const client = world.open('customer:u1', SHOP)
      const states: string[] = []
      client.connection.subscribe(({ name }) => states.push(name))
      await world.clock.advance(40_000)
      expect(world.gateway.hellos.length).toBeGreaterThan(1)
      expect(states).not.toContain('refused')
      expect(client.connection.value).toEqual({ name: 'live', transport: 'websocket' })
      expect(world.gateway.peers.size).toBe(1)
    })

    test.each([6500, 7900])('that reaches the gateway after %d ms, when the WebSocket is about to be given up, ends nothing', async (delay) => {
      const world = new ClientWorld()
      Object.assign(world.gateway.websocket, { takesHello: true, delay })
      world.gateway.polling.delay = 50
      const client = world.open('customer:u1', SHOP)
      const states: string[] = []
      client.connection.subscribe(({ name }) => states.push(name))
      await world.clock.advance(60_000)
      expect(states).not.toContain('refused')
      expect(client.connection.value.name).toBe('live')
    })
  })

  test('accepts a WebSocket that needs 8 s to open', async () => {
    const world = new ClientWorld()
    world.gateway.websocket.delay = 4100
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(40_000)
    expect(client.connection.value).toEqual({ name: 'live', transport: 'websocket' })
  })

  test('an acknowledged message resets the back-off, even on short sessions', async () => {
    const world = new ClientWorld()
    const waits: number[] = []
    const client = world.open('customer:u1', SHOP, { random: () => 0.999 })
    client.connection.subscribe((state) => {
      if (state.name === 'waiting') waits.push(state.retryAt - world.clock.now())
    })
    for (let i = 0; i < 6; i++) {
      await world.clock.advance(600)
      client.conversation(SHOP).send(String(i))
      await world.clock.advance(100)
      world.gateway.kill()
      await world.clock.advance(100)
    }
    expect(Math.max(...waits)).toBeLessThan(1100)
  })

  test('a press on Send ends the wait, unless the gateway asked for it', async () => {
    const world = new ClientWorld()
    world.gateway.websocket.mode = world.gateway.polling.mode = 'refused'
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(60_000)
    while (client.connection.value.name !== 'waiting') await world.clock.advance(10)
    world.gateway.websocket.mode = 'works'
    client.conversation(SHOP).send('now')
    await world.clock.advance(10)
    expect(world.log).toEqual(['now'])
    world.gateway.bye('draining', true, 30_000)
    await world.clock.advance(100)
    client.conversation(SHOP).send('later')
    await world.clock.advance(20_000)
    expect(client.connection.value.name).toBe('waiting')
    await world.clock.advance(30_000)
    expect(world.log).toEqual(['now', 'later'])
  })
})
