/**
 * Measures how long until a page may chat, and until it chats over a WebSocket: WebSocket first with a race (what widget/client does)
 * beside polling first with engine.io's own upgrade. After `npm run build`:
 * `node --import ./test/kit/typescript.mjs test/bench/transport-order.ts`. Figures: docs/decisions/0002-transport-order.md.
 */
import { Socket } from 'engine.io-client'
import { decodePacket, encodePacket } from '../../gateway/protocol/packet.ts'
import { createClient } from '../../widget/client/client.ts'
import { openFaultProxy, type FaultProxy, type SocketFate } from '../kit/fault-proxy.ts'
import { spawnGateway } from '../kit/gateway.ts'

interface Times {
  /** Until the welcome, when the page may chat. */
  usable?: number
  /** Until the chat runs over a WebSocket. */
  socket?: number
  connections?: number
}

const ROUNDS = 7
const GIVE_UP_MS = 9000

type Strategy = (proxy: FaultProxy, token: string) => Promise<Times>

/** Our own client. */
const race: Strategy = (proxy, token) =>
  new Promise((resolve) => {
    const startedAt = performance.now()
    const times: Times = {}
    const client = createClient({ gateway: proxy.url, token, to: 'b', storage: null })
    const end = (): void => {
      clearTimeout(timer)
      client.close()
      resolve(times)
    }
    const timer = setTimeout(end, GIVE_UP_MS)
    client.connection.subscribe((state) => {
      if (state.name !== 'catching-up' && state.name !== 'live') return
      times.usable ??= performance.now() - startedAt
      if (state.transport !== 'websocket') return
      times.socket ??= performance.now() - startedAt
      end()
    })
    client.connect()
  })

/** engine.io-client's own: polling, then a probe, then the upgrade of the same session. */
const upgrade: Strategy = (proxy, token) =>
  new Promise((resolve) => {
    const startedAt = performance.now()
    const times: Times = {}
    const socket = new Socket(proxy.url, { path: '/im/', transports: ['polling', 'websocket'] })
    const end = (): void => {
      if (times.usable === undefined || times.socket === undefined) return
      clearTimeout(timer)
      socket.close()
      resolve(times)
    }
    const timer = setTimeout(() => {
      socket.close()
      resolve(times)
    }, GIVE_UP_MS)
    socket.on('open', () => socket.send(encodePacket({ type: 'connect', data: { token, v: 1, to: 'b' } })))
    socket.on('message', (data: string) => {
      if (decodePacket(data).type === 'connect') times.usable ??= performance.now() - startedAt
      end()
    })
    socket.on('upgrade', () => {
      times.socket = performance.now() - startedAt
      end()
    })
    socket.on('close', () => resolve(times))
  })

const median = (values: (number | undefined)[]): string => {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b)
  return known.length ? String(Math.round(known[Math.floor(known.length / 2)]!)) : 'never'
}

interface Scene {
  readonly gatewayPort: number
  readonly token: string
  readonly rtt: number
  readonly fate: SocketFate
}

async function measure(strategy: Strategy, { gatewayPort, token, rtt, fate }: Scene): Promise<Times> {
  const proxy = await openFaultProxy(gatewayPort)
  proxy.delayMs = rtt / 2
  proxy.socketFate = fate
  if (fate !== 'pass') setTimeout(() => (proxy.socketFate = 'pass'), 4000).unref()
  const times = await strategy(proxy, token)
  const connections = proxy.connectionCount
  await proxy.close()
  return { ...times, connections }
}

async function row(name: string, strategy: Strategy, scene: Scene): Promise<string> {
  const results: Times[] = []
  const count = scene.fate === 'pass' ? ROUNDS : 1
  while (results.length < count) results.push(await measure(strategy, scene))
  const of = (key: keyof Times): string => median(results.map((one) => one[key]))
  return `| ${scene.rtt} ms | ${scene.fate} | ${name} | ${of('usable')} | ${of('socket')} | ${of('connections')} |`
}

async function measureAll(): Promise<string> {
  const gateway = await spawnGateway()
  const token = await gateway.pass({ sub: 'a' })
  const lines = ['| round trip | WebSocket | order | usable, ms | on a WebSocket, ms | connections |', '|---|---|---|---|---|---|']
  for (const rtt of [0, 100, 400]) {
    for (const fate of ['pass', 'refuse', 'hang', 'mute'] as const) {
      const scene = { gatewayPort: gateway.port, token, rtt, fate }
      lines.push(await row('race', race, scene), await row('polling first', upgrade, scene))
    }
  }
  await gateway.kill()
  return lines.join('\n')
}

console.log(await measureAll())
process.exit()
