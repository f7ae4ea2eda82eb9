import { Socket } from 'engine.io-client'
import { decodePacket, encodePacket } from '../../gateway/protocol/packet.ts'
import { createClient } from '../../widget/client/client.ts'
import { openFaultProxy, type FaultProxy, type SocketFate } from '../kit/fault-proxy.ts'
import { spawnGateway } from '../kit/gateway.ts'

interface Times {
  /** Welcomed: may chat. */
  usable?: number
  /** On a WebSocket. */
  socket?: number
  connections?: number
}

const ROUNDS = 7
const GIVE_UP_MS = 12_000

type Way = (proxy: FaultProxy, token: string) => Promise<Times>

/** Ours, as it is. */
const race: Way = (proxy, token) =>
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
const upgrade: Way = (proxy, token) =>
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

export async function measureAll(): Promise<string> {
  const gateway = await spawnGateway()
  const token = await gateway.pass({ sub: 'a' })
  const lines = ['| round trip | WebSocket | way | usable, ms | on a WebSocket, ms | connections |', '|---|---|---|---|---|---|']
  for (const rtt of [0, 100, 400]) {
    for (const fate of ['pass', 'refuse', 'hang', 'mute'] as SocketFate[]) {
      for (const [name, way] of [['race', race], ['polling first', upgrade]] as const) {
        const results: Times[] = []
        for (let round = 0; round < (fate === 'pass' ? ROUNDS : 3); round++) {
          const proxy = await openFaultProxy(gateway.port)
          proxy.delayMs = rtt / 2
          proxy.socketFate = fate
          if (fate !== 'pass') setTimeout(() => (proxy.socketFate = 'pass'), 4000).unref()
          const times = await way(proxy, token)
          results.push({ ...times, connections: proxy.connectionCount })
          await proxy.close()
        }
        const [usable, socket, connections] = (['usable', 'socket', 'connections'] as const).map((key) => median(results.map((one) => one[key])))
        lines.push(`| ${rtt} ms | ${fate} | ${name} | ${usable} | ${socket} | ${connections} |`)
      }
    }
  }
  await gateway.kill()
  return lines.join('\n')
}
