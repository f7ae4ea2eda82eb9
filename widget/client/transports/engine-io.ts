import { NodeWebSocket, NodeXHR, Socket } from 'engine.io-client'
import type { TransportEvents, TransportPort } from '../transport.ts'

/** A constructor that throws, or is missing, would be told before anyone can listen, and the socket would hang for ever. */
class CarefulWebSocket extends NodeWebSocket {
  override createSocket(...args: Parameters<NodeWebSocket['createSocket']>): ReturnType<NodeWebSocket['createSocket']> {
    try {
      return super.createSocket(...args)
    } catch (error) {
      this.setTimeoutFn(() => this.onError('websocket error', error), 0)
      throw error
    }
  }
}

/**
 * Engine.IO v4 at `<gateway>/im/`. Each transport is a session of its own and never upgrades: which one, when, and how to
 * change over is connection.ts's. The classes named `Node…` are the browser's own in a browser bundle (its "browser" map).
 */
export const engineIoPorts = (gateway: string): readonly TransportPort[] => [
  { name: 'websocket', open: (events) => open(gateway, CarefulWebSocket, events) },
  { name: 'polling', open: (events) => open(gateway, NodeXHR, events) },
]

function open(gateway: string, kind: typeof NodeWebSocket | typeof NodeXHR, events: TransportEvents) {
  const base = new URL(gateway, typeof location === 'object' ? location.href : undefined)
  const socket = new Socket(base.origin, {
    path: base.pathname.replace(/\/?$/, '/im'),
    transports: [kind],
    upgrade: false,
    timestampRequests: true,
  })
  socket.on('handshake', ({ pingInterval, pingTimeout }) => {
    silenceMs = pingInterval + pingTimeout
  })
  let silenceMs = 0
  socket.on('open', () => events.onOpen(silenceMs))
  socket.on('packet', () => events.onHeard())
  socket.on('message', (data: string) => events.onPacket(data))
  socket.on('close', (reason) => events.onClose(reason))
  return {
    send: (packet: string) => void socket.send(packet),
    close() {
      socket.off()
      socket.close()
    },
  }
}
