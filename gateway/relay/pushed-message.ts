import type { Message } from '../protocol/model.ts'
import { decodePacket } from '../protocol/packet.ts'
import type { EncodedPacket } from './encoded-packet.ts'

/** The message inside a `messagePush`, for the rare moments in which a packet has to be looked into. */
export function pushedMessage(encoded: EncodedPacket): Message | undefined {
  const packet = decodePacket(encoded.text)
  return packet.type === 'event' && packet.name === 'messagePush' ? (packet.args[0] as Message) : undefined
}
