/**
 * The engine.io door: Engine.IO v4 at /im/, WebSocket and long polling. Each of its messages is one packet.
 * Turns its sockets into lines and nothing more.
 */
import { Server as EngineServer, type Socket } from 'engine.io'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { LIMITS } from '../protocol/limits.ts'
import { Line } from './line.ts'
import { newSid } from './new-sid.ts'
import type { Outgoing } from './outgoing.ts'
import { Pending } from './pending.ts'
import type { Pipe } from './pipe.ts'
import type { Reception } from './reception.ts'

export const ENGINE_PATH = '/im/'

export class EngineIoDoor {
  readonly #engine: EngineServer
  #isClosed = false

  constructor({ reception, tag }: { reception: Reception; tag: string }) {
    this.#engine = new EngineServer({
      wsEngine: WebSocketServer,
      transports: ['polling', 'websocket'],
      perMessageDeflate: false,
      httpCompression: { threshold: 1024 },
      pingInterval: LIMITS.pingIntervalMs,
      pingTimeout: LIMITS.pingTimeoutMs,
      maxHttpBufferSize: LIMITS.lineBytes,
      allowUpgrades: true,
    })
    this.#engine.generateId = () => newSid(tag)
    this.#engine.on('connection', (socket: Socket) => open(socket, reception))
  }

  isHandshake(request: IncomingMessage): boolean {
    return !/[?&]sid=/.test(request.url ?? '')
  }

  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    // the type asks for fields that the engine adds itself
    this.#engine.handleRequest(request as Parameters<EngineServer['handleRequest']>[0], response)
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#engine.handleUpgrade(request as Parameters<EngineServer['handleUpgrade']>[0], socket, head)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#engine.close()
  }
}

function open(socket: Socket, reception: Reception): void {
  const pipe = new EnginePipe(socket)
  const line = new Line(pipe, socket.transport.sid, reception)
  // at once: a first packet may already be in the same chunk
  socket.on('message', (data: string | Buffer) => {
    if (typeof data === 'string') line.onText(data)
    else line.onBinary()
  })
  socket.on('close', () => {
    pipe.closed()
    line.onClosed()
  })
}

class EnginePipe implements Pipe {
  readonly door = 'engine.io'
  readonly origin: string | undefined
  readonly host: string | undefined
  readonly #socket: Socket
  readonly #pending = new Pending()

  constructor(socket: Socket) {
    this.#socket = socket
    this.origin = socket.request.headers.origin
    this.host = socket.request.headers.host
  }

  send(outgoing: Outgoing): void {
    if (this.#socket.readyState !== 'open') return
    this.#pending.add(outgoing.bytes.length)
    if (this.#socket.transport.name === 'websocket') {
      // the shared frame is written as it is; a text would only be made to be thrown away
      const options = { compress: false, wsPreEncodedFrame: outgoing.engineFrame }
      this.#socket.send('', options, this.#pending.take)
    } else {
      this.#socket.send(outgoing.text, { compress: true }, this.#pending.take)
    }
  }

  pending(): Pending {
    return this.#pending
  }

  onceEmpty(listener: () => void): void {
    this.#pending.onceEmpty(listener)
  }

  /** Not within the packet's own handling: a long-polling request that brought it would be torn before its answer. */
  close(): void {
    setImmediate(() => this.#socket.close())
  }

  closed(): void {
    this.#pending.clear()
  }
}
