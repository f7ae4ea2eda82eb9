import type { EncodedPacket } from './encoded-packet.ts'

const HEAD = Buffer.from('2["messagePush",')
const SEQ = Buffer.from('"seq":')
const ZERO = 48

/** The seq of a `messagePush` as a store publishes it, read from the bytes: every message passes here. */
export function pushedSeq({ bytes }: EncodedPacket): number | undefined {
  if (bytes.length < HEAD.length || bytes.compare(HEAD, 0, HEAD.length, 0, HEAD.length) !== 0) return undefined
  const found = bytes.indexOf(SEQ)
  if (found < 0) return undefined
  let seq = 0
  for (let at = found + SEQ.length; at < bytes.length; at++) {
    const digit = bytes[at]! - ZERO
    if (digit < 0 || digit > 9) break
    seq = seq * 10 + digit
  }
  return seq
}
