import { outsideZone } from '../outside-zone.ts'
import type { TransportPort } from '../transport.ts'

type WebSocketClass = new (url: string) => WebSocket

/**
 * A plain WebSocket at `<gateway>/ws`, one packet per text message: for hosts that need no fallback. The browser answers pings itself and hides them,
 * so silence proves nothing here (`silenceMs` 0) and the attempt sends probes.
 */
export const rawPort = (gateway: string, Class?: WebSocketClass): TransportPort => ({
  name: 'websocket',
  open(events) {
    const url = gateway.replace(/^http/, 'ws').replace(/\/?$/, '/ws')
    let socket: WebSocket
    try {
      socket = outsideZone(() => new (Class ?? WebSocket)(url))
    } catch (error) {
      // WebSocket is missing, forbidden by a policy, or throws as in some WebViews: reported later, like every event.
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
