import { crc32 } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import type { Database, RangeOptions } from 'lmdb'

export const CHECKSUM_BYTES = 4
/** How many keys of verified entries are held in memory: a picture is read in many portions, and verified once. */
const CHECKED_COUNT = 4096

/** A checksum over an entry's database, key and content; `start` is that of the database's name. */
const checksumOf = (start: number, key: Buffer, value: Buffer): number => crc32(value, crc32(key, start))

/** An entry's content; undefined where the checksum does not match. */
export function withoutChecksum(database: string, key: Buffer, value: Buffer): Buffer | undefined {
  return opened(crc32(database), key, value)
}

function opened(start: number, key: Buffer, value: Buffer): Buffer | undefined {
  if (value.length < CHECKSUM_BYTES) return undefined
  const content = value.subarray(0, -CHECKSUM_BYTES)
  return checksumOf(start, key, content) === value.readUInt32LE(content.length) ? content : undefined
}

/** A database whose entries each end with a checksum. Reading an entry whose checksum does not match throws. */
export class Checksummed {
  readonly name: string
  readonly raw: Database<Buffer, Buffer>
  readonly #start: number
  readonly #checked = new LRUCache<string, true>({ max: CHECKED_COUNT })

  constructor(name: string, raw: Database<Buffer, Buffer>) {
    this.name = name
    this.raw = raw
    this.#start = crc32(name)
  }

  get(key: Buffer): Buffer | undefined {
    const value = this.raw.get(key)
    return value === undefined ? undefined : this.#open(key, value)
  }

  /**
   * Calls `look` with the content of an entry that never changes, without copying it: the memory is valid only until `look` returns.
   * The checksum is verified at the first look (4 MB take 17 ms), and not again while the key is among those used last.
   */
  look<T>(key: Buffer, look: (value: Buffer) => T): T | undefined {
    const value = this.raw.getBinaryFast(key)
    if (value === undefined) return undefined
    const name = key.toString('latin1')
    const bytes = this.#checked.get(name) ? value.subarray(0, value.length - CHECKSUM_BYTES) : this.#open(key, value.subarray(0, value.length))
    this.#checked.set(name, true)
    return look(bytes)
  }

  put(key: Buffer, value: Buffer | string): Promise<boolean> {
    return this.raw.put(key, this.#withChecksum(key, value))
  }

  /** Puts all but the last `CHECKSUM_BYTES`, which the checksum takes: nothing is copied, and `bytes` must not change any more. */
  putInPlace(key: Buffer, bytes: Buffer): Promise<boolean> {
    return this.raw.put(key, this.#sealed(key, bytes))
  }

  /** Puts in a commit of its own and blocks until that is done: for a salvage, which serves nobody meanwhile. */
  putSync(key: Buffer, value: Buffer): void {
    this.raw.putSync(key, this.#withChecksum(key, value))
  }

  remove(key: Buffer): Promise<boolean> {
    return this.raw.remove(key)
  }

  *getRange(options: RangeOptions): Generator<{ readonly key: Buffer; readonly value: Buffer }> {
    for (const { key, value } of this.raw.getRange(options)) yield { key, value: this.#open(key, value) }
  }

  batch(run: () => void): Promise<boolean> {
    return this.raw.batch(run)
  }

  #withChecksum(key: Buffer, value: Buffer | string): Buffer {
    const length = typeof value === 'string' ? Buffer.byteLength(value) : value.length
    // a small one shares its memory with others: memory of its own, with the address that LMDB asks for, costs more than the rest of a put
    const checksummed = Buffer.allocUnsafe(length + CHECKSUM_BYTES)
    if (typeof value === 'string') checksummed.write(value)
    else value.copy(checksummed)
    return this.#sealed(key, checksummed)
  }

  #sealed(key: Buffer, bytes: Buffer): Buffer {
    const length = bytes.length - CHECKSUM_BYTES
    bytes.writeUInt32LE(checksumOf(this.#start, key, bytes.subarray(0, length)), length)
    return bytes
  }

  #open(key: Buffer, value: Buffer): Buffer {
    const content = opened(this.#start, key, value)
    if (content === undefined) throw new Error(`An entry of ${this.name} in the data folder is damaged (key ${key.toString('hex')}).`)
    return content
  }
}
