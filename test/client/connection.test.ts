import { describe, expect, test } from 'vitest'
import { ClientWorld, textsOf } from '../kit/client-world.ts'

const SHOP = 'shop:42'

describe('the connection', () => {
  test('sleep and wake with a dead connection: back at once, with what was missed', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    client.conversation(SHOP)
    world.clock.jump(3_600_000)
    for (const mode of ['websocket', 'polling'] as const) world.gateway[mode].drops = (packet) => packet === 'heartbeat'
    world.gateway.peers.clear()
    world.gateway.say(SHOP, 'u1', 'while you slept')
    client.emit('wake')
    await world.clock.advance(1000)
    expect(client.connection.value.name).toBe('live')
    expect(textsOf(client, SHOP)).toEqual(['while you slept'])
    expect(world.gateway.hellos).toHaveLength(2)
  })

  test('waking up without an event: the first late timer notices it', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    world.clock.jump(3_600_000)
    await world.clock.advance(1000)
    expect(world.gateway.hellos).toHaveLength(2)
    expect(client.connection.value.name).toBe('live')
  })

  test('a short sleep with a connection that only looks alive: checked on waking, replaced when it does not answer', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    const [peer] = world.gateway.peers
    world.gateway.swallow = (_command, _input, from) => from === peer
    world.clock.jump(20_000)
    client.emit('wake')
    await world.clock.advance(3000)
    expect(world.gateway.hellos).toHaveLength(2)
    expect(client.connection.value.name).toBe('live')
  })

  test('a wake with a healthy connection changes nothing', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(20_000)
    client.emit('wake')
    await world.clock.advance(10_000)
    expect(world.gateway.hellos).toHaveLength(1)
  })

  test('a sleep in which the steady clock stood still: a connection beside the dead one, at once', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    client.conversation(SHOP)
    const [peer] = world.gateway.peers
    world.gateway.swallow = (_command, _input, from) => from === peer
    world.clock.set(3_600_000)
    world.gateway.peers.clear()
    world.gateway.say(SHOP, 'u1', 'while you slept')
    client.emit('wake')
    await world.clock.advance(1000)
    expect(client.connection.value.name).toBe('live')
    expect(textsOf(client, SHOP)).toEqual(['while you slept'])
    expect(world.gateway.hellos).toHaveLength(2)
  })

  describe.each([
    ['back ten minutes', -600_000],
    ['forward a day', 86_400_000],
  ])('a clock that is set %s', (_, byMs) => {
    test.each(['websocket', 'polling'] as const)('cuts no healthy line on %s, and a silent one is found as soon as ever', async (mode) => {
      const world = new ClientWorld()
      if (mode === 'polling') world.gateway.websocket.mode = 'refused'
      const client = world.open('customer:u1', SHOP)
      await world.clock.advance(10_000)
      const names = new Set<string>()
      client.connection.subscribe(({ name }) => names.add(name))
      world.clock.set(byMs)
      await world.clock.advance(120_000)
      expect([...names]).toEqual([])
      world.gateway[mode].drops = (packet) => packet === 'heartbeat'
      const there = new Set(world.gateway.peers)
      world.gateway.swallow = (_command, _input, from) => there.has(from)
      world.clock.set(byMs)
      await world.clock.advance(50_000)
      expect(names).toContain('waiting')
    })

    test('does not end a wait: back when the gateway said, not before', async () => {
      const world = new ClientWorld()
      const client = world.open('customer:u1', SHOP)
      await world.clock.advance(10)
      let knocks = 0
      let isOpen = false
      world.gateway.refuse = (command) => {
        if (command !== 'connect' || isOpen) return undefined
        knocks++
        return { code: 'rate_limited', afterMs: 60_000 }
      }
      world.gateway.kill()
      await world.clock.advance(5000)
      const before = knocks
      world.clock.set(byMs)
      client.emit('wake')
      await world.clock.advance(1000)
      expect([before > 0, knocks]).toEqual([true, before])
      isOpen = true
      await world.clock.advance(120_000)
      expect(client.connection.value.name).toBe('live')
    })
  })

  test.each(['', '2', '2null', '2{', '3', '37null', '4', '4null', '5', 'x', '2/admin,["a"]', '\0'])(
    'what cannot be read (%j) throws at nobody: passed over, or a new line',
    async (text) => {
      const world = new ClientWorld()
      const client = world.open('customer:u1', SHOP)
      await world.clock.advance(10)
      client.conversation(SHOP)
      const [peer] = world.gateway.peers
      peer!.far.send(text)
      await world.clock.advance(10)
      world.gateway.say(SHOP, 'u1', 'after it')
      await world.clock.advance(5000)
      expect(textsOf(client, SHOP)).toEqual(['after it'])
    },
  )

  test('the network is back: connected within a second, not when the timer says', async () => {
    const world = new ClientWorld()
    world.gateway.websocket.mode = world.gateway.polling.mode = 'refused'
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(60_000)
    expect(client.connection.value.name).toBe('waiting')
    world.gateway.websocket.mode = 'works'
    client.emit('online')
    await world.clock.advance(100)
    expect(client.connection.value.name).toBe('live')
  })

  test('the network is gone: every connection is given up at once, and the client reconnects when it returns', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    client.emit('offline')
    expect(client.connection.value).toMatchObject({ name: 'waiting', reason: 'offline' })
    world.gateway.websocket.mode = world.gateway.polling.mode = 'hangs'
    client.emit('online')
    await world.clock.advance(1000)
    expect(client.connection.value.name).toBe('connecting')
    client.emit('offline')
    expect(client.connection.value.name).toBe('waiting')
  })

  test('another network under an open connection: a new connection takes over before the old one is missed', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    const names: string[] = []
    client.connection.subscribe(({ name }) => names.push(name))
    client.emit('online')
    await world.clock.advance(3000)
    expect(world.gateway.hellos).toHaveLength(2)
    expect(world.gateway.peers.size).toBe(1)
    expect(names.at(-1)).toBe('live')
    expect(names).not.toContain('waiting')
  })

  test('full jitter up to twenty seconds while nobody answers', async () => {
    const world = new ClientWorld()
    world.gateway.websocket.mode = world.gateway.polling.mode = 'refused'
    const client = world.open('customer:u1', SHOP, { random: () => 0.999 })
    const waits: number[] = []
    client.connection.subscribe((state) => {
      if (state.name === 'waiting') waits.push(state.retryAt - world.clock.now())
    })
    await world.clock.advance(120_000)
    expect(waits.slice(0, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 20_000, 20_000].map((ms) => Math.round(ms * 0.999)))
  })

  test('a good network: one WebSocket, and nothing else is tried', async () => {
    const world = new ClientWorld()
    world.gateway.websocket.delay = 100
    const tried: string[] = []
    const transports = world.gateway.ports().map((port) => ({
      ...port,
      open: (events: Parameters<typeof port.open>[0]) => {
        tried.push(port.name)
        return port.open(events)
      },
    }))
    const client = world.open('customer:u1', SHOP, { transports })
    await world.clock.advance(10_000)
    expect(client.connection.value).toEqual({ name: 'live', transport: 'websocket' })
    expect(tried).toEqual(['websocket'])
  })

  test('a drain: the client is back at the given time, and loses nothing', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    world.gateway.bye('draining', true, 3000)
    await world.clock.advance(2900)
    expect(client.connection.value).toMatchObject({ name: 'waiting', reason: 'draining' })
    client.conversation(SHOP).send('meanwhile')
    await world.clock.advance(2000)
    expect(client.connection.value.name).toBe('live')
    expect(world.log).toEqual(['meanwhile'])
  })

  test('a final bye and a final refusal: refused, nothing more is tried until somebody acts', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    world.gateway.bye('abuse', false)
    await world.clock.advance(60_000)
    expect(client.connection.value).toMatchObject({ name: 'refused', refusal: { code: 'abuse' } })
    const stranger = world.open('nonsense', SHOP, { device: 'other' })
    await world.clock.advance(60_000)
    expect(stranger.connection.value).toMatchObject({ name: 'refused', refusal: { code: 'pass_invalid' } })
    expect(world.gateway.hellos).toHaveLength(1)
    stranger.setToken('customer:u2')
    await world.clock.advance(100)
    expect(stranger.connection.value.name).toBe('live')
  })

  test('connected is not caught up: catching-up until the missed messages are here', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    client.conversation(SHOP)
    world.gateway.say(SHOP, 'u1', 'one')
    await world.clock.advance(10)
    world.gateway.kill()
    world.gateway.say(SHOP, 'u1', 'two')
    world.gateway.websocket.drops = (packet) => packet.includes('messagePush')
    const seen: [string, string[]][] = []
    client.connection.subscribe(({ name }) => seen.push([name, textsOf(client, SHOP)]))
    await world.clock.advance(3000)
    expect(seen.filter(([name]) => name === 'catching-up' || name === 'live')).toEqual([
      ['catching-up', ['one']],
      ['live', ['one', 'two']],
    ])
  })

  const modes = ['refused', 'hangs', 'mute'] as const
  test.each(modes)('a WebSocket that is %s: usable within three seconds, remembered, and the WebSocket again later', async (mode) => {
    const world = new ClientWorld()
    world.gateway.websocket.mode = mode
    world.gateway.websocket.delay = world.gateway.polling.delay = 200
    const startedAt = world.clock.now()
    const client = world.open('customer:u1', SHOP)
    let usableMs = 0
    client.connection.subscribe(({ name }) => {
      if (name === 'catching-up') usableMs ||= world.clock.now() - startedAt
    })
    await world.clock.advance(9000)
    expect(client.connection.value).toEqual({ name: 'live', transport: 'polling' })
    expect(usableMs).toBeLessThan(3000)
    client.close()
    const again = world.open('customer:u1', SHOP)
    await world.clock.advance(850)
    expect(again.connection.value).toEqual({ name: 'live', transport: 'polling' })
    world.gateway.websocket.mode = 'works'
    await world.clock.advance(30_000)
    expect(again.connection.value).toEqual({ name: 'live', transport: 'websocket' })
  })

  test('a guest fetches one pass, stores it, and fetches another only when the gateway refuses it', async () => {
    const world = new ClientWorld()
    let count = 0
    const fetchGuest = async () => ({ token: `customer:g${++count}`, expiresAt: world.clock.now() + 3_600_000 })
    const first = world.open(undefined, SHOP, { fetchGuest })
    await world.clock.advance(100)
    expect(first.identity.value?.id).toBe('g1')
    first.close()
    const second = world.open(undefined, SHOP, { fetchGuest })
    await world.clock.advance(100)
    expect(second.identity.value?.id).toBe('g1')
    second.close()
    world.gateway.refuse = (command, input) =>
      command === 'connect' && (input as { token?: string }).token === 'customer:g1' ? { code: 'pass_expired' } : undefined
    const third = world.open(undefined, SHOP, { fetchGuest })
    await world.clock.advance(3000)
    expect(third.identity.value?.id).toBe('g2')
    expect(third.connection.value.name).toBe('live')
  })

  test('closed: no timer is left', async () => {
    const world = new ClientWorld()
    const client = world.open('customer:u1', SHOP)
    await world.clock.advance(10)
    client.conversation(SHOP).send('a')
    client.conversation(SHOP).setTyping(true)
    await world.clock.advance(10)
    client.close()
    await world.clock.advance(60_000)
    expect(world.clock.pending).toBe(0)
    expect(client.connection.value.name).toBe('closed')
  })
})
