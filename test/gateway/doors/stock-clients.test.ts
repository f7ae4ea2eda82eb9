/** Clients that are not ours: socket.io-client from npm, and a bare WebSocket. */
import { io, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let gateway: StartedGateway
const open: Socket[] = []

beforeAll(async () => {
  gateway = await startGateway()
})
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect()
})
afterAll(() => gateway.stop())

function connect(token: string, options: Record<string, unknown> = {}): Socket {
  const socket = io(gateway.url, { path: '/im/', auth: { token }, forceNew: true, ...options })
  open.push(socket)
  return socket
}

const once = <T>(socket: Socket, event: string): Promise<T> => new Promise((resolve) => socket.once(event, resolve))

describe.each([[['polling', 'websocket']], [['websocket']], [['polling']]])('socket.io-client with transports %j', (transports) => {
  test('connects, sends with an ack, gets messagePush, and uses the transport', async () => {
    const sub = `c-${transports.join('-')}`
    const agent = connect(await gateway.pass({ sub: 'a1', role: 'agent', shop: sub }), { transports })
    const customer = connect(await gateway.pass({ sub }), { transports })
    // the first may have connected while the second one's pass was fetched
    await Promise.all([agent, customer].map((socket) => socket.connected || once(socket, 'connect')))
    const pushed = once<{ body: { text: string }; seq: number }>(agent, 'messagePush')
    const message = { to: `shop:${sub}`, id: 'm1', kind: 'text', body: { text: 'hello' } }
    expect(await customer.emitWithAck('send', message)).toMatchObject({ ok: true, seq: 1, conversation: `shop:${sub}~${sub}` })
    expect(await pushed).toMatchObject({ body: { text: 'hello' }, seq: 1, from: sub })
    if (transports.length === 2 && customer.io.engine.transport.name === 'polling') {
      await new Promise((resolve) => customer.io.engine.once('upgrade', resolve))
    }
    expect(customer.io.engine.transport.name).toBe(transports.at(-1))
    const answered = once<{ body: { text: string } }>(customer, 'messagePush')
    await agent.emitWithAck('send', { to: sub, id: 'r1', kind: 'text', body: { text: '好' } })
    expect((await answered).body.text).toBe('好')
  })
})

test('socket.io-client gets connect_error with code and advice when its pass is bad, and connects with a good one', async () => {
  const socket = connect('nonsense', { transports: ['websocket'] })
  const error = await once<Error & { data: unknown }>(socket, 'connect_error')
  expect(error.data).toMatchObject({ code: 'pass_invalid', retry: false })
  socket.auth = { token: await gateway.pass({ sub: 'c9' }) }
  const connected = once(socket, 'connect')
  socket.connect()
  await connected
  expect(await socket.emitWithAck('conversations', {})).toEqual({ ok: true, conversations: [], more: false })
})

test('socket.io-client is refused on an unknown namespace', async () => {
  const manager = connect(await gateway.pass({ sub: 'c8' }))
  await once(manager, 'connect')
  const admin = manager.io.socket('/admin', { auth: {} })
  const error = await once<Error & { data: unknown }>(admin, 'connect_error')
  expect(error.data).toMatchObject({ code: 'namespace_unknown' })
  expect(manager.connected).toBe(true)
})

test('a bare WebSocket says hello, sends, and reads the push, as plain text', async () => {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws`)
  const packets: string[] = []
  const next = (head: string): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = packets.find((packet) => packet.startsWith(head))
        if (found === undefined) return
        socket.off('message', look)
        resolve(found)
      }
      socket.on('message', look)
      look()
    })
  socket.on('message', (data: Buffer) => packets.push(data.toString()))
  await new Promise((resolve) => socket.once('open', resolve))
  socket.send('0' + JSON.stringify({ token: await gateway.pass({ sub: 'bare' }), to: 'shop:bare' }))
  expect(await next('0{')).toContain('"resumed":[{"conversation":"shop:bare~bare"')
  socket.send('27["send",{"to":"shop:bare","id":"m1","kind":"text","body":{"text":"hi"}}]')
  expect(JSON.parse((await next('37[')).slice(2))).toMatchObject([{ ok: true, seq: 1 }])
  const agent = connect(await gateway.pass({ sub: 'a1', role: 'agent', shop: 'bare' }))
  await once(agent, 'connect')
  await agent.emitWithAck('send', { to: 'bare', id: 'r1', kind: 'text', body: { text: 'yes' } })
  expect(await next('2["messagePush"')).toContain('"body":{"text":"yes"}')
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.send('1')
  expect(await closed).toBe(1000)
})
