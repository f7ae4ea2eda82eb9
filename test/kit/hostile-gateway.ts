/** The production door with answers and pushes that a test makes up; it also serves the built scripts. */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { UpgradeRouter } from '../../gateway/doors/upgrade-router.ts'
import { EngineIoDoor } from '../../gateway/doors/engine-io.ts'
import { takeMessages, type EngineSocket } from '../../gateway/doors/engine-messages.ts'
import type { Identity } from '../../gateway/protocol/model.ts'
import { decodePacket, encodePacket, type Packet } from '../../gateway/protocol/packet.ts'

export interface HostileGateway {
  readonly url: string
  /** Pushes to every connected client. */
  push(name: string, data: unknown): void
  close(): void
}

type Input = Readonly<Record<string, unknown>>

export async function startHostileGateway(identity: Identity, answer: (command: string, input: Input) => unknown): Promise<HostileGateway> {
  const sockets = new Set<EngineSocket>()
  const send = (socket: EngineSocket, packet: Packet): void => void socket.send(encodePacket(packet))
  const upgradeRouter = new UpgradeRouter()
  upgradeRouter.engineIo = new EngineIoDoor({
    tag: 'hostile',
    onSession(socket) {
      sockets.add(socket)
      const onMessage = (data: string | Buffer): void => {
        const packet = decodePacket(String(data))
        if (packet.type === 'connect') send(socket, { type: 'connect', data: { sid: 's', identity, v: 1, at: Date.now(), limits: {}, resumed: [] } })
        if (packet.type === 'event' && packet.id !== undefined) {
          send(socket, { type: 'ack', id: packet.id, args: [answer(packet.name, packet.args[0] as Input)] })
        }
      }
      takeMessages(socket, onMessage, () => sockets.delete(socket))
    },
  })
  const server = upgradeRouter.server(({ url = '/' }, response) => {
    const script = `dist/widget${url}`
    if (url === '/') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Page</title>')
    if (!/^\/(\w+\/)?[\w.-]+\.js$/.test(url) || !existsSync(script)) return void response.writeHead(204).end()
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(script))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    push: (name, data) => {
      for (const socket of sockets) send(socket, { type: 'event', name, args: [data] })
    },
    close: () => {
      upgradeRouter.engineIo?.close()
      upgradeRouter.cut()
      server.close()
      server.closeAllConnections()
    },
  }
}
