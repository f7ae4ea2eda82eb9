/**
 * A hello that comes with the handshake, so that the welcome comes with its answer: one round trip less than a hello that waits for the handshake.
 *
 *   WebSocket      the subprotocols `im-chat`, `im-chat.hello` and the hello, as base64url of JSON. A gateway that takes it answers `im-chat.hello`;
 *                  one that does not know it takes the first, as any server does
 *   long polling   `POST …&hello=1` in place of the first GET, with the hello's packet as its payload. The answer is held until the session says
 *                  something, for HOLD_MS at most
 *
 * In a header or a body, never in the address, because addresses are logged. What is too long for this is sent after the handshake.
 */
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'engine.io'
import { WebSocketServer, type ServerOptions } from 'ws'
import { LIMITS } from '../protocol/limits.ts'

const TAKES_HELLO = 'im-chat.hello'
const HOLD_MS = 2000

export class HelloWebSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({
      ...options,
      handleProtocols: (protocols) => (protocols.has(TAKES_HELLO) ? TAKES_HELLO : (protocols.values().next().value ?? false)),
    })
  }
}

/** The protected members of engine.io's transports that are used here. */
export interface EarlyTransport {
  onRequest(request: IncomingMessage): void
  onData(packets: string): void
}

const postedHellos = new WeakMap<IncomingMessage, string>()

export const isPostedHello = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'POST' && /[?&]hello=1(?:&|$)/.test(url) && !/[?&]sid=/.test(url)

/** Reads the hello out of the POST, which then counts as the GET that opens a session. `onRead` is not called for what breaks off or is too long. */
export function readPostedHello(request: IncomingMessage, response: ServerResponse, onRead: () => void): void {
  const chunks: Buffer[] = []
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= LIMITS.packetBytes) chunks.push(chunk)
  })
  request.on('end', () => {
    if (bytes > LIMITS.packetBytes) return void response.writeHead(413).end()
    postedHellos.set(request, Buffer.concat(chunks).toString())
    request.method = 'GET'
    onRead()
  })
}

/** Called when a transport is made: holds the answer to a POST with a hello. */
export function holdAnswer(transport: EarlyTransport, request: IncomingMessage): void {
  // engine.io hands the request over before it tells of the session
  if (postedHellos.has(request)) transport.onRequest = () => undefined
}

/** Called once the session listens. */
export function takeEarlyHello(socket: Socket): void {
  const { request } = socket
  const transport = socket.transport as unknown as EarlyTransport
  const posted = postedHellos.get(request)
  if (posted !== undefined) {
    answerOnce(socket, transport)
    return transport.onData(posted)
  }
  const [, takes, hello] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim())
  if (takes === TAKES_HELLO && hello !== undefined) transport.onData(`40${Buffer.from(hello, 'base64url').toString()}`)
}

function answerOnce(socket: Socket, transport: EarlyTransport): void {
  const { request } = socket
  const { res } = request as IncomingMessage & { readonly res?: ServerResponse }
  let isAnswered = false
  const answer = (): void => {
    clearTimeout(timer)
    if (isAnswered) return
    isAnswered = true
    Reflect.deleteProperty(transport, 'onRequest')
    transport.onRequest(request)
  }
  const timer = setTimeout(answer, HOLD_MS)
  // what is said in the same turn goes along: the missed messages follow the welcome
  ;(socket as EventEmitter).once('packetCreate', () => setImmediate(answer))
  socket.once('close', () => {
    clearTimeout(timer)
    if (!isAnswered) res?.writeHead(400).end()
    isAnswered = true
  })
  // the request was read to its end, so engine.io does not notice when the client is gone
  res?.once('close', () => {
    if (!res.writableFinished) socket.close(true)
  })
}
