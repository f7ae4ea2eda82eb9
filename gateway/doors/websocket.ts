/**
 * The raw door: one WebSocket text message at /ws is one packet. For native apps and servers.
 * A ping every `pingIntervalMs` must be answered within `pingTimeoutMs`; one timer serves all sessions.
 */
import fastifyWebsocket from '@fastify/websocket'
import { createServer, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { LIMITS } from '../protocol/limits.ts'
import type { Arrival } from './admit/trusted-proxies.ts'
import { FLUSH_BYTES, WriteBatch, writeFrames, type Gathering } from './write-batch.ts'
import { Session } from './session.ts'
import { newSessionId } from './session-id.ts'
import type { EncodedPacket } from '../relay/encoded-packet.ts'
import { SendBuffer, takenBytes, type SendBufferSource } from './send-buffer.ts'
import type { SessionContext, SessionPipe } from './session-context.ts'
import { readTextFrames } from './text-frames.ts'

export const WEBSOCKET_PATH = '/ws'
/** From one call of `beat` to the next. */
export const BEAT_MS = 1000

export class WebSocketDoor {
  readonly #context: SessionContext
  readonly #tag: string
  readonly #writeBatch = new WriteBatch()
  readonly #pipes = new Set<RawPipe>()
  /** The plugin's server. It never listens: the plugin gets upgrades only from the upgrade router. */
  readonly #upgrades = createServer()

  constructor({ context, tag }: { context: SessionContext; tag: string }) {
    this.#context = context
    this.#tag = tag
  }

  async register(app: FastifyInstance): Promise<void> {
    await app.register(fastifyWebsocket, {
      options: { server: this.#upgrades, perMessageDeflate: false, maxPayload: LIMITS.lineBytes, clientTracking: false },
      preClose: (done) => done(), // the drain says goodbye and closes the sessions
      errorHandler: (_error, socket) => socket.terminate(),
    })
    app.get(WEBSOCKET_PATH, { websocket: true }, (socket, request) => this.#open(socket, request))
  }

  /** Every upgrade opens a session here. */
  isHandshake(): boolean {
    return true
  }

  handleUpgrade(request: FastifyRequest['raw'], socket: Duplex, head: Buffer): void {
    this.#upgrades.emit('upgrade', request, socket, head)
  }

  #open(socket: WebSocket, request: FastifyRequest): void {
    const { raw } = request
    const network = raw.socket
    const arrival = this.#context.admit.proxies.arrival(raw)
    releaseRequest(socket, network)
    const pipe = new RawPipe(socket, network, { writeBatch: this.#writeBatch, pipes: this.#pipes, arrival, uptime: this.#context.uptime })
    pipe.session = new Session(pipe, newSessionId(this.#tag), this.#context)
    this.#pipes.add(pipe)
    readTextFrames(socket, pipe)
    ;(socket as Owned)[PIPE] = pipe
    socket.on('message', onMessage).on('pong', onPong).on('close', onClose)
  }

  /** To be called about every second: pings connections that have been silent, and cuts those that stay silent. */
  beat(): void {
    for (const pipe of this.#pipes) pipe.beat()
  }
}

/**
 * Frees the request. The plugin's listener for errors, and the response that it makes for an upgrade, would keep the request, its headers and Fastify's
 * objects about it in memory as long as the connection: 3 kB a session. The listener does nothing but call `errorHandler`.
 */
function releaseRequest(socket: WebSocket, network: Duplex): void {
  socket.removeAllListeners('error').on('error', terminate)
  const { _httpMessage: response } = network as { readonly _httpMessage?: ServerResponse | null }
  response?.detachSocket(network as Socket)
}

function terminate(this: WebSocket): void {
  this.terminate()
}

const PIPE = Symbol('pipe')

interface Owned extends WebSocket {
  [PIPE]: RawPipe
}

// the same functions for all sockets

function onMessage(this: WebSocket, data: Buffer, isBinary: boolean): void {
  const pipe = (this as Owned)[PIPE]
  if (isBinary) pipe.onBinary()
  else pipe.onText(data.toString())
}

function onPong(this: WebSocket): void {
  ;(this as Owned)[PIPE].noteActivity()
}

function onClose(this: WebSocket): void {
  ;(this as Owned)[PIPE].closed()
}

class RawPipe implements SessionPipe, Gathering, SendBufferSource {
  readonly door = 'websocket'
  readonly origin: string | undefined
  readonly host: string | undefined
  readonly scheme: string | undefined
  readonly address: string
  readonly now: () => number
  /** Set right after it was made. */
  session!: Session
  readonly #socket: WebSocket
  readonly #network: Duplex
  readonly #writeBatch: WriteBatch
  readonly #pipes: Set<RawPipe>
  readonly #sendBuffer = new SendBuffer(this)
  /** The packets that this turn has gathered. */
  #packets: EncodedPacket[] | undefined
  #packetsBytes = 0
  /** Ms since anything came from the client, counted in steps of `BEAT_MS` by the door's one timer. */
  #silentMs = 0

  constructor(
    socket: WebSocket,
    network: Duplex,
    { writeBatch, pipes, arrival, uptime }: { writeBatch: WriteBatch; pipes: Set<RawPipe>; arrival: Arrival; uptime: () => number },
  ) {
    this.#socket = socket
    this.#network = network
    this.#writeBatch = writeBatch
    this.#pipes = pipes
    this.now = uptime
    this.origin = arrival.origin
    this.host = arrival.host
    this.scheme = arrival.scheme
    this.address = arrival.address
  }

  send(encoded: EncodedPacket, isPush: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    const bytes = encoded.bytesCount
    this.#sendBuffer.add(bytes, isPush)
    if (this.#packets === undefined) {
      this.#packets = [encoded]
      this.#writeBatch.add(this)
    } else this.#packets.push(encoded)
    this.#packetsBytes += bytes
    if (this.#packetsBytes >= FLUSH_BYTES) this.flush()
  }

  /** Writes to the network socket itself: without compression ws never leaves a frame half-written. Nothing may follow its close frame. */
  flush(): void {
    const packets = this.#packets
    if (packets === undefined) return
    this.#packets = undefined
    this.#packetsBytes = 0
    if (this.#socket.readyState === this.#socket.OPEN) writeFrames(this.#network, { packets, prefix: '' }, (count) => this.#sendBuffer.take(count))
  }

  refused(): number {
    return this.#network.writableLength
  }

  taken(): number {
    return takenBytes(this.#network)
  }

  buffered(): SendBuffer {
    return this.#sendBuffer
  }

  stalledMs(): number {
    return this.#sendBuffer.stalledMs()
  }

  onceEmpty(listener: () => void): void {
    this.#sendBuffer.onceEmpty(listener)
  }

  hold(isHeld: boolean): void {
    if (isHeld) this.#socket.pause()
    else this.#socket.resume()
  }

  close(closeCode: number, reason: string): void {
    this.flush()
    this.#socket.close(closeCode, reason)
  }

  cut(): void {
    this.#socket.terminate()
  }

  onText(text: string): void {
    this.#silentMs = 0
    this.session.onText(text)
  }

  onBinary(): void {
    this.#silentMs = 0
    this.session.onBinary()
  }

  closed(): void {
    this.#pipes.delete(this)
    this.#sendBuffer.clear()
    this.session.onClosed()
  }

  noteActivity(): void {
    this.#silentMs = 0
  }

  beat(): void {
    this.#silentMs += BEAT_MS
    if (this.#silentMs === LIMITS.pingIntervalMs) this.#socket.ping()
    else if (this.#silentMs > LIMITS.pingIntervalMs + LIMITS.pingTimeoutMs) this.#socket.terminate()
  }
}
