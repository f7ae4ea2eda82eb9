import { Fetch, NodeWebSocket } from 'engine.io-client'
import { boundedText } from '../bounded-text.ts'
import { handshakeFrom } from '../incoming.ts'
import type { Transport, TransportEvents, TransportPort } from '../transport.ts'

/** This many packets of the largest size stay far below the gateway's limit for one POST. */
const BATCH_COUNT = 8

/** More than four times the most that the gateway sends at once. */
const ANSWER_BYTES = 8_388_608

/** Reports a connection that breaks off within a response, which `Fetch` leaves to the console. */
class CarefulFetch extends Fetch {
  override doPoll(): void {
    const onFailed = (error: unknown): unknown => this.onError('fetch read error', error)
    this['_fetch']().then(
      (response: Response) =>
        response.ok ? boundedText(response, ANSWER_BYTES).then((text) => this.onData(text), onFailed) : onFailed(response.status),
      onFailed,
    )
  }
}

/**
 * Engine.IO v4 at `<gateway>/im/`, with engine.io-client's transports but without its `Socket`: order of transports, deadlines, silence and
 * reconnecting belong to connection.ts and attempt.ts. Each transport is a session of its own and never upgrades. `NodeWebSocket` is the browser's
 * own in a browser bundle (the package's "browser" map).
 */
export const engineIoPorts = (gateway: string): readonly TransportPort[] => {
  const webSocket: TransportPort = { name: 'websocket', open: (events) => open(gateway, NodeWebSocket, 'websocket', events) }
  const polling: TransportPort = { name: 'polling', open: (events) => open(gateway, CarefulFetch, 'polling', events) }
  // Set by the script for engines with an unreliable WebSocket (legacy/gaps.ts).
  const { imChatPollingOnly } = globalThis as { readonly imChatPollingOnly?: boolean }
  return imChatPollingOnly ? [polling] : [webSocket, polling]
}

type Kind = typeof NodeWebSocket | typeof CarefulFetch

function optionsFor(gateway: string, query: Readonly<Record<string, unknown>>) {
  const page = typeof location === 'object' ? location : undefined
  const { origin, protocol, hostname, port, pathname } = new URL(gateway, page?.href)
  return {
    // The transports add the brackets of an IPv6 address again.
    hostname: hostname.replace(/[[\]]/g, ''),
    port,
    secure: protocol === 'https:',
    path: pathname.replace(/\/?$/, '/im/'),
    // Same origin only: a proxy that guards the site may need its cookie.
    withCredentials: origin === page?.origin,
    query,
    timestampRequests: true,
    timestampParam: 't',
    socket: { binaryType: 'arraybuffer' },
  }
}

function open(gateway: string, Kind: Kind, name: string, events: TransportEvents): Transport {
  const query: Record<string, unknown> = { EIO: 4, transport: name }
  const transport = new Kind(optionsFor(gateway, query))
  const waiting: { type: string; data: string | undefined }[] = []
  const write = (type: string, data: string | undefined): void => {
    waiting.push({ type, data })
    flush()
  }
  const flush = (): void => {
    if (transport.writable && waiting.length) transport.send(waiting.splice(0, BATCH_COUNT) as never)
  }
  const end = (reason: string): void => {
    transport.off()
    events.onClose(reason)
  }
  transport.on('drain', flush)
  transport.on('error', ({ message }) => end(message))
  transport.on('close', () => end('transport close'))
  transport.on('packet', ({ type, data }) => {
    events.onHeard()
    if (type === 'open') {
      const handshake = handshakeFrom(data)
      if (!handshake) return end('unreadable handshake')
      query.sid = handshake.sid
      events.onOpen(handshake.pingInterval + handshake.pingTimeout)
    } else if (type === 'message') events.onPacket(data)
    else if (type === 'ping') write('pong', data)
    else if (type === 'error') end('parser error')
  })
  // Opened later, because a socket that cannot be created reports that at once, and no event may precede the return.
  let isOver = false
  void Promise.resolve().then(() => isOver || transport.open())
  return {
    send: (packet) => write('message', packet),
    close() {
      isOver = true
      transport.off()
      transport.close()
    },
  }
}
