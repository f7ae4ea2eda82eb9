/**
 * One packet for any number of peers, with the kind of push it is. Each wire form is made once and shared: a text for polling, and one WebSocket
 * frame (header and payload in one buffer) for each door.
 */
import type { Message } from '../protocol/model.ts'
import { encodePacket } from '../protocol/packet.ts'
import { messagePacket, type PushHead } from '../protocol/packets.ts'
import { VOLATILE_PUSHES, type Push, type PushData } from '../protocol/pushes.ts'

const ENGINE_MESSAGE = '4'

export class EncodedPacket {
  /** Absent for answers, and for the JSON objects of a side's channel (side-message.ts), which are never sent to clients unchanged. */
  readonly push: PushHead | undefined
  /** May be dropped while the client is slow. */
  readonly isVolatile: boolean
  #bytes: Buffer | undefined
  #text: string | undefined
  #rawFrame: Buffer | undefined
  #engineFrame: Buffer | undefined

  constructor(packet: Buffer | string, push?: PushHead) {
    if (typeof packet === 'string') this.#text = packet
    else this.#bytes = packet
    this.push = push
    this.isVolatile = push !== undefined && VOLATILE_PUSHES.has(push.kind)
  }

  get bytes(): Buffer {
    return (this.#bytes ??= Buffer.from(this.#text!))
  }

  get bytesCount(): number {
    return this.#bytes?.length ?? Buffer.byteLength(this.#text!)
  }

  get text(): string {
    return (this.#text ??= this.bytes.toString())
  }

  /** As a frame of the raw door. */
  get rawFrame(): Buffer {
    return (this.#rawFrame ??= textFrame('', this.#bytes ?? this.#text!))
  }

  /** As a frame of the engine.io door. */
  get engineFrame(): Buffer {
    return (this.#engineFrame ??= textFrame(ENGINE_MESSAGE, this.#bytes ?? this.#text!))
  }
}

export const encodePush = <P extends Push>(kind: P, data: PushData<P>): EncodedPacket =>
  new EncodedPacket(encodePacket({ type: 'event', name: kind, args: [data] }), { kind })

export const encodeMessage = (message: Message): EncodedPacket => new EncodedPacket(messagePacket(message), { kind: 'messagePush', seq: message.seq })

/** A final, unmasked WebSocket text frame (RFC 6455, 5.2); `prefix` is ASCII. A text is encoded in its place in the frame. */
function textFrame(prefix: string, payload: Buffer | string): Buffer {
  const length = prefix.length + (typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length)
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
  const start = headerLength + prefix.length
  frame.write(prefix, headerLength, 'latin1')
  if (typeof payload === 'string') frame.write(payload, start)
  else payload.copy(frame, start)
  return frame
}
