/**
 * The long-polling transport of an Engine.IO session, in place of engine.io's own, which takes several times as long for a request.
 *
 *   GET    a poll: waits until there are packets, and is answered with all of them. A client has one at a time
 *   POST   brings packets. Its answer may be held for a moment, until its commands are answered (`onPosted`): so the client's next POST brings all
 *          that these answers let it say, in place of two POSTs
 *
 * A POST may have a number in its query, `n=1`, 2, … within the session. A client whose POST was not answered sends it again under the same number, and
 * it is carried out once; so a lost request does not end the session, whatever commands it holds. The answer is the number instead of `ok`, which tells
 * the client that this gateway knows numbers.
 *
 * Engine.IO ends a session when a POST breaks off, or comes while another one is being read. Both happen when a network loses a request, and here a
 * numbered POST is simply forgotten until it comes again. One that comes before its predecessor, or after the session has ended, is refused with 400,
 * because its number as the answer would say that it was carried out.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzip } from 'node:zlib'
import { parser, Transport } from 'engine.io'
import { LIMITS } from '../protocol/limits.ts'
import { MESSAGE } from './engine-websocket.ts'
import type { QueriedRequest } from './engine-query.ts'
import { readBody } from './read-body.ts'

type Packets = Parameters<Transport['send']>[0]
/** A request as engine.io hands it over, with its response. */
export type PollingRequest = QueriedRequest & { res?: ServerResponse | null }

/** Engine.IO's close packet. A client that closes sends it although another POST is under way, which may be lost. */
const CLOSE = '1'
/** Stands between the packets of a payload. */
const SEPARATOR = '\x1e'
/** An answer of so many bytes is compressed, if the client can read that. */
const COMPRESSED_BYTES = 1024
/** How long a session that ends waits for a poll that takes its close packet. */
const CLOSE_MS = 30_000

export class LongPolling extends Transport {
  /** Set by engine.io. */
  maxHttpBufferSize: number = LIMITS.lineBytes
  /** Called after the packets of a POST, with what answers it. */
  onPosted: (answer: () => void) => void = (answer) => answer()
  /** Called in place of handling a payload of more than `limits.payloadCount` packets. */
  onFlood: () => void = () => undefined
  /** The answer to a poll, while the poll waits or its answer is being sent. */
  res: ServerResponse | undefined
  #poll: IncomingMessage | undefined
  #isAnswered = false
  /** Called when the answer has left; undefined: engine.io gets `drain`. */
  #onTaken: (() => void) | undefined
  /** The POST without a number that is being read. */
  #post: IncomingMessage | undefined
  #takenNumber = 0
  /** Set while a session that ends waits for a poll; called when that takes the close packet. */
  #onCloseSent: (() => void) | undefined

  get name(): string {
    return 'polling'
  }

  override onRequest(request: PollingRequest): void {
    const response = request.res!
    // engine.io keeps the request that opened the session in memory, and would keep its response
    request.res = null
    if (request.method === 'GET') this.#onPoll(request, response)
    else if (request.method === 'POST') this.#onPost(request, response)
    else response.writeHead(500).end()
  }

  #onPoll(request: IncomingMessage, response: ServerResponse): void {
    if (this.res !== undefined) {
      this.onError('overlap from client')
      return void response.writeHead(400).end()
    }
    this.#poll = request
    this.res = response
    this.#isAnswered = false
    const onClose = (): void => this.#onPollClosed(response)
    response.once('close', onClose)
    // a request behind others on its connection has no socket until its turn; if the connection closes before, only the request gets `close`
    if (response.socket === null) request.once('close', onClose)
    this.writable = true
    this.emit('ready')
    if (this.writable && this.#onCloseSent !== undefined) this.send([{ type: 'noop' }])
  }

