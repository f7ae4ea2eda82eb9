import type { IdHash } from './keys-on-disk.ts'

const ENTRIES_PER_WORD = 2
const FEWEST_WORDS = 2
/** 8 kB: thousands of entries. Of more the marks get denser, and say less. */
const MOST_WORDS = 2_048

/**
 * A bit for each hash that was added: one without a mark was never added, of one with a mark the caller has to look. Nearly every client id is new, and
 * without marks that would be a look into the database for each message.
 */
export class IdMarks {
  #count = 0
  #words = new Uint32Array(FEWEST_WORDS)

  add({ high, low }: IdHash): void {
    if (++this.#count > this.#words.length * ENTRIES_PER_WORD && this.#words.length < MOST_WORDS) this.#grow()
    this.#words[high & (this.#words.length - 1)]! |= 1 << (low & 31)
  }

  mayHave({ high, low }: IdHash): boolean {
    return (this.#words[high & (this.#words.length - 1)]! & (1 << (low & 31))) !== 0
  }

  /** One more bit of each hash chooses its word, and none of the hashes is known any more: both words get the marks. */
  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2)
    words.set(this.#words)
    words.set(this.#words, this.#words.length)
    this.#words = words
  }
}
