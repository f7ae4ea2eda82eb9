import { Fetch, NodeWebSocket } from 'engine.io-client'
import { boundedText } from '../bounded-text.ts'
import { handshakeFrom } from '../incoming.ts'
import type { Transport, TransportEvents, TransportPort } from '../transport.ts'

/** Of the biggest packets there are, so many stay far below what the gateway takes in one POST. */
const BATCH_COUNT = 8

/** More than four times what the gateway sends at once at the most. */
const ANSWER_BYTES = 8_388_608

/** A connection that breaks off inside an answer would be told to nobody but the console. */
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
 * Engine.IO v4 at `<gateway>/im/`, by engine.io-client's transports without its `Socket`: order of transports, deadlines,
 * silence and the way back belong to connection.ts and attempt.ts. Each transport is a session of its own and never upgrades.
 * `NodeWebSocket` is the browser's own in a browser bundle (the package's "browser" map).
 */
export const engineIoPorts = (gateway: string): readonly TransportPort[] => {
  const webSocket: TransportPort = { name: 'websocket', open: (events) => open(gateway, NodeWebSocket, 'websocket', events) }
  const polling: TransportPort = { name: 'polling', open: (events) => open(gateway, CarefulFetch, 'polling', events) }
  // Said by the script for engines whose WebSocket cannot be relied on (legacy/gaps.ts).
  const { imChatPollingOnly } = globalThis as { readonly imChatPollingOnly?: boolean }
  return imChatPollingOnly ? [polling] : [webSocket, polling]
}

type Kind = typeof NodeWebSocket | typeof CarefulFetch

function optionsFor(gateway: string, query: Readonly<Record<string, unknown>>) {
  const page = typeof location === 'object' ? location : undefined
  const { origin, protocol, hostname, port, pathname } = new URL(gateway, page?.href)
  return {
    // They put the brackets of an IPv6 address back.
    hostname: hostname.replace(/[[\]]/g, ''),
    port,
    secure: protocol === 'https:',
    path: pathname.replace(/\/?$/, '/im/'),
    // What guards a whole site, a proxy's cookie, comes along; nothing is sent to strangers.
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
  // Later, because a socket that cannot be made says so at once, and nobody may be told before this has returned.
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
