/**
 * The HTTP server below all doors, with the limits of a connection. Each of its sockets is in one of these states:
 *
 *   head → body → handler → answer → idle → head …         each with its limit (http-limits.ts); past it the socket is destroyed
 *     └→ upgrade → WebSocket                               from here a door owns the socket
 *           └→ head                                        another protocol: the same request again without its upgrade (plain-request.ts)
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { ConcurrencyLimit } from './admit/concurrency-limit.ts'
import { HTTP_LIMITS, type HttpLimits } from './http-limits.ts'
import { protocolsOf, servePlainly } from './plain-request.ts'
import { hasBody, SlowRequests } from './slow-requests.ts'
import { refuseTinyPieces } from './tiny-pieces.ts'

const CHECK_MS = 1000

export interface HttpServerOptions {
  readonly limits?: HttpLimits
  readonly onRequest: RequestListener
  /** Whether a WebSocket can be opened at the request's address. */
  readonly hasSocketAt: (request: IncomingMessage) => boolean
  /** Takes over the socket of a WebSocket request. */
  readonly onWebSocket: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** The most bytes that a body at the request's address may have. */
  readonly maxBodyBytes: (request: IncomingMessage) => number
  /** Called instead of `onRequest` while there is no room for the request's body. */
  readonly onNoRoom: RequestListener
  /** The visitor's address, by which bodies are counted. */
  readonly addressOf: (request: IncomingMessage) => string
  /** False: addresses do not distinguish visitors, so only totals are limited. */
  readonly hasAddresses?: boolean
}

export function createHttpServer(options: HttpServerOptions): Server {
  const { limits = HTTP_LIMITS, hasAddresses = true } = options
  const slow = new SlowRequests(limits, () => performance.now())
  const connections = new Connections(limits)
  const room = new ConcurrencyLimit(limits.bodies, { hasAddresses })
  const server = createServer(
    {
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.headMs / 2),
    },
    (request, response) => {
      const onDone: (() => void)[] = []
      if (!connections.begin(request, response, onDone)) return
      onDone.push(slow.watch(request, response))
      if (hasBody(request)) {
        onDone.push(refuseTinyPieces(request, limits.pieces))
        const share = room.take(options.addressOf(request), costOf(request, options.maxBodyBytes(request), limits.leastBytes))
        if (share === undefined) return void options.onNoRoom(request, response)
        onDone.push(share)
      }
      options.onRequest(request, response)
    },
  )
  server.timeout = limits.silenceMs
  const timer = setInterval(() => slow.check(), CHECK_MS).unref()
  server.on('close', () => clearInterval(timer))
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade === 'websocket') return options.onWebSocket(request, socket, head)
    const protocols = protocolsOf(request)
    const isWebSocket = protocols.includes('websocket') && (protocols.length === 1 || options.hasSocketAt(request))
    if (isWebSocket) {
      request.headers.upgrade = 'websocket' // the only protocol of its list that is supported
      return options.onWebSocket(request, socket, head)
    }
    connections.onceAnswered(socket, () => {
      if (!servePlainly(server, request, { socket, head })) refuseUpgrade(socket, TOO_MANY_HEADERS, limits)
    })
  })
  return server
}

/** Sends a complete HTTP answer with the reason, and destroys the socket `refusedMs` later, whether the client has read it or not. */
export function refuseUpgrade(socket: Duplex, answer: string, { refusedMs }: Pick<HttpLimits, 'refusedMs'> = HTTP_LIMITS): void {
  socket.on('error', () => socket.destroy())
  socket.end(answer)
  socket.resume() // closing a socket with unread data discards the answer
  const timer = setTimeout(() => socket.destroy(), refusedMs).unref()
  socket.once('close', () => clearTimeout(timer))
}

const TOO_MANY_HEADERS = 'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/** The bytes that a body may need: its Content-Length, or the most that its address allows. */
function costOf({ headers }: IncomingMessage, most: number, least: number): number {
  const announced = Number(headers['content-length'] ?? most)
  return Math.max(least, Math.min(announced, most))
}

interface Connection {
  /** For each request whose answer has not ended: what to call then. */
  readonly unanswered: (readonly (() => void)[])[]
  onAnswered: (() => void) | undefined
}

/** The requests under way on each connection. Node reports no end of a request whose turn never came; it ends with its connection. */
class Connections {
  readonly #limits: HttpLimits
  readonly #connections = new WeakMap<Duplex, Connection>()

  constructor(limits: HttpLimits) {
    this.#limits = limits
  }

  /** Runs `onDone` when the answer has left or the connection has closed. Returns false, and cuts the connection, if it has too many requests. */
  begin({ socket }: IncomingMessage, response: ServerResponse, onDone: readonly (() => void)[]): boolean {
    const connection = this.#of(socket)
    if (connection.unanswered.length >= this.#limits.unansweredCount) {
      socket.destroy()
      return false
    }
    connection.unanswered.push(onDone)
    response.once('close', () => end(connection, onDone))
    return true
  }

  /** Calls `listener` once all earlier requests are answered: a request that is read again must wait for those before it. */
  onceAnswered(socket: Duplex, listener: () => void): void {
    const connection = this.#of(socket)
    if (connection.unanswered.length === 0) return listener()
    const drop = (): void => void socket.destroy()
    // Node no longer handles the socket's errors
    socket.on('error', drop).on('timeout', drop)
    connection.onAnswered = () => {
      socket.off('error', drop).off('timeout', drop)
      if (!socket.destroyed) listener()
    }
  }

  #of(socket: Duplex): Connection {
    const known = this.#connections.get(socket)
    if (known !== undefined) return known
    const connection: Connection = { unanswered: [], onAnswered: undefined }
    this.#connections.set(socket, connection)
    socket.once('close', () => {
      for (const onDone of [...connection.unanswered]) end(connection, onDone)
    })
    return connection
  }
}

function end(connection: Connection, onDone: readonly (() => void)[]): void {
  const place = connection.unanswered.indexOf(onDone)
  if (place < 0) return
  connection.unanswered.splice(place, 1)
  for (const done of onDone) done()
  if (connection.unanswered.length > 0) return
  connection.onAnswered?.()
  connection.onAnswered = undefined
}
