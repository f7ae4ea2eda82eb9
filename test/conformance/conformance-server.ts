/**
 * The server for the official protocol suites: the production upgrade router and engine.io door without a chat behind them. Everybody may
 * connect, pings are sent every 300 ms and must be answered within 200 ms, a message may have 1,000,000 bytes.
 *
 * At `/socket.io/` messages are Socket.IO v5 packets on the default namespace, read and written by the production codec: the hello is sent
 * back in an `auth` event, a DISCONNECT keeps the session open, `message` is sent back as `message-back`, `message-with-ack` in its ack. At
 * any other path messages are sent back unchanged.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { decodePacket, encodePacket, type InvalidPacket, type Packet } from '../../gateway/protocol/packet.ts'
import { UpgradeRouter } from '../../gateway/doors/upgrade-router.ts'
import { EngineIoDoor } from '../../gateway/doors/engine-io.ts'
import { takeMessages, type EngineSocket } from '../../gateway/doors/engine-messages.ts'
import { newSessionId } from '../../gateway/doors/session-id.ts'

const SOCKET_IO_PATH = '/socket.io/'
const TAG = 'conformance'
const AUTH_MS = 20

export interface ConformanceOptions {
  readonly port: number
  readonly host: string
  readonly path: string
  readonly pingIntervalMs?: number
  readonly pingTimeoutMs?: number
}

export async function startConformance(options: ConformanceOptions): Promise<{ readonly port: number; close(): void }> {
  const { port, host, pingIntervalMs = 300, pingTimeoutMs = 200 } = options
  const path = `/${options.path
    .split('/')
    .filter((part) => part !== '')
    .join('/')}/`
  const upgradeRouter = new UpgradeRouter()
  upgradeRouter.engineIo = new EngineIoDoor({
    tag: TAG,
    path,
    pingIntervalMs,
    pingTimeoutMs,
    maxBytes: 1_000_000,
    onSession: path === SOCKET_IO_PATH ? serveSocketIo : echo,
  })
  const server = upgradeRouter.server((_request, response) => void response.writeHead(404).end())
  server.listen(port, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      upgradeRouter.engineIo?.close()
      upgradeRouter.cut()
      server.close()
      server.closeAllConnections()
    },
  }
}

function echo(socket: EngineSocket): void {
  takeMessages(socket, (data) => void socket.send(data))
}

function serveSocketIo(socket: EngineSocket): void {
  let isConnected = false
  const send = (packet: Packet): void => void socket.send(encodePacket(packet))
  takeMessages(socket, (data) => {
    const packet: Packet | InvalidPacket = typeof data === 'string' ? decodePacket(data) : { type: 'invalid', reason: 'binary' }
    if (packet.type === 'connect') {
      isConnected = true
      send({ type: 'connect', data: { sid: newSessionId(TAG) } })
      // the suite waits for one message at a time and would miss a second one in the same chunk
      setTimeout(() => send({ type: 'event', name: 'auth', args: [packet.data ?? {}] }), AUTH_MS)
    } else if (packet.type === 'disconnect') {
      isConnected = false
    } else if (packet.type === 'invalid' && packet.reason === 'namespace') {
      socket.send(`4${packet.namespace},{"message":"Invalid namespace"}`)
    } else if (packet.type !== 'event' || !isConnected) {
      socket.close()
    } else if (packet.id !== undefined) {
      send({ type: 'ack', id: packet.id, args: packet.args })
    } else {
      send({ type: 'event', name: 'message-back', args: packet.args })
    }
  })
}
