import type { TransportPort } from '../transport.ts'

type WebSocketClass = new (url: string) => WebSocket

/**
 * A bare WebSocket at `<gateway>/ws`, one packet a text message: for hosts that need no fallback. The browser answers pings
 * by itself and tells nobody, so silence proves nothing here (`silenceMs` 0) and the line asks by itself.
 */
export const rawPort = (gateway: string, Class?: WebSocketClass): TransportPort => ({
  name: 'websocket',
  open(events) {
    const url = gateway.replace(/^http/, 'ws').replace(/\/?$/, '/ws')
    let socket: WebSocket
    try {
      socket = new (Class ?? WebSocket)(url)
    } catch (error) {
      // Missing, forbidden by a policy, or throwing as some WebViews do: told later, as every event.
      let isOver = false
      void Promise.resolve().then(() => isOver || events.onClose(String(error)))
      return { send() {}, close: () => void (isOver = true) }
    }
    socket.onopen = () => events.onOpen(0)
    socket.onmessage = ({ data }) => events.onPacket(String(data))
    socket.onclose = ({ code, reason }) => events.onClose(`${code} ${reason}`)
    // `onclose` follows it.
    socket.onerror = () => {}
    return {
      send: (packet) => socket.send(packet),
      close() {
        socket.onopen = socket.onmessage = socket.onclose = null
        socket.close(1000)
      },
    }
  },
})
