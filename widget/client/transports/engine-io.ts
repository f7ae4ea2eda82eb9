import { Fetch, NodeWebSocket } from 'engine.io-client'
import { boundedText } from '../bounded-text.ts'
import { handshakeFrom } from '../incoming.ts'
import type { Transport, TransportEvents, TransportPort } from '../transport.ts'

/** This many packets of the largest size stay far below the gateway's limit for one POST. */
const BATCH_COUNT = 8

/** How long the goodbye of a closed session may take. */
const ABORT_MS = 2000

/** More than four times the most that the gateway sends at once. */
const ANSWER_BYTES = 8_388_608

/** Statuses of a proxy that did not reach the gateway, and of a network error. Any other answer is the gateway's own, and final. */
const isLost = (error: unknown): boolean => typeof error !== 'number' || (error > 501 && error < 505)

/** Before each repetition of a lost request. */
const REPEAT_PAUSES_MS = [0, 200, 600]

/** What may arrive twice: a hello, a goodbye, a pong, and commands that change nothing when they are repeated. A message is known by its client id. */
const REPEATABLE = /^(?:3|4[01]|42\d*\["(?:send|delivered|read|typing|history|conversations|presence|search)")/
const SEPARATOR = '\x1e'

/**
 * Repeats a lost request within the session, because losing the session costs a handshake and a hello, which may get lost as well. A POST is
 * repeated only if everything in it is REPEATABLE. The answer to a lost poll may have held packets that are gone: `onGap`. Also reports a connection that breaks
 * off within a response, which `Fetch` leaves to the console, and aborts the requests of a session that was given up, because a browser has few
 * connections to one host.
 */
class CarefulFetch extends Fetch {
  /** Absent in engines before 2018: their requests end by themselves. */
  readonly #abort = typeof AbortController === 'function' ? new AbortController() : undefined

  onGap = (): void => {}
  /** The handshake was answered. */
  isOpened = false

  abort(): void {
    this.#abort?.abort()
  }

  override doPoll(): void {
    this.#ask().then(
      (text) => this.onData(text),
      (error: unknown) => this.onError('fetch read error', error),
    )
  }

  override doWrite(data: string, onWritten: () => void): void {
    this.#ask(data).then(onWritten, (error: unknown) => this.onError('fetch write error', error))
  }

  #ask(data?: string, failures = 0): Promise<string> {
    return this.#askOnce(data).catch(async (error: unknown) => {
      const pauseMs = REPEAT_PAUSES_MS[failures]
      // A handshake is repeated at once or not at all: a gateway that restarts would be found by polling before the WebSocket is tried again.
      const isOver = pauseMs === undefined || (pauseMs > 0 && !this.isOpened)
      if (this.#abort?.signal.aborted || !isLost(error) || isOver) throw error
      if (data === undefined) this.onGap()
      else if (!data.split(SEPARATOR).every((packet) => REPEATABLE.test(packet))) throw error
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
      return this.#ask(data, failures + 1)
    })
  }

  async #askOnce(data: string | undefined): Promise<string> {
    const isPost = data !== undefined
    const response = await fetch(this.uri(), {
      method: isPost ? 'POST' : 'GET',
      credentials: this.opts.withCredentials ? 'include' : 'omit',
      ...(isPost && { body: data, headers: { 'content-type': 'text/plain;charset=UTF-8' } }),
      ...(this.#abort && { signal: this.#abort.signal }),
    })
    if (!response.ok) throw response.status
    return boundedText(response, ANSWER_BYTES)
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
    if (transport instanceof CarefulFetch) transport.abort()
    events.onClose(reason)
  }
  // Before the handshake was answered nothing can have been sent to this session.
  if (transport instanceof CarefulFetch) transport.onGap = () => transport.isOpened && events.onGap?.()
  transport.on('drain', flush)
  transport.on('error', ({ message }) => end(message))
  transport.on('close', () => end('transport close'))
  transport.on('packet', ({ type, data }) => {
    events.onHeard()
    if (type === 'open') {
      const handshake = handshakeFrom(data)
      if (!handshake) return end('unreadable handshake')
      query.sid = handshake.sid
      if (transport instanceof CarefulFetch) transport.isOpened = true
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
      if (!(transport instanceof CarefulFetch)) return void transport.close()
      // The gateway answers the poll when it reads the goodbye. What is still unanswered then is lost.
      if (transport.writable) transport.once('drain', () => transport.abort())
      setTimeout(() => transport.abort(), ABORT_MS)
      transport.close()
    },
  }
}
