import type { IdHash } from './keys-on-disk.ts'

const ENTRIES_PER_WORD = 2
const FEWEST_WORDS = 2
/** Each table is so many times as large as the one before: with few of them, few take a new id for one of theirs. */
const GROWTH = 4
/** 8 kB: thousands of entries. Of more the last table gets denser, and says less. */
const MOST_WORDS = 2_048

/**
 * Three bits of a word for each hash that was added (a Bloom filter): one without its bits was never added, of one with them the caller has to look.
 * Nearly every client id is new, and without marks that would be a look into the database for each message; with them it is one in a hundred a table.
 *
 * A full table stays as it is and a larger one takes the next hashes, because none of the hashes is known any more.
 */
export class IdMarks {
  #left = FEWEST_WORDS * ENTRIES_PER_WORD
  #tables = [new Uint32Array(FEWEST_WORDS)]

  add(hash: IdHash): void {
    if (this.#left-- === 0) this.#grow()
    const table = this.#tables[0]!
    table[hash.high & (table.length - 1)]! |= bitsOf(hash)
  }

  mayHave(hash: IdHash): boolean {
    const bits = bitsOf(hash)
    for (const table of this.#tables) if ((table[hash.high & (table.length - 1)]! & bits) === bits) return true
    return false
  }

  /** The largest comes first: it has most of the entries. */
  #grow(): void {
    const length = Math.min(this.#tables[0]!.length * GROWTH, MOST_WORDS)
    this.#left = length === MOST_WORDS ? Infinity : length * ENTRIES_PER_WORD - 1
    this.#tables.unshift(new Uint32Array(length))
  }
}

const bitsOf = ({ low }: IdHash): number => (1 << (low & 31)) | (1 << ((low >>> 5) & 31)) | (1 << ((low >>> 10) & 31))
