/** How many round trips a client needs until it is live, with the real gateway and real transports. */
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createClient } from '../../widget/client/client.ts'
import { engineIoPorts } from '../../widget/client/transports/engine-io.ts'
import type { TransportName } from '../../widget/client/types.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'
import { countRoundTrips } from '../kit/round-trips.ts'

async function gatewayForTest(): Promise<StartedGateway> {
  const gateway = await startGateway()
  onTestFinished(() => gateway.stop())
  return gateway
}

async function open(gateway: StartedGateway, url: string, names: readonly TransportName[], sub = 'c1') {
  const transports = engineIoPorts(url).filter(({ name }) => names.includes(name))
  const client = createClient({ gateway: url, token: await gateway.pass({ sub, name: 'Zoë 😀' }), to: 'shop:42', storage: null, transports })
  onTestFinished(() => client.close())
  return client
}

const isLive = (client: ReturnType<typeof createClient>) => vi.waitUntil(() => client.connection.value.name === 'live', { timeout: 10_000 })

test.each(['websocket', 'polling'] as const)('over %s two: the connection, and the first request, which brings the hello', async (name) => {
  const gateway = await gatewayForTest()
  const line = await countRoundTrips(gateway.port)
  onTestFinished(() => line.close())
  const client = await open(gateway, line.url, [name])
  client.connect()
  await isLive(client)
  expect(line.count).toBe(2)
  expect(client.identity.value?.name).toBe('Zoë 😀')
  client.conversation('shop:42').send('hello')
  await vi.waitUntil(() => client.conversation('shop:42').outbox.value.length === 0, { timeout: 10_000 })
})

test.each([
  ['websocket', 3],
  ['polling', 4],
] as const)('over %s a new guest needs %d, because the pass comes beside the connection', async (name, most) => {
  const gateway = await gatewayForTest()
  const line = await countRoundTrips(gateway.port)
  onTestFinished(() => line.close())
  const transports = engineIoPorts(line.url).filter((port) => port.name === name)
  const client = createClient({ gateway: line.url, to: 'shop:42', storage: null, transports })
  onTestFinished(() => client.close())
  client.connect()
  await isLive(client)
  expect(client.identity.value?.role).toBe('customer')
  expect(line.count).toBeLessThanOrEqual(most)
})

test.each(['websocket', 'polling'] as const)('what was missed follows the welcome over %s', async (name) => {
  const gateway = await gatewayForTest()
  const writer = await open(gateway, gateway.url, ['websocket'])
  writer.connect()
  for (const text of ['1', '2', '3']) writer.conversation('shop:42').send(text)
  await vi.waitUntil(() => writer.conversation('shop:42').outbox.value.length === 0, { timeout: 10_000 })
  const client = await open(gateway, gateway.url, [name])
  client.connect()
  const texts = () => client.conversation('shop:42').timeline.value.messages.map(({ body }) => body.text)
  await vi.waitUntil(() => texts().length === 3, { timeout: 10_000 })
  expect(texts()).toEqual(['1', '2', '3'])
})

/** A gateway from before hellos came with the handshake: a POST opens nothing, and of subprotocols the first is taken. */
async function olderGateway(target: number) {
  const server = createServer((req, res) => {
    if (req.method === 'POST' && !req.url!.includes('sid=')) return void res.writeHead(400).end('{"code":2,"message":"Bad handshake method"}')
    const path = req.url!.replace(/&n=\d+/, '')
    const up = forward({ port: target, host: '127.0.0.1', method: req.method, path, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(res)
    })
    up.on('error', () => res.destroy())
    res.on('close', () => up.destroy())
    req.pipe(up)
  })
  server.on('upgrade', (req, socket) => {
    const name = req.headers['sec-websocket-protocol']?.split(',')[0]
    const up = forward({ port: target, host: '127.0.0.1', path: req.url, headers: { ...req.headers, 'sec-websocket-protocol': name } })
    up.on('upgrade', (answer, far, first) => {
      const head = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value as string}\r\n`)
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${head.join('')}\r\n`)
      socket.write(first)
      socket.on('error', () => far.destroy()).pipe(far)
      far.on('error', () => socket.destroy()).pipe(socket)
    })
    up.on('error', () => socket.destroy())
    up.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.each(['websocket', 'polling'] as const)('over %s a gateway that does not know it is greeted after the handshake', async (name) => {
  const gateway = await gatewayForTest()
  const client = await open(gateway, await olderGateway(gateway.port), [name])
  const states: string[] = []
  client.connection.subscribe((state) => states.push(state.name))
  client.connect()
  await isLive(client)
  client.conversation('shop:42').send('hello')
  await vi.waitUntil(() => client.conversation('shop:42').outbox.value.length === 0, { timeout: 10_000 })
  expect(states).not.toContain('waiting')
})

test.each([
  [400, 2],
  [429, 1],
])('a hello with the handshake that is answered %d makes %d requests', async (status, count) => {
  let asked = 0
  const server = createServer((_request, response) => {
    asked++
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const polling = engineIoPorts(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).find(({ name }) => name === 'polling')!
  await new Promise<void>((resolve) => {
    polling.open({ onOpen() {}, onPacket() {}, onHeard() {}, onClose: () => resolve() }, () => '0{}')
  })
  expect(asked).toBe(count)
})

test('a pass that is refused is told as with any hello', async () => {
  const gateway = await gatewayForTest()
  for (const name of ['websocket', 'polling'] as const) {
    const transports = engineIoPorts(gateway.url).filter((port) => port.name === name)
    const client = createClient({ gateway: gateway.url, token: 'a.b.c', to: 'shop:42', storage: null, transports })
    onTestFinished(() => client.close())
    client.connect()
    await vi.waitUntil(() => client.connection.value.name === 'refused', { timeout: 10_000 })
    expect(client.connection.value).toMatchObject({ refusal: { code: 'pass_invalid' } })
  }
})
