import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const TEXT = 0x81
const PING = 0x89
const MASKED = 0x80

/**
 * A WebSocket client that costs as little CPU as possible, so that a run measures the server: hand-made frames with a mask of
 * zeros (legal, and nothing to compute), one write for all frames of an event loop turn, incoming text as latin1.
 */
export class FrameSocket {
  readonly #socket: Socket
  readonly #onText: (text: string) => void
  #rest: Buffer | undefined
  #out: Buffer[] = []

  private constructor(socket: Socket, onText: (text: string) => void) {
    this.#socket = socket
    this.#onText = onText
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#take(chunk))
  }

  static async open(url: URL, onText: (text: string) => void): Promise<FrameSocket> {
    const socket = connect(Number(url.port), url.hostname)
    await once(socket, 'connect')
    socket.write(
      `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    )
    const [head] = (await once(socket, 'data')) as [Buffer]
    if (!head.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(`No upgrade: ${head.toString()}`)
    return new FrameSocket(socket, onText)
  }

  send(text: string): void {
    if (this.#out.length === 0) setImmediate(() => this.#flush())
    this.#out.push(frame(TEXT, Buffer.from(text, 'latin1')))
  }

  close(): void {
    this.#socket.destroy()
  }

  #flush(): void {
    const out = this.#out
    this.#out = []
    this.#socket.write(out.length === 1 ? out[0]! : Buffer.concat(out))
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    for (;;) {
      const left = bytes.length - at
      if (left < 2) break
      const short = bytes[at + 1]!
      const headLength = short < 126 ? 2 : short === 126 ? 4 : 10
      if (left < headLength) break
      const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
      if (left < headLength + length) break
      const start = at + headLength
      at = start + length
      if (bytes[start - headLength] === TEXT) this.#onText(bytes.toString('latin1', start, at))
      else if (bytes[start - headLength] === PING) this.#socket.write(frame(0x8a, bytes.subarray(start, at)))
    }
    this.#rest = at === bytes.length ? undefined : bytes.subarray(at)
  }
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const headLength = length < 126 ? 6 : 8
  const bytes = Buffer.alloc(headLength + length)
  bytes[0] = opcode
  if (length < 126) {
    bytes[1] = MASKED | length
  } else {
    bytes[1] = MASKED | 126
    bytes.writeUInt16BE(length, 2)
  }
  payload.copy(bytes, headLength)
  return bytes
}
