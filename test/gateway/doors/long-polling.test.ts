/** Long polling with clients that are not ours: compressed answers, polls that nobody waits for any more, and engine.io-client's own upgrade amid messages. */
import { once } from 'node:events'
import { connect, type Socket as NetworkSocket } from 'node:net'
import { Socket } from 'engine.io-client'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { startConformance } from '../../conformance/conformance-server.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let gateway: StartedGateway
let echo: Awaited<ReturnType<typeof startConformance>>
beforeAll(async () => {
  gateway = await startGateway({ COMMANDS_PER_SECOND: '0' })
  echo = await startConformance({ port: 0, host: '127.0.0.1', path: '/engine.io/', pingIntervalMs: 60_000, pingTimeoutMs: 60_000 })
})
afterAll(() => Promise.all([gateway.stop(), echo.close()]))

const PATH = '/engine.io/?EIO=4&transport=polling'

async function open(): Promise<string> {
  const { sid } = JSON.parse((await (await fetch(`http://127.0.0.1:${echo.port}${PATH}`)).text()).slice(1)) as { sid: string }
  return `${PATH}&sid=${sid}`
}

test.each([
  ['gzip', 'gzip'],
  ['deflate, gzip;q=0.5', 'gzip'],
  ['gzip;q=0', null],
  ['gzip;q=0.0, br', null],
  ['identity', null],
])('a long answer to a client that accepts %s is encoded as %s', async (accepted, encoding) => {
  const address = `http://127.0.0.1:${echo.port}${await open()}`
  const message = `4${'中x'.repeat(600)}`
  const poll = fetch(address, { headers: { 'Accept-Encoding': accepted } })
  await fetch(address, { method: 'POST', body: message })
  expect((await poll).headers.get('content-encoding')).toBe(encoding)
  expect(await (await poll).text()).toBe(message)
})

test('a short answer is not compressed', async () => {
  const address = `http://127.0.0.1:${echo.port}${await open()}`
  await fetch(address, { method: 'POST', body: '4hello' })
  expect((await fetch(address)).headers.get('content-encoding')).toBe(null)
})

/** Asks in raw HTTP, where requests can follow one another on a connection. */
async function dial(...paths: string[]): Promise<NetworkSocket> {
  const socket = connect(echo.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''))
  return socket
}

test.each([
  ['first', (own: string) => [own]],
  ['behind a poll of another session', (own: string, other: string) => [other, own]],
])('a session whose waiting poll is cut, %s on its connection, has ended', async (_, paths) => {
  const [own, other] = [await open(), await open()]
  const socket = await dial(...paths(own, other))
  // by then the poll has been read, too
  await (await fetch(`http://127.0.0.1:${echo.port}${own}`, { method: 'PUT' })).text()
  socket.destroy()
  await expect.poll(async () => (await fetch(`http://127.0.0.1:${echo.port}${own}`, { method: 'POST', body: '3' })).status).toBe(400)
})

/** engine.io-client's way to a WebSocket, which it takes by itself only right after opening. */
const upgrade = (socket: Socket): void => (socket as unknown as { _probe(transport: string): void })._probe('websocket')

/** engine.io-client over polling, with a hello behind it. */
async function arrive(sub: string, onPacket: (packet: string) => void): Promise<Socket> {
  const socket = new Socket(gateway.url, { path: '/im/', transports: ['polling', 'websocket'], upgrade: false })
  onTestFinished(() => void socket.close())
  let welcomed = (): void => undefined
  const isWelcomed = new Promise<void>((resolve) => {
    welcomed = resolve
  })
  socket.on('message', (packet: string) => {
    if (packet.startsWith('0')) welcomed()
    else onPacket(packet)
  })
  socket.send(`0${JSON.stringify({ token: await gateway.pass({ sub }) })}`)
  await isWelcomed
  return socket
}

test('engine.io-client changes to a WebSocket amid messages: none is lost, doubled or out of order', async () => {
  const COUNT = 300
  const numbers = Array.from({ length: COUNT }, (_, n) => n + 1)
  for (let round = 0; round < 3; round++) {
    const [acks, pushes]: [number[], number[]] = [[], []]
    const reader = `reader-${round}`
    const [readerSocket, writer] = await Promise.all([
      arrive(reader, (packet) => {
        const [, text] = /^2\["messagePush".*"text":"(\d+)"/.exec(packet) ?? []
        if (text !== undefined) pushes.push(Number(text))
      }),
      arrive(`writer-${round}`, (packet) => {
        const [, id] = /^3(\d+)\[\{"ok":true/.exec(packet) ?? []
        if (id === undefined) return
        acks.push(Number(id))
        if (acks.length % 3 === 0) write()
        if (acks.length === 30) upgrade(readerSocket)
        if (acks.length === 60) upgrade(writer)
      }),
    ])
    let written = 0
    function write(): void {
      for (let burst = 0; burst < 3 && written < COUNT; burst++) {
        written++
        writer.send(`2${written}${JSON.stringify(['send', { to: reader, id: `m${written}`, kind: 'text', body: { text: String(written) } }])}`)
      }
    }
    write()
    await expect.poll(() => Math.min(acks.length, pushes.length), { timeout: 20_000 }).toBe(COUNT)
    // an answer names its command; among answers there is no order
    expect(acks.toSorted((one, other) => one - other)).toEqual(numbers)
    expect(pushes).toEqual(numbers)
    for (const socket of [readerSocket, writer]) expect(socket.transport.name).toBe('websocket')
  }
})
