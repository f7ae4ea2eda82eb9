/**
 * The engine.io door: Engine.IO v4 at one path, WebSocket and long polling. What a session's messages mean is the business of
 * whoever opens it: sessions of the chat, or the echo of the conformance server of the tests.
 */
import { Server as EngineServer, type Socket } from 'engine.io'
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { LIMITS } from '../protocol/limits.ts'
import { newSessionId } from './session-id.ts'

const ENGINE_PATH = '/im/'
/** Between the packets of a payload of long polling. */
const SEPARATOR = '\x1e'

export interface EngineOptions {
  readonly tag: string
  /** Has to listen for `message` at once: a first packet may be in the same chunk. */
  readonly onSession: (socket: Socket) => void
  /** Whether the page that asks may connect at all; told of requests of a session alone, for a handshake the hello is told in words. */
  readonly mayAsk?: (request: IncomingMessage) => boolean
  /** With a slash at both ends. */
  readonly path?: string
  readonly pingIntervalMs?: number
  readonly pingTimeoutMs?: number
  readonly maxBytes?: number
}

export class EngineIoDoor {
  readonly #engine: EngineServer
  readonly #path: string
  readonly #mayAsk: (request: IncomingMessage) => boolean
  /** The page a session belongs to, where its handshake did not say: a browser names none when it reads from its own host. */
  readonly #pages = new WeakMap<Socket, string>()
  #isClosed = false

  constructor(options: EngineOptions) {
    this.#path = options.path ?? ENGINE_PATH
    this.#mayAsk = options.mayAsk ?? (() => true)
    this.#engine = new LimitedEngine({
      wsEngine: WebSocketServer,
      transports: ['polling', 'websocket'],
      perMessageDeflate: false,
      httpCompression: { threshold: 1024 },
      pingInterval: options.pingIntervalMs ?? LIMITS.pingIntervalMs,
      pingTimeout: options.pingTimeoutMs ?? LIMITS.pingTimeoutMs,
      maxHttpBufferSize: options.maxBytes ?? LIMITS.lineBytes,
      allowUpgrades: true,
    })
    this.#engine.generateId = () => newSessionId(options.tag)
    this.#engine.on('connection', (socket: Socket) => {
      socket.on('packet', endOnClose)
      options.onSession(socket)
    })
  }

  /** Whether the request is for this door; the slash at the end may be missing. */
  has({ url = '' }: IncomingMessage): boolean {
    const path = this.#path
    return url.startsWith(path) || url === path.slice(0, -1) || url.startsWith(`${path.slice(0, -1)}?`)
  }

  isHandshake(request: IncomingMessage): boolean {
    return !/[?&]sid=/.test(request.url ?? '')
  }

  /** A request of a session that does not come from the page the session belongs to. */
  isForeign(request: IncomingMessage): boolean {
    const { origin } = request.headers
    const sid = queryOf(request).getAll('sid').at(-1) ?? ''
    const { clients } = this.#engine as unknown as { readonly clients: Readonly<Record<string, Socket>> }
    const session = Object.hasOwn(clients, sid) ? clients[sid] : undefined
    if (origin === undefined || session === undefined) return false
    const page = this.#pages.get(session) ?? session.request.headers.origin
    if (page !== undefined) return page !== origin
    if (!this.#mayAsk(request)) return true
    this.#pages.set(session, origin)
    return false
  }

  /** A script of any page could read what JSONP answers, and no browser would say which page asks. */
  isJsonp(request: IncomingMessage): boolean {
    return queryOf(request).has('j')
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

const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams => new URLSearchParams(url.slice(url.indexOf('?') + 1))

/** Said by a session's socket, once, when a payload had more packets than are read. */
export const FLOOD = 'flood'

/** Of the engine's transports, which keep it protected: how a payload becomes packets, and (polling) how a poll is answered. */
interface Inside {
  readonly sid: string
  parser: { readonly decodePayload: (payload: string) => unknown[] }
  readonly res?: ServerResponse
  doWrite?: (data: string | Buffer, options: object, onWritten: (error?: Error) => void) => void
}

class LimitedEngine extends EngineServer {
  protected override createTransport(...args: Parameters<EngineServer['createTransport']>): ReturnType<EngineServer['createTransport']> {
    const transport = super.createTransport(...args)
    const inside = transport as unknown as Inside
    this.#limitPayloads(inside)
    waitForPollers(inside)
    return transport
  }

  /** The engine decodes a whole payload before it looks at the first packet of it: 2 MB of small ones hold everybody for seconds. */
  #limitPayloads(inside: Inside): void {
    const { parser } = inside
    inside.parser = {
      ...parser,
      decodePayload: (payload) => {
        if (!hasMorePackets(payload, LIMITS.payloadCount)) return parser.decodePayload(payload)
        const socket: EventEmitter | undefined = this.clients[inside.sid]
        socket?.emit(FLOOD)
        return []
      },
    }
  }
}

/**
 * The engine takes the answer to a poll for sent once it has been written (not so where it is compressed). Then nobody would know what
 * a reader has not taken of it, and who polls over another connection each time could have any number of answers waiting.
 */
function waitForPollers(inside: Inside): void {
  const doWrite = inside.doWrite?.bind(inside)
  if (doWrite === undefined) return
  inside.doWrite = (data, options, onWritten) => {
    const { res } = inside
    doWrite(data, options, (error) => {
      if (error !== undefined || res === undefined || res.writableFinished || res.destroyed) return onWritten(error)
      let isDone = false
      const done = (): void => {
        if (!isDone) onWritten()
        isDone = true
      }
      // as the engine does where it compresses: `finish` before the request ends, `close` where the reader went
      res.once('finish', done).once('close', done)
    })
  }
}

function hasMorePackets(payload: string, most: number): boolean {
  let at = -1
  for (let count = 0; count < most; count++) {
    at = payload.indexOf(SEPARATOR, at + 1)
    if (at < 0) return false
  }
  return true
}

/** The engine heeds a close packet on polling only; on a WebSocket it would wait for the ping to time out. */
function endOnClose(this: Socket, { type }: { type: string }): void {
  if (type === 'close') this.close()
}
