/**
 * Engine.IO v4 by its public specification, against the gateway's own upgrade router and door (`npm run
 * conformance`, at which the official suites can be pointed too).
 */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { startConformance } from '../../conformance/conformance-server.ts'
import { EnginePipe } from '../../kit/engine-pipe.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const SEPARATOR = '\x1e'
const LOCAL = { port: 0, host: '127.0.0.1' }
/** So long that no ping comes during a test. */
const CALM = { pingIntervalMs: 60_000, pingTimeoutMs: 60_000 }

let base: string
let close: () => void
beforeAll(async () => {
  const server = await startConformance({ ...LOCAL, ...CALM, path: '/engine.io/' })
  close = server.close
  base = `127.0.0.1:${server.port}/engine.io/`
})
afterAll(() => close())

async function startAt(path: string, options: object = {}): Promise<string> {
  const server = await startConformance({ ...LOCAL, path, ...options })
  onTestFinished(() => server.close())
  return `127.0.0.1:${server.port}${path}`
}

const ask = (query: string, init?: RequestInit, at = base): Promise<Response> => fetch(`http://${at}?${query}`, init)
const statusOf = async (query: string, init?: RequestInit): Promise<number> => (await ask(query, init)).status

function open(query: string, at = base): EnginePipe {
  const pipe = new EnginePipe(`ws://${at}?${query}`)
  onTestFinished(() => pipe.socket.terminate())
  return pipe
}

async function openPolling(at = base) {
  const response = await ask('EIO=4&transport=polling', {}, at)
  const { sid } = JSON.parse((await response.text()).slice(1)) as { sid: string }
  const query = `EIO=4&transport=polling&sid=${sid}`
  return {
    sid,
    poll: () => ask(query, {}, at),
    polled: async () => (await ask(query, {}, at)).text(),
    post: (body: string) => ask(query, { method: 'POST', body }, at),
  }
}

describe('the handshake', () => {
  test('over polling tells sid, upgrades, heartbeat and limit', async () => {
    const at = await startAt('/engine.io/')
    const response = await ask('EIO=4&transport=polling', {}, at)
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text[0]).toBe('0')
    expect(JSON.parse(text.slice(1))).toEqual({
      sid: expect.any(String) as string,
      upgrades: ['websocket'],
      pingInterval: 300,
      pingTimeout: 200,
      maxPayload: 1_000_000,
    })
  })

  test('over a WebSocket has nothing to upgrade to', async () => {
    const at = await startAt('/engine.io/')
    const opened = String(await open('EIO=4&transport=websocket', at).next())
    expect(JSON.parse(opened.slice(1))).toMatchObject({ upgrades: [], pingInterval: 300, pingTimeout: 200 })
  })

  test.each([
    ['no version', 'transport=polling'],
    ['a version that is none', 'EIO=abc&transport=polling'],
    ['an old version', 'EIO=3&transport=polling'],
    ['no transport', 'EIO=4'],
    ['an unknown transport', 'EIO=4&transport=abc'],
    ['a sid nobody has', 'EIO=4&transport=polling&sid=abc'],
  ])('with %s is answered 400', async (_, query) => {
    expect(await statusOf(query)).toBe(400)
    // some WebSockets are accepted and then closed, because a browser cannot read a status
    const upgrade = query.replace('transport=polling', 'transport=websocket')
    const pipe = open(upgrade)
    await pipe.closed
    expect(pipe.received).toEqual([])
  })

  test.each(['POST', 'PUT', 'DELETE'])('with the method %s is answered 400', async (method) => {
    expect(await statusOf('EIO=4&transport=polling', { method })).toBe(400)
  })

  test('is found with and without the slash at the end, and at no other path', async () => {
    expect((await fetch(`http://${base.slice(0, -1)}?EIO=4&transport=polling`)).status).toBe(200)
    expect((await fetch(`http://${base.replace('engine', 'other')}?EIO=4&transport=polling`)).status).toBe(404)
  })
})

