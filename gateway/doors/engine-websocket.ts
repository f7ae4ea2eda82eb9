/**
 * A session of Engine.IO v4 that was opened by a WebSocket, without engine.io's own socket and transport: those can change to another transport, keep
 * lists, timers and a dozen functions for each session, and are twice its memory. Sessions that begin with long polling have them.
 *
 *   open ──ping──▶ open, unanswered ──anything──▶ open
 *    └─ 1, a packet that breaks the protocol, no answer in time ─▶ closed
 */
import type { WebSocket } from 'ws'
import { readTextFrames } from './text-frames.ts'

/** Engine.IO's sign of a message. */
export const MESSAGE = '4'
const PING = '2'
const NOTHING: readonly never[] = []
const OWNER = Symbol('owner')

interface Owned extends WebSocket {
  [OWNER]?: EngineWebSocket
}

export interface EngineWebSocketOptions {
  readonly sid: string
  readonly socket: WebSocket
  /** The page that opened it. */
  readonly origin: string | undefined
  readonly limits: { readonly pingIntervalMs: number; readonly pingTimeoutMs: number; readonly maxBytes: number }
}

/** It has the members of engine.io's socket that the server and the door read, and those of its transport. */
export class EngineWebSocket {
  readonly name = 'websocket'
  readonly protocol = 4
  readonly sid: string
  readonly socket: WebSocket
  /** As engine.io's socket after a change of transport: no other WebSocket may take its place. */
  readonly upgraded = true
  readonly upgrading = false
  readonly writeBuffer = NOTHING
  readonly writable = true
  readonly request: { readonly headers: { readonly origin?: string } }
  readyState: 'open' | 'closed' = 'open'
  onMessage: (data: string | Buffer) => void = () => undefined
  onClose: () => void = () => undefined
  readonly #limits: EngineWebSocketOptions['limits']
  /** Since the latest ping, or the opening. */
  #pingedMs = 0
  /** Since the first ping that is not answered; below 0: there is none. */
  #unansweredMs = -1

  constructor({ sid, socket, origin, limits }: EngineWebSocketOptions) {
    this.sid = sid
    this.socket = socket
    this.request = { headers: origin === undefined ? {} : { origin } }
    this.#limits = limits
    ;(socket as Owned)[OWNER] = this
    readTextFrames(socket, this)
    socket.on('message', onMessage).on('close', onClose).on('error', onError)
    const { pingIntervalMs: pingInterval, pingTimeoutMs: pingTimeout, maxBytes: maxPayload } = limits
    socket.send(`0${JSON.stringify({ sid, upgrades: [], pingInterval, pingTimeout, maxPayload })}`)
  }

  /** Its own transport. */
  get transport(): this {
    return this
  }

  send(data: string | Buffer): void {
    this.socket.send(typeof data === 'string' ? MESSAGE + data : data)
  }

  /** Nothing is ever held back. */
  flush(): void {}

  close(): void {
    if (this.readyState === 'open') this.socket.close()
    this.closed()
  }

  /** To be called every `ms`, a small part of the interval between pings. */
  beat(ms: number): void {
    if (this.#unansweredMs >= 0 && (this.#unansweredMs += ms) > this.#limits.pingTimeoutMs) return this.close()
    this.#pingedMs += ms
    // a ping that would be late at the next beat goes now
    if (this.#pingedMs + ms <= this.#limits.pingIntervalMs) return
    this.#pingedMs = 0
    if (this.#unansweredMs < 0) this.#unansweredMs = 0
    this.socket.send(PING)
  }

  /** Any packet answers a ping. */
  onText(packet: string): void {
    if (this.readyState !== 'open') return
    this.#unansweredMs = -1
    switch (packet[0]) {
      case MESSAGE:
        return this.onMessage(packet.slice(1))
      case '0': // open
      case '3': // pong
      case '5': // upgrade
      case '6': // noop
        return
      default:
        // 1, close; 2, ping, which only the server sends; or what is no packet
        this.close()
    }
  }

  onBinary(data: Buffer): void {
    if (this.readyState !== 'open') return
    this.#unansweredMs = -1
    this.onMessage(data)
  }

  closed(): void {
    if (this.readyState === 'closed') return
    this.readyState = 'closed'
    this.onClose()
  }
}

function onMessage(this: Owned, data: Buffer, isBinary: boolean): void {
  if (isBinary) this[OWNER]?.onBinary(data)
  else this[OWNER]?.onText(data.toString())
}

function onClose(this: Owned): void {
  this[OWNER]?.closed()
}

function onError(this: Owned): void {
  this.terminate()
}
