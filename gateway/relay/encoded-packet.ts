/**
 * One packet for any number of peers, with the kind of push it is. Each form is made when first needed, and then shared: a text for polling, and for each
 * socket door a WebSocket frame (header and payload in one buffer). A packet that leaves together with others is written into one buffer with them instead.
 */
import type { Message } from '../protocol/model.ts'
import { encodePacket } from '../protocol/packet.ts'
import { messagePacket, type PushHead } from '../protocol/packets.ts'
import { VOLATILE_PUSHES, type Push, type PushData } from '../protocol/pushes.ts'

/** What a door writes before each packet: nothing, or the type `message` of an Engine.IO packet. */
export type FramePrefix = '' | '4'

export class EncodedPacket {
  /** Absent for answers, and for the JSON objects of a user's channel (side-message.ts), which are never sent to clients unchanged. */
  readonly push: PushHead | undefined
  /** May be dropped while the client is slow. */
  readonly isVolatile: boolean
  #bytes: Buffer | undefined
  #text: string | undefined
  #bytesCount: number
  #rawFrame: Buffer | undefined
  #engineFrame: Buffer | undefined

  constructor(packet: Buffer | string, push?: PushHead) {
    if (typeof packet === 'string') {
      this.#text = packet
      this.#bytesCount = Buffer.byteLength(packet)
    } else {
      this.#bytes = packet
      this.#bytesCount = packet.length
    }
    this.push = push
    this.isVolatile = push !== undefined && VOLATILE_PUSHES.has(push.kind)
  }

  /** The packet as UTF-8; of a received publish a part of its buffer, so whoever keeps it copies it. */
  get bytes(): Buffer {
    return (this.#bytes ??= Buffer.from(this.#text!))
  }

  get bytesCount(): number {
    return this.#bytesCount
  }

  /** The packet as text. */
  get text(): string {
    return (this.#text ??= this.bytes.toString())
  }

  /** The packet's frame in a buffer of its own, which all peers of a door share. */
  frame(prefix: FramePrefix): Buffer {
    return prefix === '' ? (this.#rawFrame ??= this.#newFrame(prefix)) : (this.#engineFrame ??= this.#newFrame(prefix))
  }

  /** Bytes of the frame, header included. */
  frameLength(prefix: FramePrefix): number {
    const length = prefix.length + this.#bytesCount
    return headerLength(length) + length
  }

  /** Writes the packet's frame, a final, unmasked WebSocket text frame (RFC 6455, 5.2), into `target` at `start`. Returns where the frame ends. */
  writeFrame(target: Buffer, start: number, prefix: FramePrefix): number {
    const length = prefix.length + this.#bytesCount
    let at = start + headerLength(length)
    target[start] = 0x81
    if (length < 126) {
      target[start + 1] = length
    } else if (length < 65_536) {
      target[start + 1] = 126
      target.writeUInt16BE(length, start + 2)
    } else {
      target[start + 1] = 127
      target.writeBigUInt64BE(BigInt(length), start + 2)
    }
    if (prefix !== '') target[at++] = prefix.charCodeAt(0)
    // an answer has one reader, so its text is encoded right here; a push may have many, who share its bytes
    if (this.#bytes === undefined && this.push === undefined)
      target.write(this.#text!, at, this.#bytesCount === this.#text!.length ? 'latin1' : 'utf8')
    else this.bytes.copy(target, at)
    return at + this.#bytesCount
  }

  #newFrame(prefix: FramePrefix): Buffer {
    const frame = Buffer.allocUnsafe(this.frameLength(prefix))
    this.writeFrame(frame, 0, prefix)
    return frame
  }
}

const headerLength = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10)

export const encodePush = <P extends Push>(kind: P, data: PushData<P>): EncodedPacket =>
  new EncodedPacket(encodePacket({ type: 'event', name: kind, args: [data] }), { kind })

export const encodeMessage = (message: Message): EncodedPacket => new EncodedPacket(messagePacket(message), { kind: 'messagePush', seq: message.seq })
