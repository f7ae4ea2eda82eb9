import type { TransportPort } from '../transport.ts'

type WebSocketClass = new (url: string) => WebSocket

/**
 * A bare WebSocket at `<gateway>/ws`, one packet a text message: for hosts that need no fallback. The browser answers pings
 * by itself and tells nobody, so silence proves nothing here (`silenceMs` 0) and the line asks by itself.
 */
export const rawPort = (gateway: string, Class: WebSocketClass = WebSocket): TransportPort => ({
  name: 'websocket',
  open(events) {
    const socket = new Class(gateway.replace(/^http/, 'ws').replace(/\/?$/, '/ws'))
    socket.onopen = () => events.onOpen(0)
    socket.onmessage = ({ data }) => events.onPacket(String(data))
    socket.onclose = ({ code, reason }) => events.onClose(`${code} ${reason}`)
    return {
      send: (packet) => socket.send(packet),
      close() {
        socket.onopen = socket.onmessage = socket.onclose = null
        socket.onerror = () => {}
        socket.close(1000)
      },
    }
  },
})
