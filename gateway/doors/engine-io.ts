/**
 * The engine.io door: Engine.IO v4 at one path, WebSocket and long polling. `onSession` decides what a session's messages mean: the chat, or
 * the echo of the conformance server.
 */
import { Server as EngineServer, type Socket } from 'engine.io'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { LIMITS } from '../protocol/limits.ts'
import { HelloWebSocketServer, holdAnswer, isPostedHello, offeredHello, readPostedHello, takePostedHello } from './early-hello.ts'
import type { EngineSocket } from './engine-messages.ts'
import { queryOf, sidOf } from './engine-query.ts'
import { EngineWebSocket } from './engine-websocket.ts'
import { LongPolling, type PollingRequest } from './long-polling.ts'
import { newSessionId } from './session-id.ts'
import { readTextFrames } from './text-frames.ts'

const ENGINE_PATH = '/im/'
/** As requests name the version of Engine.IO. */
const PROTOCOL = '4'
const BEAT_MS = 1000
/** Shorter intervals between pings are for tests. */
const BEATS_PER_PING = 10

export interface EngineOptions {
  readonly tag: string
  /** Must listen for `message` synchronously: the first packet may be in the same chunk. */
  readonly onSession: (socket: EngineSocket, request: IncomingMessage) => void
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
  readonly #pages = new WeakMap<EngineSocket, string>()
  readonly #tag: string
  readonly #onSession: EngineOptions['onSession']
  readonly #limits: { readonly pingIntervalMs: number; readonly pingTimeoutMs: number; readonly maxBytes: number }
  /** Sessions that were opened by a WebSocket. One timer pings them all. */
  readonly #webSockets = new Set<EngineWebSocket>()
  readonly #timer: NodeJS.Timeout
  #isClosed = false

  constructor(options: EngineOptions) {
    const { pingIntervalMs = LIMITS.pingIntervalMs, pingTimeoutMs = LIMITS.pingTimeoutMs, maxBytes = LIMITS.lineBytes } = options
    this.#tag = options.tag
    this.#onSession = options.onSession
    this.#limits = { pingIntervalMs, pingTimeoutMs, maxBytes }
    this.#path = options.path ?? ENGINE_PATH
    this.#mayConnect = options.mayConnect ?? (() => true)
    this.#engine = new ChatEngine({
      wsEngine: HelloWebSocketServer,
      transports: ['polling', 'websocket'],
      perMessageDeflate: false,
      pingInterval: pingIntervalMs,
      pingTimeout: pingTimeoutMs,
      maxHttpBufferSize: maxBytes,
      allowUpgrades: true,
    })
    this.#engine.generateId = () => newSessionId(options.tag)
    this.#engine.on('connection', (socket: Socket) => {
      socket.on('packet', endOnClose)
      options.onSession(socket, socket.request)
      takePostedHello(socket)
      letGoOfRequest(socket)
    })
    const beatMs = Math.min(BEAT_MS, pingIntervalMs / BEATS_PER_PING)
    this.#timer = setInterval(() => {
      for (const socket of this.#webSockets) socket.beat(beatMs)
    }, beatMs).unref()
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

  #sessionOf(request: IncomingMessage): EngineSocket | undefined {
    const sid = sidOf(request)
    const { clients } = this.#internals
    return sid !== undefined && Object.hasOwn(clients, sid) ? clients[sid] : undefined
  }

  get #internals(): EngineServerInternals {
    return this.#engine as unknown as EngineServerInternals
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { EIO, transport } = queryOf(request)
    if (sidOf(request) === undefined && EIO === PROTOCOL && transport === 'websocket' && request.method === 'GET') {
      return this.#internals.ws.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, request))
    }
    const before = socket.listenerCount('close')
    this.#engine.handleUpgrade(request as Parameters<EngineServer['handleUpgrade']>[0], socket, head)
    // the first is of a stand-in for a response, which middlewares need and which keeps the request as long as the socket; the second is ws's
    const [ofResponse, ofSocket] = socket.rawListeners('close').slice(before)
    if (ofSocket !== undefined) socket.off('close', ofResponse as () => void)
  }

  /** engine.io knows it by its id, so that it refuses requests that do not fit it. */
  #open(webSocket: WebSocket, request: IncomingMessage): void {
    const { clients } = this.#internals
    const sid = newSessionId(this.#tag)
    const socket = new EngineWebSocket({ sid, socket: webSocket, origin: request.headers.origin, limits: this.#limits })
    clients[sid] = socket
    this.#webSockets.add(socket)
    this.#onSession(socket, request)
    const { onClose } = socket
    socket.onClose = () => {
      delete clients[sid]
      this.#webSockets.delete(socket)
      onClose()
    }
    const hello = offeredHello(request)
    if (hello !== undefined) socket.onText(hello)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#timer)
    this.#engine.close()
  }
}

/** Private fields of engine.io's server. */
interface EngineServerInternals {
  readonly clients: Record<string, EngineSocket>
  readonly ws: HelloWebSocketServer
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
  readTextFrames(internals.socket, { onText: (text) => internals.onData(text) })
  return transport
}

/** engine.io handles a close packet on polling only; on a WebSocket it would wait for the ping to time out. */
function endOnClose(this: Socket, { type }: { type: string }): void {
  if (type === 'close') this.close()
}
