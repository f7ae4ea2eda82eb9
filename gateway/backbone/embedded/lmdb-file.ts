import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import {
  BIG,
  BIG_BYTES,
  BRANCH,
  BrokenFile,
  compareKeys,
  DEPTH_MAX,
  FREE,
  freeRunsOf,
  HEADER,
  LEAF,
  MAGIC,
  META,
  OVERFLOW,
  readU64,
  TREE,
  TREE_BYTES,
  treeOf,
  VERSION,
  type Tree,
} from './lmdb-layout.ts'

export interface Entry {
  /** The named database, '' for the unnamed one. */
  readonly database: string
  readonly key: Buffer
  readonly value: Buffer
}

export interface Remnant extends Omit<Entry, 'database'> {
  readonly txn: number
}

interface Meta {
  readonly fixed: Buffer
  readonly free: Tree
  readonly main: Tree
  readonly lastPage: number
  readonly txn: number
}

/**
 * Reads an LMDB file as bytes instead of mapping it. LMDB trusts every page: one that is missing or wrong ends the process with a signal,
 * or makes a message disappear silently. Only for the process that has claimed the folder, and while LMDB does not have the file open.
 */
export class LmdbFile {
  readonly #file: number
  readonly #bytes: number
  #pageBytes = 4096
  #used = new Uint8Array(0)

  constructor(path: string) {
    this.#file = openSync(path, 'r')
    this.#bytes = fstatSync(this.#file).size
  }