describe('messages over polling', () => {
  test.each([
    ['one text', '4hello'],
    ['several', ['4test1', '4test2', '4test3'].join(SEPARATOR)],
    ['text and binary as base64', ['4hello', 'bAQIDBA=='].join(SEPARATOR)],
    ['text beyond ASCII', '4你好€👍'],
  ])('%s: taken with "ok", and given with the next poll', async (_, payload) => {
    const { post, polled } = await openPolling()
    const answer = await post(payload)
    expect([answer.status, await answer.text()]).toEqual([200, 'ok'])
    expect(await polled()).toBe(payload)
  })

  test('a poll waits until there is something', async () => {
    const { post, polled } = await openPolling()
    const waiting = polled()
    await post('4later')
    expect(await waiting).toBe('4later')
  })

  test('an invalid packet ends the session', async () => {
    const { post, poll } = await openPolling()
    await post('abc').catch(() => undefined)
    expect((await poll()).status).toBe(400)
  })

  test('a second simultaneous poll ends both polls and the session', async () => {
    const { post, poll } = await openPolling()
    const one = poll()
    await post('2ignored').catch(() => undefined)
    const other = poll()
    const [first, second] = await Promise.all([one, other])
    expect([first.status, second.status].sort()).toEqual([200, expect.toSatisfy((status) => status === 400 || status === 500)])
    expect((await poll()).status).toBe(400)
  })

  test('a payload above the limit is answered 413, one below it is accepted', async () => {
    const { post, polled } = await openPolling()
    expect((await post('4' + 'x'.repeat(900_000))).status).toBe(200)
    expect(await polled()).toHaveLength(900_001)
    const refused = await post('4' + 'x'.repeat(1_000_001)).then(
      ({ status }) => status,
      () => 413,
    )
    expect(refused).toBe(413)
  })
})

describe('messages over a WebSocket', () => {
  test('text and binary come back as they were', async () => {
    const pipe = open('EIO=4&transport=websocket')
    await pipe.next()
    pipe.send('4hello')
    expect(await pipe.next()).toBe('4hello')
    pipe.send(Uint8Array.from([1, 2, 3, 4]))
    expect(await pipe.next()).toEqual(Buffer.from([1, 2, 3, 4]))
  })

  test('an invalid packet ends the session', async () => {
    const pipe = open('EIO=4&transport=websocket')
    await pipe.next()
    pipe.send('abc')
    await pipe.closed
  })

  test.each(['2', '2probe', '7', ''])('a packet %j, which no client sends, ends the session', async (packet) => {
    const pipe = open('EIO=4&transport=websocket')
    await pipe.next()
    pipe.send(packet)
    pipe.send('4ignored')
    await pipe.closed
    expect(pipe.received).toEqual([])
  })

  test('packets that mean nothing here change nothing', async () => {
    const pipe = open('EIO=4&transport=websocket')
    await pipe.next()
    for (const packet of ['3', '5', '6', '4hello']) pipe.send(packet)
    expect(await pipe.next()).toBe('4hello')
  })

  test('its session cannot be polled, nor be taken over by another WebSocket, and is forgotten when it ends', async () => {
    const pipe = open('EIO=4&transport=websocket')
    const { sid } = JSON.parse(String(await pipe.next()).slice(1)) as { sid: string }
    expect(await statusOf(`EIO=4&transport=polling&sid=${sid}`)).toBe(400)
    await open(`EIO=4&transport=websocket&sid=${sid}`).closed
    pipe.send('4hello')
    expect(await pipe.next()).toBe('4hello')
    pipe.send('1')
    await pipe.closed
    const answer = await ask(`EIO=4&transport=polling&sid=${sid}`)
    expect(await answer.json()).toMatchObject({ message: 'Session ID unknown' })
  })

  test('a message above the limit ends the session with 1009', async () => {
    const pipe = open('EIO=4&transport=websocket')
    await pipe.next()
    pipe.send('4' + 'x'.repeat(1_000_001))
    expect(await pipe.closed).toBe(1009)
  })
})

