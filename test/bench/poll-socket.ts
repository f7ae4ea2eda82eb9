import type { Socket } from 'node:net'
import { dial, type OnText, type Wire } from './frame-socket.ts'

const BETWEEN = 0x1e
const HEAD_END = '\r\n\r\n'

/** One HTTP/1.1 connection that is kept, with one request at a time, and answers of known length. */
class HttpConnection {
  readonly #socket: Socket
  readonly #host: string

  private constructor(socket: Socket, host: string) {
    this.#socket = socket
    this.#host = host
  }

  static async open(url: URL, onAnswer: OnText, onEnd?: () => void): Promise<HttpConnection> {
    return new HttpConnection(await dial(url, (bytes, end) => takeAnswers(bytes, end, onAnswer), onEnd), url.host)
  }

  get(path: string): void {
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n\r\n`, 'latin1')
  }

  /** Latin-1. */
  post(path: string, body: string): void {
    const head = `POST ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: ${body.length}\r\n\r\n`
    this.#socket.write(head + body, 'latin1')
  }

  close(): void {
    this.#socket.destroy()
  }
}

function takeAnswers(bytes: Buffer, end: number, onAnswer: OnText): number {
  let at = 0
  for (;;) {
    const headEnd = bytes.indexOf(HEAD_END, at)
    if (headEnd < 0 || headEnd + HEAD_END.length > end) return at
    const head = bytes.toString('latin1', at, headEnd)
    const start = headEnd + HEAD_END.length
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1])
    if (!head.startsWith('HTTP/1.1 200') || Number.isNaN(length)) throw new Error(`Polling: ${bytes.toString('latin1', at, end)}`)
    if (start + length > end) return at
    onAnswer(bytes, start, start + length)
    at = start + length
  }
}

/** engine.io's long polling as a browser does it: a GET that waits, and beside it one POST at a time with all that has gathered. */
export class PollSocket implements Wire {
  readonly #url: URL
  readonly #onText: OnText
  #path: string
  #gets: HttpConnection | undefined
  #posts: HttpConnection | undefined
  #onOpened: (() => void) | undefined
  #out: string[] = []
  #isPosting = false

  private constructor(url: URL, onText: OnText) {
    this.#url = url
    this.#path = (url.pathname + url.search).replace('transport=websocket', 'transport=polling')
    this.#onText = onText
  }

  /** `url`: that of a WebSocket. */
  static async open(url: URL, onText: OnText): Promise<PollSocket> {
    const wire = new PollSocket(url, onText)
    const opened = new Promise<void>((resolve) => (wire.#onOpened = resolve))
    wire.#gets = await HttpConnection.open(url, (bytes, start, end) => wire.#onPolled(bytes, start, end))
    wire.#gets.get(wire.#path)
    await opened
    return wire
  }

  send(text: string): void {
    if (this.#out.length === 0 && !this.#isPosting) setImmediate(() => void this.#post())
    this.#out.push(text)
  }

  close(): void {
    this.#out = []
    this.#gets!.close()
    this.#posts?.close()
  }

  #onPolled(bytes: Buffer, start: number, end: number): void {
    if (this.#onOpened !== undefined) {
      const { sid } = JSON.parse(bytes.toString('utf8', start + 1, end)) as { sid: string }
      this.#path += `&sid=${sid}`
      this.#onOpened()
      this.#onOpened = undefined
      return this.#gets!.get(this.#path)
    }
    this.#gets!.get(this.#path)
    for (let at = start; at < end;) {
      const next = bytes.indexOf(BETWEEN, at)
      const until = next < 0 || next > end ? end : next
      this.#onText(bytes, at, until)
      at = until + 1
    }
  }

  #onPosted(): void {
    this.#isPosting = false
    if (this.#out.length > 0) void this.#post()
  }

  async #post(): Promise<void> {
    if (this.#isPosting || this.#out.length === 0) return
    this.#isPosting = true
    // servers close a connection without a request for some seconds
    this.#posts ??= await HttpConnection.open(
      this.#url,
      () => this.#onPosted(),
      () => this.#onPostsEnd(),
    )
    this.#posts.post(this.#path, this.#out.join('\x1e'))
    this.#out = []
  }

  #onPostsEnd(): void {
    if (this.#isPosting) throw new Error(`${this.#url.host} closed a connection with a request under way.`)
    this.#posts = undefined
  }
}
