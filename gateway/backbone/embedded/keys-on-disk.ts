/** The binary keys of files.ts, all in big-endian so that LMDB's byte order is the order of numbers. */
export const entryKey = (number: number, seq: number): Buffer => {
  const key = Buffer.allocUnsafe(8)
  key.writeUInt32BE(number, 0)
  key.writeUInt32BE(seq, 4)
  return key
}

/**
 * Sender and client id as one text that no other pair has. A client id may hold any code unit, lone surrogates
 * too, which UTF-8 cannot tell apart; JSON escapes those, so the bytes differ where the ids differ.
 */
export const senderKey = (from: string, id: string): string => `${from.length}:${from}${id}`

export const idKey = (number: number, sender: string): Buffer => {
  const text = JSON.stringify(sender)
  const key = Buffer.allocUnsafe(4 + Buffer.byteLength(text))
  key.writeUInt32BE(number, 0)
  key.write(text, 4)
  return key
}

/** The list of a side is kept by minute: its row moves at most once a minute, and exact times are in the rows. */
export const minuteOf = (at: number): number => Math.min(Math.max(Math.floor(at / 60_000), 0), 0xffff_fffe)

export const sideKey = (side: string, minute: number, number: number): Buffer => {
  const length = Buffer.byteLength(side)
  const key = Buffer.alloc(length + 9)
  key.write(side, 0)
  key.writeUInt32BE(minute, length + 1)
  key.writeUInt32BE(number, length + 5)
  return key
}

export const minuteOfKey = (key: Buffer): number => key.readUInt32BE(key.length - 8)
