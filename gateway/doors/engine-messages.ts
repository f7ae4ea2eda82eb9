/** The messages of an Engine.IO socket, by whichever transport they come. */
import type { Socket } from 'engine.io'
import type { WebSocket } from 'ws'
import { EngineWebSocket, MESSAGE } from './engine-websocket.ts'

/** Private fields of engine.io's socket: whether a ping waits for its answer, and what takes the texts that arrive. */
interface EngineInternals {
  readonly readyState: string
  readonly pingTimeoutTimer: unknown
  readonly hasRefreshedPingTimeout?: boolean
  readonly transport: { readonly socket?: WebSocket; onData(packet: string): void }
}

export type EngineSocket = Socket | EngineWebSocket

/**
 * Calls `onMessage` with each message, and `onClose` at the end. To be called as soon as the socket is there: the first packet may be in the chunk that
 * opened it.
 */
export function takeMessages(socket: EngineSocket, onMessage: (data: string | Buffer) => void, onClose: () => void = () => undefined): void {
  if (socket instanceof EngineWebSocket) {
    socket.onMessage = onMessage
    socket.onClose = onClose
    return
  }
  socket.on('close', onClose)
  // the parser gives undefined for an empty message
  socket.on('message', (data: string | Buffer | undefined) => onMessage(data ?? ''))
  takeTexts(socket, onMessage)
  socket.on('upgrade', () => takeTexts(socket, onMessage))
}

/**
 * Takes the texts of a WebSocket before engine.io, which makes a packet and three events of each. It handles everything else, and the first packet after a
 * ping, by which it knows that the client is there.
 */
function takeTexts(socket: Socket, onMessage: (text: string) => void): void {
  const engine = socket as unknown as EngineInternals
  const { transport } = engine
  if (transport.socket === undefined) return
  const onData = transport.onData.bind(transport)
  transport.onData = (packet) => {
    const isAlive = engine.pingTimeoutTimer === null || engine.hasRefreshedPingTimeout === true
    if (packet.startsWith(MESSAGE) && engine.readyState === 'open' && isAlive) onMessage(packet.slice(1))
    else onData(packet)
  }
}
