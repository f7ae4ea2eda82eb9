/**
 * One packet on its way to any number of peers. Each wire form is made once and shared:
 * a text for polling, and one WebSocket frame (header and payload in one buffer) a door.
 */
const ENGINE_MESSAGE = '4'
const PUSH_HEAD = Buffer.from('2[')
const VOLATILE_HEADS = [Buffer.from('2["typingPush"'), Buffer.from('2["viewingPush"')]

export class EncodedPacket {
  readonly bytes: Buffer
  #text: string | undefined
  #rawFrame: Buffer | undefined
  #engineFrame: Buffer | undefined

  constructor(packet: Buffer | string) {
    this.bytes = typeof packet === 'string' ? Buffer.from(packet) : packet
    if (typeof packet === 'string') this.#text = packet
  }

  get text(): string {
    return (this.#text ??= this.bytes.toString())
  }

  /** As a frame of the raw door. */
  get rawFrame(): Buffer {
    return (this.#rawFrame ??= textFrame('', this.bytes))
  }

  /** As a frame of the engine.io door. */
  get engineFrame(): Buffer {
    return (this.#engineFrame ??= textFrame(ENGINE_MESSAGE, this.bytes))
  }

  /** Nobody misses it when the line is slow. */
  get isVolatile(): boolean {
    return VOLATILE_HEADS.some((head) => this.#begins(head))
  }

  /** On a side's own channel: already as clients get it, not a notice (notice.ts) that a push is made of. */
  get isPush(): boolean {
    return this.#begins(PUSH_HEAD)
  }

  #begins(head: Buffer): boolean {
    return this.bytes.length >= head.length && this.bytes.compare(head, 0, head.length, 0, head.length) === 0
  }
}

/** A final, unmasked WebSocket text frame (RFC 6455, 5.2); `prefix` is ASCII. */
function textFrame(prefix: string, payload: Buffer): Buffer {
  const length = prefix.length + payload.length
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(headerLength + length)
  frame[0] = 0x81
  if (headerLength === 2) {
    frame[1] = length
  } else if (headerLength === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(prefix, headerLength, 'latin1')
  payload.copy(frame, headerLength + prefix.length)
  return frame
}