  close(): void {
    closeSync(this.#file)
  }

  /** Visits every entry of the newest snapshot. Throws `BrokenFile` at the first page that LMDB cannot have written. */
  check(visit: (entry: Entry) => void): void {
    const { free, main, lastPage } = this.#newest()
    this.#used = new Uint8Array(lastPage + 1)
    this.#markUsed(0, 2)
    this.#tree(main, '', visit)
    this.#tree(free, FREE, ({ value }) => this.#markFree(value))
  }

  /**
   * The entries of a broken file: of every leaf page that can be read, even where no branch leads to it, with the transaction that wrote
   * the page. Only the checksum of an entry tells whether it is intact, and which database it belongs to.
   */
  *remains(): Generator<Remnant> {
    this.#pageBytes = this.#sizeOfPages()
    const newest = this.#newestKnown()
    for (let number = 2; (number + 1) * this.#pageBytes <= this.#bytes; number++) {
      const page = this.#tryRead(() => this.#page(number))
      if (page === undefined || page.readUInt16LE(18) !== LEAF) continue
      const txn = readU64(page, 8)
      // written by a commit that did not finish, so nobody got an answer to it
      if (txn > newest) continue
      for (let i = 0; i < Math.min(page.readUInt16LE(20), this.#pageBytes - HEADER) / 2; i++) {
        const entry = this.#tryRead(() => this.#remnant(page, i))
        if (entry !== undefined) yield { ...entry, txn }
      }
    }
  }

  /** Bytes of a page, as the last method that read the file found them. */
  get pageBytes(): number {
    return this.#pageBytes
  }

  /** The same, read anew. */
  readPageBytes(): number {
    this.#newest()
    return this.#pageBytes
  }

  /** Whether there are only zeros at these bytes of the file. */
  isZero(at: number, length: number): boolean {
    // beyond the end of the file nothing is written
    const there = Math.min(length, this.#bytes - at)
    return there <= 0 || this.#read(at, there).equals(Buffer.alloc(there))
  }

  /**
   * Runs of pages, ascending, that hold nothing for the newest two snapshots: those in the tree of free pages, and those behind the last page, which a
   * commit that did not finish may have written.
   */
  freeRuns(): (readonly [first: number, count: number])[] {
    const { free, lastPage, txn } = this.#newest()
    const runs: (readonly [number, number])[] = [[lastPage + 1, Math.ceil(this.#bytes / this.#pageBytes) - lastPage - 1]]
    if (free.root >= 0) {
      this.#used = new Uint8Array(lastPage + 1)
      this.#tree(free, FREE, ({ key, value }) => {
        if (readU64(key, 0) < txn) runs.push(...freeRunsOf(value))
      })
    }
    return runs.sort(([a], [b]) => a - b)
  }

  /** The newest transaction. */
  get txn(): number {
    return this.#newest().txn
  }

  /** The roots of the main tree, of the named ones, and of the tree of free pages. */
  roots(): readonly Root[] {
    const { main, free } = this.#newest()
    const roots: Root[] = [{ page: free.root, depth: free.depth, isFree: true }]
    if (main.root < 0) return roots
    roots.push({ page: main.root, depth: main.depth, isFree: false })
    this.#used = new Uint8Array(this.#newest().lastPage + 1)
    this.#subtree(main.root, { depth: main.depth, isFree: false, from: undefined, to: undefined }, ({ flags, value }) => {
      if (flags !== TREE) return
      const { root: page, depth } = treeOf(value, 0)
      roots.push({ page, depth, isFree: false })
    })
    return roots
  }

  /** The unused room of each page of a tree and of its values' overflow pages, in the order of keys, from the leaf on that holds what follows `after`. `last`: a leaf's last key. */
  *gaps({ page: number, depth, isFree }: Root, after: Buffer | undefined): Generator<Gap> {
    if (number < 0) return
    const page = this.#page(number)
    const [lower, upper] = [page.readUInt16LE(20), page.readUInt16LE(22)]
    if (lower > upper || upper + HEADER > this.#pageBytes) throw new BrokenFile(`page ${number} is damaged`)
    const nodes = Array.from({ length: lower / 2 }, (_, i) => this.#node(page, i, number, upper))
    const gap = { at: number * this.#pageBytes + HEADER + lower, length: upper - lower }
    if (depth <= 1) {
      for (const { flags, value } of nodes) if (flags === BIG) yield this.#tailOf(value)
      return void (yield { ...gap, last: nodes.at(-1)?.key })
    }
    yield { ...gap, last: undefined }
    for (let i = 0; i < nodes.length; i++) {
      const next = nodes[i + 1]?.key
      if (after !== undefined && next !== undefined && compareKeys(next, after, isFree) <= 0) continue
      yield* this.gaps({ page: nodes[i]!.child, depth: depth - 1, isFree }, after)
    }
  }

  /** What a value leaves of its overflow pages. */
  #tailOf(place: Buffer): Gap {
    const [number, pages, length] = [readU64(place, 0), readU64(place, 16), place.readUInt32LE(BIG_BYTES)]
    const used = HEADER + length
    return { at: number * this.#pageBytes + used, length: pages * this.#pageBytes - used, last: undefined }
  }

  #remnant(page: Buffer, i: number): Omit<Remnant, 'txn'> | undefined {
    const { flags, key, value } = this.#node(page, i)
    return (flags & TREE) === 0 ? { key, value: flags === BIG ? this.#overflowValue(value, false) : value } : undefined
  }

  #tryRead<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch {
      return undefined // this page is broken or unreadable; the others may not be
    }
  }

  /** The page size with which the most pages are where their headers say. */
  #sizeOfPages(): number {
    const hits = (size: number): number => {
      let count = 0
      for (let number = 1; number < 64; number++) {
        if (this.#tryRead(() => readU64(this.#read(number * size, 8), 0)) === number) count++
      }
      return count
    }
    return [4096, 8192, 16_384, 32_768, 65_536].reduce((best, size) => (hits(size) > hits(best) ? size : best))
  }

  /** The newest transaction that finished, if the two meta pages agree on it; else Infinity. */
  #newestKnown(): number {
    const txnOf = (number: number): number => {
      const page = this.#tryRead(() => this.#read(number * this.#pageBytes, 160))
      return page?.readUInt32LE(HEADER) === MAGIC ? readU64(page, 152) : -Infinity
    }
    const [one, other] = [txnOf(0), txnOf(1)]
    return Math.abs(one - other) <= 1 ? Math.max(one, other) : Infinity
  }

  #newest(): Meta {
    this.#pageBytes = this.#read(0, 160).readUInt32LE(48)
    const power = Math.log2(this.#pageBytes)
    if (!Number.isInteger(power) || power < 9 || power > 16) throw new BrokenFile('its first page is damaged')
    const [one, other] = [this.#meta(0), this.#meta(1)]
    if (!one.fixed.equals(other.fixed)) throw new BrokenFile('its first two pages disagree')
    // commits write the two meta pages in turn; before the first commit both are the same
    const isNew = one.txn + other.txn <= 1
    if (!isNew && (one.txn % 2 !== 0 || other.txn % 2 !== 1 || Math.abs(one.txn - other.txn) !== 1)) {
      throw new BrokenFile('its first two pages are of different times')
    }
    return one.txn > other.txn ? one : other
  }

  #meta(number: 0 | 1): Meta {
    const page = this.#read(number * this.#pageBytes, 160)
    if (page.readUInt16LE(18) !== META || readU64(page, 0) !== number || page.readUInt32LE(HEADER) !== MAGIC || page.readUInt32LE(28) !== VERSION)
      throw new BrokenFile(`page ${number} is damaged`)
    const meta = {
      fixed: Buffer.concat([page.subarray(28, 32), page.subarray(48, 54)]),
      free: treeOf(page, 48),
      main: treeOf(page, 96),
      lastPage: readU64(page, 144),
      txn: readU64(page, 152),
    }
    if (meta.lastPage > this.#bytes / this.#pageBytes + 1e6) throw new BrokenFile(`page ${number} is damaged`)
    // every commit rewrites the root page, so a root of another transaction means that this page's transaction number is damaged
    if (meta.main.root >= 0 && readU64(this.#page(meta.main.root), 8) !== meta.txn) throw new BrokenFile(`page ${number} is damaged`)
    return meta
  }

  #tree({ root, depth, entries, flags }: Tree, database: string, visit: (entry: Entry) => void): void {
    const isFree = database === FREE
    if (!isFree && flags !== 0) throw new BrokenFile(`the tree ${database} is damaged`)
    let count = 0
    if (root >= 0) {
      this.#subtree(root, { depth, isFree, from: undefined, to: undefined }, ({ flags: kind, key, value }) => {
        count++
        if ((kind & TREE) === 0) visit({ database, key, value: kind === BIG ? this.#overflowValue(value, true) : value })
        else if (kind !== TREE || value.length !== TREE_BYTES || database !== '') throw new BrokenFile('a page is damaged')
        else this.#tree(treeOf(value, 0), key.toString().replace(/\0$/, ''), visit)
      })
    }
    if (count !== entries) throw new BrokenFile(`${Math.abs(entries - count)} entries of ${database || 'it'} are missing`)
  }

  #subtree(number: number, { depth, isFree, from, to }: Bounds, visit: (node: Node) => void): void {
    const page = this.#page(number)
    this.#markUsed(number, 1)
    const kind = page.readUInt16LE(18)
    const lower = page.readUInt16LE(20)
    const upper = page.readUInt16LE(22)
    if (
      kind !== (depth > 1 ? BRANCH : LEAF) ||
      depth < 1 ||
      depth > DEPTH_MAX ||
      lower % 2 !== 0 ||
      lower === 0 ||
      lower > upper ||
      upper + HEADER > this.#pageBytes
    )
      throw new BrokenFile(`page ${number} is damaged`)
    const nodes: Node[] = []
    for (let i = 0; i < lower / 2; i++) nodes.push(this.#node(page, i, number, upper))
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!
      // the first key of a branch page is empty: it stands for everything below the second key
      const key = kind === BRANCH && i === 0 ? from : node.key
      if (i > (kind === BRANCH ? 1 : 0) && compareKeys(nodes[i - 1]!.key, node.key, isFree) >= 0)
        throw new BrokenFile(`page ${number} is out of order`)
      if (
        key !== undefined &&
        ((from !== undefined && compareKeys(from, key, isFree) > 0) || (to !== undefined && compareKeys(key, to, isFree) >= 0))
      ) {
        throw new BrokenFile(`page ${number} is out of order`)
      }
      if (kind === LEAF) visit(node)
      else this.#subtree(node.child, { depth: depth - 1, isFree, from: key, to: nodes[i + 1]?.key ?? to }, visit)
    }
  }

  #node(page: Buffer, i: number, number = readU64(page, 0), upper = 0): Node {
    const at = HEADER + page.readUInt16LE(HEADER + i * 2)
    const isBranch = page.readUInt16LE(18) === BRANCH
    if (at < HEADER + upper || at + 8 > this.#pageBytes) throw new BrokenFile(`page ${number} is damaged`)
    const length = page.readUInt32LE(at)
    const flags = page.readUInt16LE(at + 4)
    const valueAt = at + 8 + page.readUInt16LE(at + 6)
    const bytes = isBranch ? 0 : (flags & BIG) === 0 ? length : BIG_BYTES
    if (valueAt + bytes > this.#pageBytes || (!isBranch && flags > TREE)) throw new BrokenFile(`page ${number} is damaged`)
    const value = page.subarray(valueAt, valueAt + bytes)
    return {
      flags: isBranch ? 0 : flags,
      key: page.subarray(at + 8, valueAt),
      child: length + flags * 2 ** 32,
      // for a value on overflow pages: their place, and the value's length
      value: !isBranch && flags === BIG ? Buffer.concat([value, Buffer.from(Uint32Array.of(length).buffer)]) : value,
    }
  }

  /** Reads a value from overflow pages; `isCounted` also marks them as used. */
  #overflowValue(place: Buffer, isCounted: boolean): Buffer {
    const [number, txn, pages, length] = [readU64(place, 0), readU64(place, 8), readU64(place, 16), place.readUInt32LE(BIG_BYTES)]
    const first = this.#page(number)
    if (
      readU64(first, 8) !== txn ||
      first.readUInt16LE(18) !== OVERFLOW ||
      first.readUInt32LE(20) !== pages ||
      pages !== Math.floor((HEADER - 1 + length) / this.#pageBytes) + 1
    )
      throw new BrokenFile(`page ${number} is damaged`)
    if (isCounted) this.#markUsed(number, pages)
    return this.#read(number * this.#pageBytes + HEADER, length)
  }

  /** Marks a list of free pages. None of them may be in use, or a later write would destroy it. */
  #markFree(value: Buffer): void {
    for (const [first, count] of freeRunsOf(value)) this.#markUsed(first, count)
  }

  #markUsed(number: number, count: number): void {
    for (let one = number; one < number + count; one++) {
      if (one >= this.#used.length || this.#used[one] !== 0) throw new BrokenFile(`page ${one} is used twice or does not exist`)
      this.#used[one] = 1
    }
  }

  #page(number: number): Buffer {
    const page = this.#read(number * this.#pageBytes, this.#pageBytes)
    if (readU64(page, 0) !== number || page.readUInt16LE(16) !== 0) throw new BrokenFile(`page ${number} is damaged`)
    return page
  }

  #read(at: number, length: number): Buffer {
    if (at + length > this.#bytes) throw new BrokenFile(`it ends after ${this.#bytes} bytes, and ${at + length} are needed`)
    const bytes = Buffer.allocUnsafe(length)
    if (readBytes(this.#file, bytes, at) !== length) throw new BrokenFile('it cannot be read to its end')
    return bytes
  }
}

/** A sector that the disk cannot read is damage like any other: a salvage recovers what is around it. */
function readBytes(file: number, bytes: Buffer, at: number): number {
  try {
    return readSync(file, bytes, 0, bytes.length, at)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error
    throw new BrokenFile(`the disk cannot read it at byte ${at} (${(error as Error).message})`)
  }
}

export interface Root {
  readonly page: number
  readonly depth: number
  readonly isFree: boolean
}

interface Gap {
  readonly at: number
  readonly length: number
  readonly last: Buffer | undefined
}

interface Bounds {
  readonly depth: number
  readonly isFree: boolean
  /** All keys below are at or after `from`, and before `to`. */
  readonly from: Buffer | undefined
  readonly to: Buffer | undefined
}

interface Node {
  readonly flags: number
  readonly key: Buffer
  readonly value: Buffer
  readonly child: number
}