describe('the heartbeat', () => {
  const PATIENT = { pingIntervalMs: 100, pingTimeoutMs: 20_000 }

  test('keeps a polling session open while the client answers pings', async () => {
    const { polled, post } = await openPolling(await startAt('/engine.io/', PATIENT))
    for (let n = 0; n < 3; n++) {
      expect(await polled()).toBe('2')
      expect((await post('3')).status).toBe(200)
    }
  })

  test('keeps a WebSocket session open while the client answers pings', async () => {
    const pipe = open('EIO=4&transport=websocket', await startAt('/engine.io/', PATIENT))
    await pipe.next()
    for (let n = 0; n < 3; n++) {
      expect(await pipe.next()).toBe('2')
      pipe.send('3')
    }
  })

  test('any packet answers a ping on a WebSocket', async () => {
    const pipe = open('EIO=4&transport=websocket', await startAt('/engine.io/', { pingIntervalMs: 100, pingTimeoutMs: 1000 }))
    await pipe.next()
    for (let n = 0; n < 20; n++) {
      expect(await pipe.next()).toBe('2')
      pipe.send('6')
    }
  })

  test('ends both kinds of session when the client does not answer', async () => {
    const at = await startAt('/engine.io/')
    const { poll, polled } = await openPolling(at)
    const pipe = open('EIO=4&transport=websocket', at)
    expect(await polled()).toBe('2')
    // resolves when the session ends, if it is still open
    await poll()
    expect((await poll()).status).toBe(400)
    await pipe.closed
  })
})

describe('the end', () => {
  test('over polling: a close packet ends the waiting poll with a noop, and the session', async () => {
    const { poll, post } = await openPolling()
    const waiting = poll()
    await post('1')
    expect(await (await waiting).text()).toBe('6')
    expect((await poll()).status).toBe(400)
  })

  test('over a WebSocket: a close packet closes it', async () => {
    const pipe = open('EIO=4&transport=websocket')
    await pipe.next()
    pipe.send('1')
    await pipe.closed
  })
})

describe('the upgrade', () => {
  async function upgrading() {
    const session = await openPolling()
    const pipe = open(`EIO=4&transport=websocket&sid=${session.sid}`)
    await new Promise((resolve) => pipe.socket.once('open', resolve))
    pipe.send('2probe')
    expect(await pipe.next()).toBe('3probe')
    return { ...session, pipe }
  }

  test('answers a probe, ends the waiting poll with a noop, then uses the WebSocket', async () => {
    const { pipe, polled } = await upgrading()
    expect(await polled()).toBe('6')
    pipe.send('5')
    pipe.send('4hello')
    expect(await pipe.next()).toBe('4hello')
  })

  test('delivers messages sent over polling meanwhile once, in order', async () => {
    const { pipe, polled, post } = await upgrading()
    await post('4one')
    const early = await polled()
    pipe.send('5')
    pipe.send('4two')
    const late = [early.includes('4one') ? '4one' : await pipe.next(), await pipe.next()]
    expect(late).toEqual(['4one', '4two'])
  })

  test('refuses polls and another WebSocket afterwards, and the session continues', async () => {
    const { pipe, sid, poll } = await upgrading()
    pipe.send('5')
    pipe.send('4done')
    expect(String(await pipe.next())).toMatch(/^(6|4done)$/)
    expect((await poll()).status).toBe(400)
    await open(`EIO=4&transport=websocket&sid=${sid}`).closed
    pipe.send('4hello')
    await vi.waitUntil(async () => (await pipe.next()) === '4hello')
  })

  test('ignores an invalid probe, and the session stays on polling', async () => {
    const { sid, post, polled } = await openPolling()
    const pipe = open(`EIO=4&transport=websocket&sid=${sid}`)
    await new Promise((resolve) => pipe.socket.once('open', resolve))
    pipe.send('4hello')
    await pipe.closed
    await post('4still here')
    expect(await polled()).toContain('4still here')
  })
})
