/**
 * Most of what clients send are whole, short text frames. ws makes six buffers and an event of each; this reads them in their place. Everything
 * else goes on to ws, unchanged and in its order: frames in pieces, long ones, control frames, binary, and whatever breaks a rule (RFC 6455).
 */
import { isUtf8 } from 'node:buffer'
import { Writable } from 'node:stream'
import type { WebSocket } from 'ws'

/** Private fields of ws's receiver. It is at rest between two messages, as long as it has no byte of the next one. */
export interface Receiver {
  write(chunk: Buffer): boolean
  readonly _state: number
  readonly _bufferedBytes: number
  readonly _fragmented: number
  readonly _opcode: number
  readonly _errored: boolean
}

const AT_REST = 0
/** Final, text, without compression. */
const WHOLE_TEXT = 0x81
const CLOSE = 8
const MASKED = 0x80
const LENGTH_16 = 126

export interface TextReader {
  onText(text: string): void
}

const READER = Symbol('reader')

interface Read extends Receiver {
  [READER]: TextReader
}

/** From now on `reader` gets the socket's whole text frames, and the socket emits `message` for the other messages only. */
export function readTextFrames(socket: WebSocket, reader: TextReader): void {
  readTexts((socket as unknown as { readonly _receiver: Receiver })._receiver, reader)
}

export function readTexts(receiver: Receiver, reader: TextReader): void {
  ;(receiver as Read)[READER] = reader
  receiver.write = write
}

const pass = Writable.prototype.write as Receiver['write']

/** One function for all receivers, because a closure would cost memory for each session. */
function write(this: Receiver, chunk: Buffer): boolean {
  const end = isAtRest(this) ? endOfTexts(chunk, (this as Read)[READER]) : 0
  return end === chunk.length || pass.call(this, end === 0 ? chunk : chunk.subarray(end))
}

/** Nothing is read after a close frame or a fault. */
const isAtRest = ({ _state: state, _bufferedBytes: buffered, _fragmented: fragmented, _opcode: opcode, _errored: isErrored }: Receiver): boolean =>
  state === AT_REST && buffered === 0 && fragmented === 0 && opcode !== CLOSE && isErrored === false

/** Delivers the whole text frames that the chunk begins with. Returns where they end. */
function endOfTexts(chunk: Buffer, reader: TextReader): number {
  let at = 0
  while (chunk.length - at >= 6 && chunk[at] === WHOLE_TEXT) {
    let length = chunk[at + 1]! - MASKED
    let maskAt = at + 2
    if (length === LENGTH_16) {
      length = chunk.readUInt16BE(maskAt)
      maskAt += 2
    } else if (length < 0 || length > LENGTH_16) break
    const end = maskAt + 4 + length
    if (end > chunk.length) break
    const text = unmasked(chunk, maskAt, end)
    if (text === undefined) break
    at = end
    reader.onText(text)
  }
  return at
}

/** The text behind the mask at `maskAt`; undefined where it is not UTF-8: then the chunk is as it was, for ws to refuse it. */
function unmasked(chunk: Buffer, maskAt: number, end: number): string | undefined {
  const start = maskAt + 4
  if (unmask(chunk, maskAt, end) < 0x80) return chunk.toString('latin1', start, end)
  if (isUtf8(chunk.subarray(start, end))) return chunk.toString('utf8', start, end)
  unmask(chunk, maskAt, end)
  return undefined
}

/** Removes the mask, or puts it on again. Returns the OR of all bytes: below 0x80 the text is ASCII. */
function unmask(chunk: Buffer, maskAt: number, end: number): number {
  let bits = 0
  for (let at = maskAt + 4, turn = 0; at < end; at++, turn = (turn + 1) & 3) bits |= chunk[at] = chunk[at]! ^ chunk[maskAt + turn]!
  return bits
}
