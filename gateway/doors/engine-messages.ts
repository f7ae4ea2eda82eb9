/** The messages of an Engine.IO socket, by whichever transport they come. */
import type { Socket } from 'engine.io'
import type { WebSocket } from 'ws'

/** engine.io's sign of a message. */
export const MESSAGE = '4'

/** Private fields of engine.io's socket: whether a ping waits for its answer, and what takes the texts that arrive. */
interface EngineInternals {
  readonly readyState: string
  readonly pingTimeoutTimer: unknown
  readonly hasRefreshedPingTimeout?: boolean
  readonly transport: { readonly socket?: WebSocket; onData(packet: string): void }
}

/** Calls `onMessage` with each message. To be called as soon as the socket is there: the first packet may be in the chunk that opened it. */
export function takeMessages(socket: Socket, onMessage: (data: string | Buffer) => void): void {
  // the parser gives undefined for an empty message
  socket.on('message', (data: string | Buffer | undefined) => onMessage(data ?? ''))
  takeTexts(socket, onMessage)
  socket.on('upgrade', () => takeTexts(socket, onMessage))
}

/**
 * Texts on a WebSocket are not passed on by engine.io, which makes a packet and three events of each. It handles everything else, and the first
 * packet after a ping, which tells it that the client is there.
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
