/**
 * The engine.io door: Engine.IO v4 at one path, WebSocket and long polling. `onSession` decides what a session's messages mean: the chat, or
 * the echo of the conformance server.
 */
import { Server as EngineServer, type Socket } from 'engine.io'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { LIMITS } from '../protocol/limits.ts'
import { HelloWebSocketServer, holdAnswer, isPostedHello, readPostedHello, takeEarlyHello } from './early-hello.ts'
import { queryOf, sidOf } from './engine-query.ts'
import { LongPolling, type PollingRequest } from './long-polling.ts'
import { newSessionId } from './session-id.ts'
import { readTextFrames } from './text-frames.ts'

const ENGINE_PATH = '/im/'
/** As requests name the version of Engine.IO. */
const PROTOCOL = '4'

export interface EngineOptions {
  readonly tag: string
  /** Must listen for `message` synchronously: the first packet may be in the same chunk. */
  readonly onSession: (socket: Socket) => void
  /** Whether the request's page may connect. Called only for requests of an open session; on a handshake the hello is refused with a reason. */
  readonly mayConnect?: (request: IncomingMessage) => boolean
  /** With a slash at both ends. */
  readonly path?: string
  readonly pingIntervalMs?: number
  readonly pingTimeoutMs?: number
  readonly maxBytes?: number
}

export class EngineIoDoor {
  readonly #engine: EngineServer
  readonly #path: string
  readonly #mayConnect: (request: IncomingMessage) => boolean
  /** The page of each session whose handshake named none: a browser sends no origin with a GET to the page's own host. */
  readonly #pages = new WeakMap<Socket, string>()
  #isClosed = false

  constructor(options: EngineOptions) {
    this.#path = options.path ?? ENGINE_PATH
    this.#mayConnect = options.mayConnect ?? (() => true)
    this.#engine = new ChatEngine({
      wsEngine: HelloWebSocketServer,
      transports: ['polling', 'websocket'],
      perMessageDeflate: false,
      pingInterval: options.pingIntervalMs ?? LIMITS.pingIntervalMs,
      pingTimeout: options.pingTimeoutMs ?? LIMITS.pingTimeoutMs,
      maxHttpBufferSize: options.maxBytes ?? LIMITS.lineBytes,
      allowUpgrades: true,
    })
    this.#engine.generateId = () => newSessionId(options.tag)
    this.#engine.on('connection', (socket: Socket) => {
      socket.on('packet', endOnClose)
      options.onSession(socket)
      takeEarlyHello(socket)
      letGoOfRequest(socket)
    })
  }

  /** Whether the request is for this door; the slash at the end may be missing. */
  has({ url = '' }: IncomingMessage): boolean {
    const path = this.#path
    return url.startsWith(path) || url === path.slice(0, -1) || url.startsWith(`${path.slice(0, -1)}?`)
  }

  isHandshake(request: IncomingMessage): boolean {
    return sidOf(request) === undefined
  }

  /** Whether a request of an open session comes from another page than the session. */
  isForeign(request: IncomingMessage): boolean {
    const { origin } = request.headers
    if (origin === undefined) return false
    const session = this.#sessionOf(request)
    if (session === undefined) return false
    const page = this.#pages.get(session) ?? session.request.headers.origin
    if (page !== undefined) return page !== origin
    if (!this.#mayConnect(request)) return true
    this.#pages.set(session, origin)
    return false
  }

  /** JSONP is refused: a script of any page could read the answers, and browsers send no origin with it. */
  isJsonp(request: IncomingMessage): boolean {
    return queryOf(request)['j'] !== undefined
  }

  /** Requests of long polling of an open session, which are most, go to its transport without engine.io's own checks; it answers whatever is wrong. */
  handleRequest(request: PollingRequest, response: ServerResponse): void {
    const transport = this.#sessionOf(request)?.transport
    const { EIO, transport: name } = queryOf(request)
    if (transport instanceof LongPolling && name === transport.name && EIO === PROTOCOL) {
      request.res = response
      return transport.onRequest(request)
    }
    // the type requires fields that engine.io adds itself
    const open = (): void => this.#engine.handleRequest(request as Parameters<EngineServer['handleRequest']>[0], response)
    if (isPostedHello(request)) readPostedHello(request, response, open)
    else open()
  }

  #sessionOf(request: IncomingMessage): Socket | undefined {
    const sid = sidOf(request)
    const { clients } = this.#engine as unknown as { readonly clients: Readonly<Record<string, Socket>> }
    return sid !== undefined && Object.hasOwn(clients, sid) ? clients[sid] : undefined
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const before = socket.listenerCount('close')
    this.#engine.handleUpgrade(request as Parameters<EngineServer['handleUpgrade']>[0], socket, head)
    // the first is of a stand-in for a response, which middlewares need and which keeps the request as long as the socket; the second is ws's
    const [ofResponse, ofSocket] = socket.rawListeners('close').slice(before)
    if (ofSocket !== undefined) socket.off('close', ofResponse as () => void)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#engine.close()
  }
}

/** engine.io keeps the request that opened a session as long as the session, with its headers and its response. Only its page is needed later. */
function letGoOfRequest(socket: Socket): void {
  const { origin } = socket.request.headers
  ;(socket as { request: object }).request = { headers: origin === undefined ? {} : { origin } }
}

/** Members of engine.io's WebSocket transport. */
interface WebSocketTransport {
  readonly socket: WebSocket
  onData(packet: string): void
}

class ChatEngine extends EngineServer {
  protected override createTransport(...args: Parameters<EngineServer['createTransport']>): ReturnType<EngineServer['createTransport']> {
    const [name, request] = args
    if (name !== 'polling') return withTextFrames(super.createTransport(...args))
    const transport = new LongPolling({ _query: queryOf(request) })
    holdAnswer(transport, request)
    return transport as ReturnType<EngineServer['createTransport']>
  }
}

function withTextFrames<T extends object>(transport: T): T {
  const internals = transport as unknown as WebSocketTransport
  readTextFrames(internals.socket, (text) => internals.onData(text))
  return transport
}

/** engine.io handles a close packet on polling only; on a WebSocket it would wait for the ping to time out. */
function endOnClose(this: Socket, { type }: { type: string }): void {
  if (type === 'close') this.close()
}