  /**
   * Only now is the answer reported as written: a client's untaken bytes count as long as they wait here, and one that polls over another
   * connection each time cannot have any number of answers waiting.
   */
  #onPollClosed(response: ServerResponse): void {
    if (this.res !== response) return
    if (!this.#isAnswered) this.onError('poll connection closed prematurely')
    this.res = undefined
    this.#poll = undefined
    const onTaken = this.#onTaken
    this.#onTaken = undefined
    if (onTaken !== undefined) onTaken()
    else if (this.#isAnswered) this.emit('drain')
  }

  #onPost(request: QueriedRequest, response: ServerResponse): void {
    const number = numberOf(request)
    const mostBytes = this.maxHttpBufferSize
    if (number !== undefined) return readBody(request, { response, mostBytes, onRead: (payload) => this.#takeNumbered(number, payload, response) })
    if (this.#post !== undefined || request.headers['content-type'] === 'application/octet-stream') {
      this.onError(this.#post === undefined ? 'invalid content' : 'data request overlap from client')
      return void response.writeHead(400).end()
    }
    this.#post = request
    const onEnd = (): void => {
      this.#post = undefined
    }
    const onRead = (payload: string): void => {
      onEnd()
      this.onData(payload)
      this.onPosted(() => answerPost(response, 'ok'))
    }
    const onBrokenOff = (): void => {
      onEnd()
      this.onError('data request connection closed prematurely')
    }
    readBody(request, { response, mostBytes, onRead, onBrokenOff, onTooLong: onEnd })
  }

  #takeNumbered(number: number, payload: string, response: ServerResponse): void {
    const isEarly = number > this.#takenNumber + 1 && payload !== CLOSE
    if (isEarly || this.readyState === 'closed') return void response.writeHead(400).end()
    if (number > this.#takenNumber) {
      this.#takenNumber = number
      this.onData(payload)
    }
    this.onPosted(() => answerPost(response, String(number)))
  }

  /** The whole payload is decoded before its first packet is handled: 2 MB of small packets would block the node for seconds. */
  override onData(payload: string): void {
    if (hasMorePackets(payload, LIMITS.payloadCount)) return this.onFlood()
    for (const packet of parser.decodePayload(payload)) {
      if (packet.type === 'close') this.onClose()
      else this.onPacket(packet)
    }
  }

  override onClose(): void {
    if (this.writable) this.send([{ type: 'noop' }])
    super.onClose()
  }

  /** To be called while a poll waits. */
  override send(packets: Packets): void {
    this.writable = false
    const onCloseSent = this.#onCloseSent
    if (onCloseSent !== undefined) {
      this.#onCloseSent = undefined
      packets.push({ type: 'close' })
      onCloseSent()
    }
    const mayCompress = packets.some(({ options }) => options?.compress === true)
    parser.encodePayload(packets, (payload) => this.#answer(payload, mayCompress))
  }

  /** Like `send`, for messages, which need no packet objects of engine.io. `onTaken` is called when the answer has left. */
  sendTexts(texts: readonly string[], onTaken: () => void): void {
    this.writable = false
    this.#onTaken = onTaken
    this.#answer(MESSAGE + texts.join(SEPARATOR + MESSAGE), true)
  }

  #answer(payload: string, mayCompress: boolean): void {
    const response = this.res!
    const length = Buffer.byteLength(payload)
    this.#isAnswered = true
    if (!mayCompress || length < COMPRESSED_BYTES || !takesGzip(this.#poll!)) return answerPoll(response, payload, length)
    gzip(payload, (_error, compressed) => {
      // where gzip fails, for want of memory, the answer goes as it is
      if (compressed === undefined) answerPoll(response, payload, length)
      else answerPoll(response.setHeader('Content-Encoding', 'gzip'), compressed, compressed.length)
    })
  }

  override doClose(onClosed: () => void = () => undefined): void {
    this.#post?.destroy()
    const end = (): void => {
      clearTimeout(timer)
      onClosed()
      this.onClose()
    }
    let timer: NodeJS.Timeout | undefined
    if (this.writable) this.send([{ type: 'close' }])
    else if (!this.discarded) {
      this.#onCloseSent = end
      timer = setTimeout(end, CLOSE_MS)
      return
    }
    end()
  }
}

function answerPoll(response: ServerResponse, payload: string | Buffer, length: number): void {
  // else a page in another charset would read the text in that one
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=UTF-8', 'Content-Length': length, 'Cache-Control': 'no-store' }).end(payload)
}

function answerPost(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': text.length, 'Cache-Control': 'no-store' }).end(text)
}

function numberOf({ _query }: QueriedRequest): number | undefined {
  const number = Number(_query?.['n'])
  return Number.isSafeInteger(number) && number > 0 ? number : undefined
}

/** Whether the payload has more than `most` packets; looks no further. */
function hasMorePackets(payload: string, most: number): boolean {
  let at = -1
  for (let count = 0; count < most; count++) {
    at = payload.indexOf(SEPARATOR, at + 1)
    if (at < 0) return false
  }
  return true
}

const takesGzip = ({ headers }: IncomingMessage): boolean =>
  (headers['accept-encoding'] ?? '')
    .toString()
    .split(',')
    .some((offer) => {
      const [name, quality] = offer.split(';').map((part) => part.trim())
      return name === 'gzip' && (quality === undefined || Number(quality.slice('q='.length)) > 0)
    })
