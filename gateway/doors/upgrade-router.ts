/**
 * Routes each request and upgrade: Engine.IO's path to engine.io, everything else to Fastify. If both libraries listened for `upgrade`, they
 * would answer each other's clients with 404, which would then stay on polling unnoticed.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { wireRefusal, type WireRefusal } from '../protocol/codes.ts'
import { LIMITS } from '../protocol/limits.ts'
import { Arrivals } from './arrivals.ts'
import type { EngineIoDoor } from './engine-io.ts'
import { createHttpServer, refuseUpgrade, type HttpServerOptions } from './http-server.ts'
import { WEBSOCKET_PATH, type WebSocketDoor } from './websocket.ts'

const RETRY_AFTER_SECONDS = 2
/** Headers by which a proxy describes a visitor; a page may not send them. */
const OF_PROXIES = /^(x-)?forwarded/i
const PICTURES = /^\/v1\/images(?:[/?]|$)/

/** How visitors are told apart; by default by their socket's address. */
export type Visitors = Partial<Pick<HttpServerOptions, 'addressOf' | 'hasAddresses' | 'limits'>>

export class UpgradeRouter {
  /** Undefined: that door is not open. */
  engineIo: EngineIoDoor | undefined
  webSocket: WebSocketDoor | undefined
  /** Once true, no new session is opened here; open ones go on. */
  isClosing = false
  /** The refusal of a new session, for an address that has opened too many; undefined: it may be opened. */
  refusalOf: (request: IncomingMessage) => WireRefusal | undefined = () => undefined
  readonly arrivals = new Arrivals()
  readonly #upgraded = new Set<Duplex>()

  server(fastify: RequestListener, visitors: Visitors = {}): Server {
    return createHttpServer({
      addressOf: ({ socket }) => socket.remoteAddress ?? '',
      ...visitors,
      onRequest: (request, response) => {
        if (this.engineIo?.has(request)) this.#handle(this.engineIo, request, response)
        else fastify(request, response)
      },
      maxBodyBytes: (request) => {
        if (this.engineIo?.has(request)) return LIMITS.lineBytes
        return PICTURES.test(request.url ?? '') ? LIMITS.imageBytes : LIMITS.packetBytes
      },
      onNoRoom: (request, response) => {
        allowPages(request, response)
        refuse(response, 429, wireRefusal('rate_limited', 'too many bodies are under way', RETRY_AFTER_SECONDS * 1000))
      },
      hasSocketAt: (request) => this.#doorOf(request) !== undefined,
      onWebSocket: (request, socket, head) => this.#upgrade(request, socket, head),
    })
  }

  /** Cuts the WebSockets that are still open: clients that did not close after `byePush`, or do not respond any more. */
  cut(): void {
    for (const socket of this.#upgraded) socket.destroy()
  }

  #handle(door: EngineIoDoor, request: IncomingMessage, response: ServerResponse): void {
    allowPages(request, response)
    if (request.method === 'OPTIONS') response.writeHead(204, preflight(request)).end()
    else if (door.isJsonp(request)) refuse(response, 400, wireRefusal('bad_request', 'JSONP is not supported'))
    else if (door.isForeign(request)) refuse(response, 403, wireRefusal('origin_forbidden', 'this session belongs to another page'))
    else if (this.isClosing && door.isHandshake(request)) response.writeHead(503, { 'Retry-After': RETRY_AFTER_SECONDS }).end()
    else {
      const refusal = door.isHandshake(request) ? this.refusalOf(request) : undefined
      if (refusal === undefined) door.handleRequest(request, response)
      else refuse(response, 429, refusal)
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const door = this.#doorOf(request)
    this.#upgraded.add(socket)
    socket.on('close', () => this.#upgraded.delete(socket))
    if (door === undefined) reject(socket, '404 Not Found')
    else if (door === this.engineIo && door.isForeign(request)) reject(socket, '403 Forbidden')
    else if (this.isClosing && door.isHandshake(request)) reject(socket, '503 Service Unavailable')
    else {
      const refusal = door.isHandshake(request) ? this.refusalOf(request) : undefined
      if (refusal !== undefined) reject(socket, '429 Too Many Requests', refusal)
      else if (!door.isHandshake(request)) door.handleUpgrade(request, socket, head)
      else this.#letIn(door, { request, socket, head })
    }
  }

  /** Nobody else listens to a socket's errors while it waits. A function of its own, so that no listener of the socket keeps the request. */
  #letIn(door: EngineIoDoor | WebSocketDoor, { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer }): void {
    const onError = (): void => void socket.destroy()
    socket.on('error', onError)
    this.arrivals.enter(() => {
      socket.off('error', onError)
      if (!socket.destroyed) door.handleUpgrade(request, socket, head)
    })
  }

  #doorOf(request: IncomingMessage): EngineIoDoor | WebSocketDoor | undefined {
    if (this.engineIo?.has(request)) return this.engineIo
    return isRaw(request) ? this.webSocket : undefined
  }
}

/** Any page may read the answer, because no cookie authenticates it; the hello decides whether the page may connect. */
function allowPages({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  if (origin === undefined) return
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Vary', 'Origin')
}

function preflight({ headers }: IncomingMessage): Record<string, string> {
  const asked = (headers['access-control-request-headers'] ?? '').split(',').map((name) => name.trim())
  return {
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Max-Age': '600',
    'Access-Control-Allow-Headers': asked.filter((name) => !OF_PROXIES.test(name)).join(', '),
  }
}

const retryAfter = ({ afterMs = RETRY_AFTER_SECONDS * 1000 }: Partial<WireRefusal>): number => Math.ceil(afterMs / 1000)

function refuse(response: ServerResponse, status: number, error: WireRefusal): void {
  const waits = error.afterMs === undefined ? {} : { 'Retry-After': retryAfter(error) }
  response.writeHead(status, { 'Content-Type': 'application/json', ...waits }).end(JSON.stringify({ error }))
}

const isRaw = ({ url }: IncomingMessage): boolean => url === WEBSOCKET_PATH || url?.startsWith(`${WEBSOCKET_PATH}?`) === true

function reject(socket: Duplex, status: string, error?: WireRefusal): void {
  const body = error === undefined ? '' : JSON.stringify({ error })
  const head = [`HTTP/1.1 ${status}`, 'Connection: close', `Retry-After: ${retryAfter(error ?? {})}`, `Content-Length: ${Buffer.byteLength(body)}`]
  if (error !== undefined) head.push('Content-Type: application/json')
  refuseUpgrade(socket, `${head.join('\r\n')}\r\n\r\n${body}`)
}
