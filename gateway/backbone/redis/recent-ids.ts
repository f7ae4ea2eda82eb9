import { randomBytes } from 'node:crypto'

const SMALLEST = 16

/** A secret of this process: without it nobody can choose client ids whose hashes are equal. */
const [KEY_ONE, KEY_TWO] = ((bytes) => [bytes.readInt32LE(0), bytes.readInt32LE(4)] as const)(randomBytes(8))

/** A word of 32 marks for so many places of the ring: of the hashes that are not in it, at least seven in eight find no mark. */
const PLACES_PER_WORD = 4

/**
 * The client ids of a log's newest entries, as hashes: five bytes an entry, in a ring that grows up to `most` places. A hit is only a hint, the log decides;
 * a miss is certain. Nearly every id that is looked for is new, so there is a bit for each hash, and the ring is searched only where that is set.
 */
export class RecentIds {
  readonly #most: number
  #places: Int32Array
  #marks: Uint32Array
  /** Seq of the newest and of the oldest entry; 0 and 1: none. */
  #last = 0
  #first = 1

  constructor(most: number) {
    this.#most = most
    this.#places = new Int32Array(Math.min(SMALLEST, most))
    this.#marks = marksOf(this.#places)
  }

  get bytes(): number {
    return this.#places.byteLength + this.#marks.byteLength
  }

  /** Seqs follow each other; after a hole everything before it is forgotten. */
  add(seq: number, hash: number): void {
    if (seq !== this.#last + 1) this.#first = seq
    if (seq - this.#first >= this.#places.length) this.#grow()
    const place = seq % this.#places.length
    this.#last = seq
    this.#first = Math.max(this.#first, seq - this.#places.length + 1)
    this.#places[place] = hash
    // once a round, so that hashes which left the ring lose their marks
    if (place === 0) this.#marks = marksOf(this.#places)
    else mark(this.#marks, hash)
  }

  /** The newest entry below `before` that may have this id; 0: there is none. */
  find(hash: number, before: number): number {
    if (!isMarked(this.#marks, hash)) return 0
    const { length } = this.#places
    let found = 0
    for (let place = this.#places.indexOf(hash); place >= 0; place = this.#places.indexOf(hash, place + 1)) {
      const seq = this.#last - ((this.#last - place) % length)
      if (seq >= this.#first && seq < before && seq > found) found = seq
    }
    return found
  }

  clear(): void {
    this.#places = new Int32Array(Math.min(SMALLEST, this.#most))
    this.#marks = marksOf(this.#places)
    this.#last = 0
    this.#first = 1
  }

  #grow(): void {
    const old = this.#places
    if (old.length >= this.#most) return
    this.#places = new Int32Array(Math.min(this.#most, old.length * 4))
    for (let seq = this.#first; seq <= this.#last; seq++) this.#places[seq % this.#places.length] = old[seq % old.length]!
    this.#marks = marksOf(this.#places)
  }
}

function marksOf(places: Int32Array): Uint32Array {
  const marks = new Uint32Array(Math.ceil(places.length / PLACES_PER_WORD))
  for (const hash of places) mark(marks, hash)
  return marks
}

function mark(marks: Uint32Array, hash: number): void {
  marks[(hash >>> 5) % marks.length]! |= 1 << (hash & 31)
}

const isMarked = (marks: Uint32Array, hash: number): boolean => (marks[(hash >>> 5) % marks.length]! & (1 << (hash & 31))) !== 0

/**
 * HalfSipHash-1-3 of the text's code units, two at a time, under this process's key; never 0, which is an empty place. Not a plain
 * hash with a random start: for those, texts are known whose hashes are equal whatever the start is.
 */
export function hashOf(text: string): number {
  let a = KEY_ONE
  let b = KEY_TWO
  let c = 0x6c796765 ^ KEY_ONE
  let d = 0x74656462 ^ KEY_TWO
  const { length } = text
  const end = length + (length & 1)
  // the words of the text, its length, and three empty ones
  for (let i = 0; i <= end + 6; i += 2) {
    const word = i === end ? length : wordAt(text, i)
    d ^= word
    a = (a + b) | 0
    b = ((b << 5) | (b >>> 27)) ^ a
    a = (a << 16) | (a >>> 16)
    c = (c + d) | 0
    d = ((d << 8) | (d >>> 24)) ^ c
    a = (a + d) | 0
    d = ((d << 7) | (d >>> 25)) ^ a
    c = (c + b) | 0
    b = ((b << 13) | (b >>> 19)) ^ c
    c = (c << 16) | (c >>> 16)
    a ^= word
    if (i === end) c ^= 0xff
  }
  return (b ^ d) | 0 || 1
}

function wordAt(text: string, i: number): number {
  if (i >= text.length) return 0
  return i + 1 < text.length ? text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16) : text.charCodeAt(i)
}
