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
import { queryOf, sidOf } from './engine-query.ts'
import { readBody } from './read-body.ts'

const TAKES_HELLO = 'im-chat.hello'
const HOLD_MS = 2000

export class HelloWebSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({
      ...options,
      handleProtocols: (protocols, request) =>
        helloAmong(request) === undefined ? ([...protocols].find((name) => name !== TAKES_HELLO) ?? false) : TAKES_HELLO,
    })
  }
}

/** The protected members of engine.io's transports that are used here. */
export interface EarlyTransport {
  onRequest(request: IncomingMessage): void
  onData(packets: string): void
}

const postedHellos = new WeakMap<IncomingMessage, string>()

export const isPostedHello = (request: IncomingMessage): boolean =>
  request.method === 'POST' && queryOf(request)['hello'] === '1' && sidOf(request) === undefined

/** Reads the hello out of the POST, which then counts as the GET that opens a session. `onHello` is not called for what breaks off or is too long. */
export function readPostedHello(request: IncomingMessage, response: ServerResponse, onHello: () => void): void {
  const onRead = (packets: string): void => {
    postedHellos.set(request, packets)
    request.method = 'GET'
    onHello()
  }
  readBody(request, { response, mostBytes: LIMITS.packetBytes, onRead })
}

/** The packet with the hello among the subprotocols of a WebSocket that opens a session. */
export function offeredHello(request: IncomingMessage): string | undefined {
  const hello = helloAmong(request)
  return hello === undefined ? undefined : `40${Buffer.from(hello, 'base64url').toString()}`
}

/** As base64url. A session that is open already says hello in packets. */
function helloAmong(request: IncomingMessage): string | undefined {
  const offered = request.headers['sec-websocket-protocol']
  if (offered === undefined) return undefined
  const [, takes, hello] = offered.split(',').map((part) => part.trim())
  return takes === TAKES_HELLO && sidOf(request) === undefined ? hello : undefined
}

/** Called when a transport is made: holds the answer to a POST with a hello. */
export function holdAnswer(transport: EarlyTransport, request: IncomingMessage): void {
  // engine.io hands the request over before it tells of the session
  if (postedHellos.has(request)) transport.onRequest = () => undefined
}

/** Called once the session listens. */
export function takePostedHello(socket: Socket): void {
  const { request } = socket
  const posted = postedHellos.get(request)
  if (posted === undefined) return
  const transport = socket.transport as unknown as EarlyTransport
  postedHellos.delete(request)
  answerOnce(socket, transport)
  transport.onData(posted)
}

function answerOnce(socket: Socket, transport: EarlyTransport): void {
  const { request } = socket
  const { res } = request as IncomingMessage & { readonly res?: ServerResponse }
  let isAnswered = false
  const answer = (): void => {
    clearTimeout(timer)
    if (isAnswered) return
    isAnswered = true
    socket.off('close', onClose)
    Reflect.deleteProperty(transport, 'onRequest')
    transport.onRequest(request)
  }
  const timer = setTimeout(answer, HOLD_MS)
  // what is said in the same turn goes along: the missed messages follow the welcome
  ;(socket as EventEmitter).once('packetCreate', () => setImmediate(answer))
  const onClose = (): void => {
    clearTimeout(timer)
    isAnswered = true
    res?.writeHead(400).end()
  }
  socket.once('close', onClose)
  // the request was read to its end, so engine.io does not notice when the client is gone
  res?.once('close', () => {
    if (!res.writableFinished) socket.close(true)
  })
}
