/** How LMDB lays out its file, and how to read the numbers in it. */

/** The file is not as LMDB wrote it. The message tells the operator what is wrong with it. */
export class BrokenFile extends Error {
  override readonly name = 'BrokenFile'
}

/*
 * The layout of lmdb's data format 2, all little-endian (mdb.c: MDB_page_header, MDB_node, MDB_db, MDB_meta):
 *
 *   page   0 number u64 · 8 transaction u64 · 16 pad u16 · 18 kind u16 · 20 lower u16, 22 upper u16 (overflow: 20 pages u32) · 24 …
 *   node   0 low u16, 2 high u16, 4 flags u16, 6 key length u16, 8 key, value; of a branch the first three are a page number,
 *          of a leaf the first two are the value's length; offsets of nodes, and lower and upper, count from byte 24 of the page
 *   tree   0 pad u32 · 4 flags u16 · 6 depth u16 · 8 branch, leaf, overflow pages u64 · 32 entries u64 · 40 root u64
 *   meta   24 magic u32 · 28 version u32 · 32 address, map size u64 · 48 free tree · 96 main tree · 144 last page u64 · 152 transaction u64
 */
export const HEADER = 24
export const BRANCH = 1
export const LEAF = 2
export const OVERFLOW = 4
export const META = 8
export const MAGIC = 0xbeefc0de
export const VERSION = 2
export const FREE = ' free'
export const BIG = 1
export const TREE = 2
export const TREE_BYTES = 48
export const BIG_BYTES = 24
export const DEPTH_MAX = 32

export interface Tree {
  readonly flags: number
  readonly depth: number
  readonly entries: number
  readonly root: number
}

/** A list of free pages: a negative number is the length of a run of pages, and the next number is its first page. */
export function* freeRunsOf(value: Buffer): Generator<readonly [first: number, count: number]> {
  const count = readU64(value, 0)
  if (value.length < (count + 1) * 8) throw new BrokenFile('its list of free pages is damaged')
  for (let i = 1; i <= count; i++) {
    const id = Number(value.readBigInt64LE(i * 8))
    if (id > 0) yield [id, 1]
    else if (id < 0) yield [readU64(value, ++i * 8), -id]
  }
}

/** A u64 as a number. All ones, LMDB's sign for "no page", is -1. */
export const readU64 = (bytes: Buffer, at: number): number => {
  const high = bytes.readUInt32LE(at + 4)
  return high === 0xffff_ffff ? -1 : high * 2 ** 32 + bytes.readUInt32LE(at)
}

/** Keys of the tree of free pages are u64 numbers in the machine's byte order, all others are bytes. */
export const compareKeys = (a: Buffer, b: Buffer, isFree: boolean): number => (isFree ? readU64(a, 0) - readU64(b, 0) : Buffer.compare(a, b))

export const treeOf = (bytes: Buffer, at: number): Tree => ({
  flags: bytes.readUInt16LE(at + 4),
  depth: bytes.readUInt16LE(at + 6),
  entries: readU64(bytes, at + 32),
  root: readU64(bytes, at + 40),
})
