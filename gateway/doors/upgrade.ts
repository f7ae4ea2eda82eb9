/**
 * The one http server and the one upgrade dispatcher. Engine.IO's path goes to engine.io, all else to Fastify. Two libraries
 * that both listen for `upgrade` would answer each other's clients with 404, who then stay on polling unnoticed.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { ENGINE_PATH, type EngineIoDoor } from './engine-io.ts'
import type { WebSocketDoor } from './websocket.ts'

const RETRY_AFTER_SECONDS = 2

export interface Doors {
  readonly engineIo: EngineIoDoor | undefined
  readonly webSocket: WebSocketDoor | undefined
  /** Once true no new line is opened here; open ones go on. */
  isClosing(): boolean
}

export function createDispatcher(doors: Doors, fastify: RequestListener): Server {
  const server = createServer((request, response) => {
    if (doors.engineIo !== undefined && isEngine(request)) handleEngine(doors, request, response)
    else fastify(request, response)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { engineIo, webSocket } = doors
    const isEngineUpgrade = engineIo !== undefined && isEngine(request)
    const isNew = !isEngineUpgrade || engineIo.isHandshake(request)
    if (isNew && doors.isClosing()) reject(socket, '503 Service Unavailable')
    else if (isEngineUpgrade) engineIo.handleUpgrade(request, socket, head)
    else if (webSocket !== undefined) webSocket.handleUpgrade(request, socket, head)
    else reject(socket, '404 Not Found')
  })
  return server
}

function handleEngine(doors: Doors, request: IncomingMessage, response: ServerResponse): void {
  allowPages(request, response)
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { 'Access-Control-Allow-Methods': 'GET, POST', 'Access-Control-Allow-Headers': '*', 'Access-Control-Max-Age': '600' })
    response.end()
  } else if (doors.engineIo?.isHandshake(request) === true && doors.isClosing()) {
    response.writeHead(503, { 'Retry-After': String(RETRY_AFTER_SECONDS) })
    response.end()
  } else {
    doors.engineIo?.handleRequest(request, response)
  }
}

/** Any page may read the answer, because no cookie speaks for it; whether it may connect, the hello says in words. */
function allowPages(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers
  if (origin === undefined) return
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Vary', 'Origin')
}

function isEngine({ url }: IncomingMessage): boolean {
  return url !== undefined && (url.startsWith(ENGINE_PATH) || url === '/im' || url.startsWith('/im?'))
}

function reject(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nRetry-After: ${RETRY_AFTER_SECONDS}\r\nContent-Length: 0\r\n\r\n`)
}
