/** The binary keys of files.ts. Numbers are big-endian, so that LMDB's byte order is their order. */
export const batchKey = (batch: number): Buffer => {
  const key = Buffer.allocUnsafe(8)
  key.writeUInt32BE(Math.floor(batch / 2 ** 32), 0)
  key.writeUInt32BE(batch >>> 0, 4)
  return key
}

export const batchOf = (key: Buffer): number => key.readUInt32BE(0) * 2 ** 32 + key.readUInt32BE(4)

export const entryKey = (number: number, seq: number): Buffer => {
  const key = Buffer.allocUnsafe(8)
  key.writeUInt32BE(number, 0)
  key.writeUInt32BE(seq, 4)
  return key
}

/**
 * An author's client id within a conversation, as a 64-bit hash: every message writes and looks up such a key, so it must be short.
 * The reader compares the entry that the key leads to. Of two ids with one hash the earlier is overwritten; that becomes likely only with a
 * billion messages in one conversation.
 */
export const idKey = (number: number, { high, low }: IdHash): Buffer => {
  const key = Buffer.allocUnsafe(12)
  key.writeUInt32BE(number, 0)
  key.writeUInt32BE(high, 4)
  key.writeUInt32BE(low, 8)
  return key
}

/** What such a key leads to. */
export const idValue = (seq: number): Buffer => {
  const value = Buffer.allocUnsafe(4)
  value.writeUInt32BE(seq, 0)
  return value
}

export const hashOfIdKey = (key: Buffer): IdHash => ({ high: key.readUInt32BE(4), low: key.readUInt32BE(8) })

export interface IdHash {
  readonly high: number
  readonly low: number
}

export const idHash = (author: string, id: string): IdHash => ({
  high: hash(hash(0x811c9dc5, author), id),
  low: hash(hash(0x2f0b4c47, id), author),
})

/** A hash like Murmur, over UTF-16 code units and their count. */
function hash(seed: number, text: string): number {
  let state = seed ^ text.length
  for (let i = 0; i < text.length; i++) {
    state = Math.imul(state ^ text.charCodeAt(i), 0x5bd1e995)
    state ^= state >>> 15
  }
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}

/** Lists of sides are sorted by minute, so that a row moves at most once a minute; exact times are in `rows`. */
export const minuteOf = (at: number): number => Math.min(Math.max(Math.floor(at / 60_000), 0), 0xffff_fffe)

export const sideKey = (side: string, minute: number, number: number): Buffer => {
  const length = Buffer.byteLength(side)
  const key = Buffer.alloc(length + 9)
  key.write(side, 0)
  key.writeUInt32BE(minute, length + 1)
  key.writeUInt32BE(number, length + 5)
  return key
}

const IMAGE_ID = /^[\w-]{24}$/

/**
 * 144 random bits in base64url. The other keys of `images` are shorter or longer. To be checked before a look-up, because LMDB throws at long keys.
 */
export const isImageId = (key: string): boolean => IMAGE_ID.test(key)

export const minuteOfKey = (key: Buffer): number => key.readUInt32BE(key.length - 8)
