import { randomInt } from 'node:crypto'
import type { Part } from './group-commit.ts'
import type { IdHash } from './keys-on-disk.ts'

/** Of each entry: where it starts and ends in its batch, and the two halves of its client id's hash. */
const FIELDS = 4
const NOTHING = new Uint32Array(0)
const FEWEST = 4
/** Odd numbers that nobody outside knows, so that nobody can choose ids which share slots, even if their hashes have much in common. */
const [ODD, ODDER] = [1 + 2 * randomInt(2 ** 30), 1 + 2 * randomInt(2 ** 30)]

/**
 * A conversation's entries that are not in `main` yet, oldest first: the durable ones, then those of the commit under way. They are found by
 * index, and by the hash of their client id.
 *
 * Numbers in typed arrays, because tens of thousands of them live until the next checkpoint. With an object and a Map entry for each, all of them
 * outlived the young generation of the garbage collector, which then had to go through everything again and again.
 *
 * Of two entries with one hash only the later is found, as in `ids` on the disk.
 */
export class PendingEntries {
  /** The number of durable ones. */
  length = 0
  /** Of all. */
  #count = 0
  readonly #batches: Buffer[] = []
  #numbers = NOTHING
  /** A hash table with open addressing, at most half full: 1 + the index of an entry, 0 for none. */
  #slots = NOTHING
  /** 32 less the bits of a slot's number. */
  #shift = 32

  /** Adds an entry of the commit under way. */
  note({ high, low }: IdHash): void {
    if ((this.#count + 1) * FIELDS > this.#numbers.length) this.#grow()
    const at = this.#count * FIELDS
    this.#numbers[at + 2] = high
    this.#numbers[at + 3] = low
    this.#place(this.#count++)
  }

  /** The oldest entry of the commit under way is durable. */
  settle({ batch, start, end }: Part): void {
    const at = this.length++ * FIELDS
    this.#batches.push(batch)
    this.#numbers[at] = start
    this.#numbers[at + 1] = end
  }

  /** The index of the last entry with this hash; undefined where there is none. */
  find({ high, low }: IdHash): number | undefined {
    if (this.#count === 0) return undefined
    const index = this.#slots[this.#slotOf(high, low)]! - 1
    return index < 0 ? undefined : index
  }

  /** Where the packet of a durable entry is. */
  part(index: number): Part {
    const at = index * FIELDS
    return { batch: this.#batches[index]!, start: this.#numbers[at]!, end: this.#numbers[at + 1]! }
  }

  hash(index: number): IdHash {
    const at = index * FIELDS
    return { high: this.#numbers[at + 2]!, low: this.#numbers[at + 3]! }
  }

  /** The commit under way has failed. */
  rollBack(): void {
    if (this.#count === this.length) return
    this.#count = this.length
    this.#placeAll()
  }

  /** The first `count` are in `main`. */
  forget(count: number): void {
    this.#batches.splice(0, count)
    this.#numbers.copyWithin(0, count * FIELDS, this.#count * FIELDS)
    this.length -= count
    this.#count -= count
    if (this.#count === 0) this.#numbers = this.#slots = NOTHING
    else this.#placeAll()
  }

  /** None is left. Not while a commit is under way. */
  clear(): void {
    this.forget(this.length)
  }

  #grow(): void {
    const room = Math.max(FEWEST, this.#count * 2)
    const numbers = new Uint32Array(room * FIELDS)
    numbers.set(this.#numbers)
    this.#numbers = numbers
    this.#slots = new Uint32Array(room * 2)
    this.#shift = Math.clz32(room * 2) + 1
    this.#placeAll()
  }

  #placeAll(): void {
    this.#slots.fill(0)
    for (let index = 0; index < this.#count; index++) this.#place(index)
  }

  #place(index: number): void {
    const at = index * FIELDS
    this.#slots[this.#slotOf(this.#numbers[at + 2]!, this.#numbers[at + 3]!)] = index + 1
  }

  /** The slot with this hash, or the free one in which it belongs. */
  #slotOf(high: number, low: number): number {
    const mask = this.#slots.length - 1
    let slot = (Math.imul(high, ODD) + Math.imul(low, ODDER)) >>> this.#shift
    while (true) {
      const taken = this.#slots[slot]!
      const at = (taken - 1) * FIELDS
      if (taken === 0 || (this.#numbers[at + 2] === high && this.#numbers[at + 3] === low)) return slot
      slot = (slot + 1) & mask
    }
  }
}
