import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/** Reads a text where it lies; what is behind it is overwritten later. */
export type OnText = (bytes: Buffer, start: number, end: number) => void

/** What the load needs of a connection, whatever its transport. */
export interface Wire {
  send(text: string): void
  close(): void
}

const TEXT = 0x81
const CLOSE = 0x88
const PING = 0x89
const PONG = 0x8a
const MASKED = 0x80
/** Not zeros: unmasking is work, and servers leave it out where there is nothing to do. */
const MASK = [0x37, 0xfa, 0x21, 0x3d] as const

/** All sockets read into it, one after the other. */
const shared = Buffer.allocUnsafe(262_144)

/**
 * A TCP connection that is read without a Buffer and an event for each chunk: `take` gets what has come and returns how much of it is done. `onEnd`: the
 * server closes it; without one it throws, because no session of a bench may end by itself.
 */
export function dial(url: URL, take: (bytes: Buffer, end: number) => number, onEnd?: () => void): Promise<Socket> {
  let rest: Buffer | undefined
  const onRead = (count: number): boolean => {
    const bytes = rest === undefined ? shared : Buffer.concat([rest, shared.subarray(0, count)])
    const end = rest === undefined ? count : bytes.length
    const done = take(bytes, end)
    rest = done === end ? undefined : Buffer.from(bytes.subarray(done, end))
    return true
  }
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(url.port), host: url.hostname, noDelay: true, onread: { buffer: shared, callback: onRead } })
    socket.once('error', reject)
    socket.on('connect', () => {
      socket.off('error', reject).on('error', fail)
      resolve(socket)
    })
    // not where we destroy it
    socket.on('end', onEnd ?? (() => fail(new Error(`${url.host} closed a connection.`))))
  })
}

function fail(error: Error): never {
  throw error
}

/**
 * A WebSocket client that costs as little CPU as possible, so that a run measures the server: frames by hand, one write for all that a read
 * brings about. Not one for a turn of the event loop: then load and server wait for each other in turns, and neither core is ever full.
 */
export class FrameSocket implements Wire {
  readonly #onText: OnText
  #socket: Socket | undefined
  #isOpen: (() => void) | undefined
  #out: string[] = []

  private constructor(onText: OnText) {
    this.#onText = onText
  }

  static async open(url: URL, onText: OnText): Promise<FrameSocket> {
    const wire = new FrameSocket(onText)
    const opened = new Promise<void>((resolve) => (wire.#isOpen = resolve))
    wire.#socket = await dial(url, (bytes, end) => wire.#take(bytes, end))
    wire.#socket.write(
      `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    )
    await opened
    return wire
  }

  /** Latin-1. */
  send(text: string): void {
    if (this.#out.length === 0) process.nextTick(() => this.#flush())
    this.#out.push(text)
  }

  close(): void {
    this.#out = []
    this.#socket!.destroy()
  }

  #flush(): void {
    if (this.#out.length === 0) return
    const bytes = Buffer.allocUnsafe(this.#out.reduce((sum, { length }) => sum + headLength(length) + length, 0))
    let at = 0
    for (const text of this.#out) at = writeFrame(bytes, at, text)
    this.#out = []
    this.#socket!.write(bytes)
  }

  #take(bytes: Buffer, end: number): number {
    let at = 0
    if (this.#isOpen !== undefined) {
      at = bytes.subarray(0, end).indexOf('\r\n\r\n') + 4
      if (at < 4) return 0
      if (!bytes.toString('latin1', 0, at).startsWith('HTTP/1.1 101')) throw new Error(`No upgrade: ${bytes.toString('latin1', 0, end)}`)
      this.#isOpen()
      this.#isOpen = undefined
    }
    for (;;) {
      const left = end - at
      if (left < 2) return at
      const short = bytes[at + 1]!
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      if (left < head) return at
      const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
      if (left < head + length) return at
      const start = at + head
      if (bytes[at] === TEXT) this.#onText(bytes, start, start + length)
      else if (bytes[at] === PING) this.#pong(bytes.toString('latin1', start, start + length))
      else if (bytes[at] === CLOSE) throw new Error(`Closed: ${bytes.toString('utf8', start + 2, start + length)}`)
      at = start + length
    }
  }

  #pong(text: string): void {
    const bytes = Buffer.allocUnsafe(headLength(text.length) + text.length)
    writeFrame(bytes, 0, text)
    bytes[0] = PONG
    this.#socket!.write(bytes)
  }
}

const headLength = (length: number): number => (length < 126 ? 6 : 8)

/** Returns where the frame ends. */
function writeFrame(bytes: Buffer, at: number, text: string): number {
  const { length } = text
  const start = at + headLength(length)
  bytes[at] = TEXT
  if (length < 126) bytes[at + 1] = MASKED | length
  else {
    bytes[at + 1] = MASKED | 126
    bytes.writeUInt16BE(length, at + 2)
  }
  for (let i = 0; i < 4; i++) bytes[start - 4 + i] = MASK[i]!
  bytes.write(text, start, 'latin1')
  for (let i = 0; i < length; i++) bytes[start + i]! ^= MASK[i & 3]!
  return start + length
}
