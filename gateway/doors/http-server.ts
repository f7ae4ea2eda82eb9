/**
 * The http server below all doors: what a connection may take, and how long. Each of its sockets is in one of these states:
 *
 *   head → body → handler → answer → idle → head …         each with its limit (http-limits.ts); past it the socket is destroyed
 *     └→ upgrade → WebSocket                               the doors' own from here
 *           └→ head                                        it asked for something else: the same request without the ask
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { UnderWay } from './admit/under-way.ts'
import { HTTP_LIMITS, type HttpLimits } from './http-limits.ts'
import { protocolsOf, servePlainly } from './plain-request.ts'
import { hasBody, SlowRequests } from './slow-requests.ts'

const LOOK_MS = 1000

export interface HttpServerOptions {
  readonly limits?: HttpLimits
  readonly onRequest: RequestListener
  /** Whether a WebSocket can be opened at the request's address. */
  readonly hasSocketAt: (request: IncomingMessage) => boolean
  /** Of a WebSocket; it owns the socket then. */
  readonly onWebSocket: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** The most bytes a body at this address may have. */
  readonly mostBytes: (request: IncomingMessage) => number
  /** There is no room for its body now. */
  readonly onNoRoom: RequestListener
  /** By which visitors are told apart. */
  readonly addressOf: (request: IncomingMessage) => string
  /** False: visitors are not told apart by their addresses. */
  readonly hasAddresses?: boolean
}

export function createHttpServer(options: HttpServerOptions): Server {
  const { limits = HTTP_LIMITS, hasAddresses = true } = options
  const slow = new SlowRequests(limits, () => performance.now())
  const connections = new Connections(limits)
  const room = new UnderWay(limits.bodies, { hasAddresses })
  const server = createServer(
    {
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: Math.min(LOOK_MS, limits.headMs / 2),
    },
    (request, response) => {
      const onDone: (() => void)[] = []
      if (!connections.begin(request, response, onDone)) return
      slow.watch(request, response)
      if (hasBody(request)) {
        const share = room.take(options.addressOf(request), costOf(request, options.mostBytes(request), limits.leastBytes))
        if (share === undefined) return void options.onNoRoom(request, response)
        onDone.push(share)
      }
      options.onRequest(request, response)
    },
  )
  server.timeout = limits.silenceMs
  const timer = setInterval(() => slow.look(), LOOK_MS).unref()
  server.on('close', () => clearInterval(timer))
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const protocols = protocolsOf(request)
    const isWebSocket = protocols.includes('websocket') && (protocols.length === 1 || options.hasSocketAt(request))
    if (isWebSocket) {
      request.headers.upgrade = 'websocket' // the one of its list that is spoken here
      return options.onWebSocket(request, socket, head)
    }
    connections.onceAnswered(socket, () => {
      if (!servePlainly(server, request, { socket, head })) refuseUpgrade(socket, TOO_MANY_HEADERS, limits)
    })
  })
  return server
}

/** Tells the other side why, in a whole answer of HTTP, and is rid of it a moment later, whether it reads that or not. */
export function refuseUpgrade(socket: Duplex, answer: string, { refusedMs }: Pick<HttpLimits, 'refusedMs'> = HTTP_LIMITS): void {
  socket.on('error', () => socket.destroy())
  socket.end(answer)
  socket.resume() // what is unread when a socket is closed takes the answer with it
  const timer = setTimeout(() => socket.destroy(), refusedMs).unref()
  socket.once('close', () => clearTimeout(timer))
}

const TOO_MANY_HEADERS = 'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/** What a body may come to hold: as many bytes as it says, or as its address allows. */
function costOf({ headers }: IncomingMessage, most: number, least: number): number {
  const told = Number(headers['content-length'] ?? most)
  return Math.max(least, Math.min(told, most))
}

interface Connection {
  /** Of each request that waits for the end of its answer: what to do then. */
  readonly unanswered: Set<readonly (() => void)[]>
  onAnswered: (() => void) | undefined
}

/** What is under way on each connection. A request whose turn never came ends with its connection, without a word of Node's. */
class Connections {
  readonly #limits: HttpLimits
  readonly #connections = new WeakMap<Duplex, Connection>()

  constructor(limits: HttpLimits) {
    this.#limits = limits
  }

  /** `onDone` runs when the answer has gone, or the connection. False: it asked for too much at once, and is cut. */
  begin({ socket }: IncomingMessage, response: ServerResponse, onDone: readonly (() => void)[]): boolean {
    const connection = this.#of(socket)
    if (connection.unanswered.size >= this.#limits.unansweredCount) {
      socket.destroy()
      return false
    }
    connection.unanswered.add(onDone)
    response.once('close', () => end(connection, onDone))
    return true
  }

  /** Requests are answered in their order: one that is read again waits for those before it. */
  onceAnswered(socket: Duplex, listener: () => void): void {
    const connection = this.#of(socket)
    if (connection.unanswered.size === 0) return listener()
    const drop = (): void => void socket.destroy()
    // Node has let go of the socket
    socket.on('error', drop).on('timeout', drop)
    connection.onAnswered = () => {
      socket.off('error', drop).off('timeout', drop)
      if (!socket.destroyed) listener()
    }
  }

  #of(socket: Duplex): Connection {
    const known = this.#connections.get(socket)
    if (known !== undefined) return known
    const connection: Connection = { unanswered: new Set(), onAnswered: undefined }
    this.#connections.set(socket, connection)
    socket.once('close', () => {
      for (const onDone of connection.unanswered) end(connection, onDone)
    })
    return connection
  }
}

function end(connection: Connection, onDone: readonly (() => void)[]): void {
  if (!connection.unanswered.delete(onDone)) return
  for (const done of onDone) done()
  if (connection.unanswered.size > 0) return
  connection.onAnswered?.()
  connection.onAnswered = undefined
}
