import { Fetch, NodeWebSocket } from 'engine.io-client'
import { boundedText } from '../bounded-text.ts'
import { handshakeFrom } from '../incoming.ts'
import { outsideZone } from '../outside-zone.ts'
import type { Transport, TransportEvents, TransportPort } from '../transport.ts'
import type { TransportName } from '../types.ts'

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

/** What any gateway may get twice: a hello, a goodbye, a pong. */
const REPEATABLE = /^(?:3|4[01])/
const SEPARATOR = '\x1e'

/** The subprotocol with which a gateway says that it took the hello out of the next one. */
const TAKES_HELLO = 'im-chat.hello'
/** A proxy takes 8 kB of one header, and a gateway 64 kB of one packet. */
const HEADER_LENGTH = 4000
const BODY_LENGTH = 16_000

/**
 * Repeats a lost request within the session, because losing the session costs a handshake and a hello, which may get lost as well. Each POST says its
 * number in the session, and a gateway that knows numbers carries it out once; another one gets a POST again only if everything in it is REPEATABLE.
 * The answer to a lost poll may have held packets that are gone: `onGap`. Also reports a connection that breaks off within a response, which `Fetch` leaves to the console, and aborts the requests of a session that was given up, because a browser has few
 * connections to one host.
 */
class CarefulFetch extends Fetch {
  /** Absent in engines before 2018: their requests end by themselves. */
  readonly #abort = typeof AbortController === 'function' ? new AbortController() : undefined

  onGap = (): void => {}
  /** The handshake was answered. */
  isOpened = false
  /** To be sent with the handshake. */
  hello: string | undefined
  isGreeted = false
  #postCount = 0
  /** The gateway has answered with the number of a POST, or took a hello with the handshake, which is as old. */
  #knowsNumbers = false

  /** In a task of its own, which a page that was left has no more: there the requests are over, and Chromium 67 crashes in `abort`. */
  abort(): void {
    setTimeout(() => this.#abort?.abort())
  }

  /** The gateway answers the poll when it reads the goodbye. What is still unanswered then is lost. */
  abortSoon(): void {
    if (this.writable) this.once('drain', () => this.abort())
    setTimeout(() => this.abort(), ABORT_MS)
  }

  override doPoll(): void {
    this.#askPoll().then(
      (text) => this.onData(text),
      (error: unknown) => this.onError('fetch read error', error),
    )
  }

  override doWrite(data: string, onWritten: () => void): void {
    const number = String(++this.#postCount)
    this.#ask(`&n=${number}`, data).then(
      (answer) => {
        this.#knowsNumbers = answer === number
        onWritten()
      },
      (error: unknown) => this.onError('fetch write error', error),
    )
  }

  /** A gateway that does not know the hello of a handshake refuses the POST; 429 is for this visitor, however the session is opened. */
  async #askPoll(): Promise<string> {
    const { hello } = this
    this.hello = undefined
    if (hello === undefined) return this.#ask('')
    try {
      const answer = await this.#ask('&hello=1', `4${hello}`)
      this.isGreeted = this.#knowsNumbers = true
      return answer
    } catch (error) {
      if (error === 429 || isLost(error)) throw error
      return this.#ask('')
    }
  }

  #ask(suffix: string, data?: string, failures = 0): Promise<string> {
    return this.#askOnce(suffix, data).catch(async (error: unknown) => {
      const pauseMs = REPEAT_PAUSES_MS[failures]
      // A handshake is repeated at once or not at all: a gateway that restarts would be found by polling before the WebSocket is tried again.
      const isOver = pauseMs === undefined || (pauseMs > 0 && !this.isOpened)
      if (this.#abort?.signal.aborted || !isLost(error) || isOver) throw error
      if (data === undefined) this.onGap()
      else if (!this.#knowsNumbers && !data.split(SEPARATOR).every((packet) => REPEATABLE.test(packet))) throw error
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
      return this.#ask(suffix, data, failures + 1)
    })
  }

  async #askOnce(suffix: string, data: string | undefined): Promise<string> {
    const isPost = data !== undefined
    const response = await fetch(this.uri() + suffix, {
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
  const port = (name: TransportName, Kind: Kind): TransportPort => {
    const early = { mayGreet: true }
    return { name, open: (events, hello) => outsideZone(() => open({ gateway, Kind, name, events, hello, early })) }
  }
  const webSocket = port('websocket', NodeWebSocket)
  const polling = port('polling', CarefulFetch)
  // Set by the script for engines with an unreliable WebSocket (legacy/small-polyfills.ts).
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

type Options = ReturnType<typeof optionsFor> & { protocols?: string[] | undefined }

interface OpenOptions {
  readonly gateway: string
  readonly Kind: Kind
  readonly name: TransportName
  readonly events: TransportEvents
  readonly hello: (() => string | undefined) | undefined
  /** Some proxies fail a WebSocket that names subprotocols: after one that failed with a hello the next goes without, and the other way round. */
  readonly early: { mayGreet: boolean }
}

function open({ gateway, Kind, name, events, hello, early }: OpenOptions): Transport {
  const query: Record<string, unknown> = { EIO: 4, transport: name }
  const options: Options = optionsFor(gateway, query)
  const transport = new Kind(options)
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
    if (query.sid === undefined) early.mayGreet = options.protocols === undefined
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
      events.onOpen(handshake.pingInterval + handshake.pingTimeout, isGreeted(transport))
    } else if (type === 'message') events.onPacket(data)
    else if (type === 'ping') write('pong', data)
    else if (type === 'error') end('parser error')
  })
  // Opened later, because a socket that cannot be created reports that at once, and no event may precede the return.
  let isOver = false
  void Promise.resolve().then(() => {
    if (isOver) return
    carryHello(transport, options, early.mayGreet ? hello?.() : undefined)
    transport.open()
  })
  return {
    send: (packet) => write('message', packet),
    close() {
      isOver = true
      transport.off()
      if (transport instanceof CarefulFetch) transport.abortSoon()
      transport.close()
    },
  }
}

function carryHello(transport: InstanceType<Kind>, options: Options, packet: string | undefined): void {
  if (transport instanceof CarefulFetch) transport.hello = packet && packet.length < BODY_LENGTH ? packet : undefined
  else options.protocols = packet ? protocolsWith(packet) : undefined
}

/** Whether the gateway took the hello that went along with the handshake. */
const isGreeted = (transport: InstanceType<Kind>): boolean =>
  transport instanceof CarefulFetch ? transport.isGreeted : (transport as unknown as { ws: WebSocket }).ws.protocol === TAKES_HELLO

/** A header takes ASCII only, and a subprotocol neither `+`, `/` nor `=`. */
function protocolsWith(hello: string): string[] | undefined {
  const json = hello.slice(1).replace(/[\u0080-\uffff]/g, (sign) => `\\u${(0x10000 + sign.charCodeAt(0)).toString(16).slice(1)}`)
  const text = btoa(json).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
  return text.length < HEADER_LENGTH ? ['im-chat', TAKES_HELLO, text] : undefined
}
