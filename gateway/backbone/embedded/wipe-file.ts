import { closeSync, openSync, writeSync } from 'node:fs'
import { LmdbFile } from './lmdb-file.ts'

/** One step holds the environment's write lock, and the event loop, for about so long. */
const STEP_MS = 8
const LEAST_COUNT = 16

/**
 * Overwrites, in an open LMDB environment, what no entry is: pages that are free, and the room between a page's offsets and its entries, in which
 * what was deleted or moved is still to be read. LMDB never reads either.
 *
 * Each step must run within a write transaction, so that no other commit changes the file meanwhile. The transaction itself may have taken free pages;
 * it writes them after the step. What a commit between two steps has freed is wiped by a later one: pages come first, free pages last.
 */
export class WipeFile {
  readonly #path: string
  /** Below: the last key that is done, of the tree with this name; then the first free page that is not done. */
  #tree = 0
  #after: Buffer | undefined
  #isInTrees = true
  #nextPage = 0

  constructor(path: string) {
    this.#path = path
  }

  /** `oldest`: the oldest snapshot that anybody reads. Returns whether everything is wiped. */
  step(oldest: number): boolean {
    const lmdb = new LmdbFile(this.#path)
    const file = openSync(this.#path, 'r+')
    const end = performance.now() + STEP_MS
    const isOver = (): boolean => performance.now() > end
    const zero = (at: number, length: number): void => {
      if (length > 0 && !lmdb.isZero(at, length)) writeSync(file, Buffer.alloc(length), 0, length, at)
    }
    try {
      if (this.#isInTrees && !this.#wipeTrees(lmdb, zero, isOver)) return false
      this.#isInTrees = false
      // a page that was freed last may still be read
      if (oldest < lmdb.txn) return false
      for (const [first, count] of lmdb.freeRuns(oldest)) {
        for (let page = Math.max(first, this.#nextPage); page < first + count; page++) {
          if (isOver()) {
            this.#nextPage = page
            return false
          }
          zero(page * lmdb.pageBytes, lmdb.pageBytes)
        }
      }
      return true
    } finally {
      closeSync(file)
      lmdb.close()
    }
  }

  #wipeTrees(lmdb: LmdbFile, zero: (at: number, length: number) => void, isOver: () => boolean): boolean {
    const roots = lmdb.roots()
    let count = 0
    for (; this.#tree < roots.length; this.#tree++, this.#after = undefined) {
      for (const { at, length, last } of lmdb.gaps(roots[this.#tree]!, this.#after)) {
        zero(at, length)
        this.#after = last ?? this.#after
        // the first is the one with which the last step ended
        if (++count > LEAST_COUNT && isOver()) return false
      }
    }
    return true
  }
}
