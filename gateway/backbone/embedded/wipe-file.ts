import { closeSync, openSync, writeSync } from 'node:fs'
import { LmdbFile } from './lmdb-file.ts'

/** One step holds the environment's write lock, and the event loop, for about so long. */
const STEP_MS = 8
const LEAST_COUNT = 16

interface Opened {
  readonly lmdb: LmdbFile
  readonly zero: (at: number, length: number) => void
  readonly isOver: () => boolean
}

/**
 * Overwrites, in an open LMDB environment, what no entry is: first the room between each page's offsets and its entries, in which what was deleted or
 * moved is still to be read; then the pages that are free. LMDB never reads either.
 *
 * Each step must run within a write transaction, so that no other commit changes the file meanwhile. The transaction itself may have taken free pages;
 * it writes them after the step. Pages that were freed by the newest commit are not overwritten: the one before it, to which LMDB falls back, has them.
 * So at least two commits must come between the last step in the trees and the first among free pages.
 */
export class WipeFile {
  readonly #path: string
  /** The tree that is being wiped, and the last key of it that is done. */
  #tree = 0
  #after: Buffer | undefined
  /** The first free page that is not done. */
  #nextPage = 0

  constructor(path: string) {
    this.#path = path
  }

  get pageBytes(): number {
    return this.#open(({ lmdb }) => lmdb.readPageBytes())
  }

  /** Returns whether the pages of all trees are done. */
  stepInTrees(): boolean {
    return this.#open(({ lmdb, zero, isOver }) => {
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
    })
  }

  /** Returns whether all free pages are done. `oldest`: the oldest snapshot that anybody reads. */
  stepInFree(oldest: number): boolean {
    return this.#open(({ lmdb, zero, isOver }) => {
      if (oldest < lmdb.txn - 1) return false
      for (const [first, count] of lmdb.freeRuns()) {
        for (let page = Math.max(first, this.#nextPage); page < first + count; page++) {
          zero(page * lmdb.pageBytes, lmdb.pageBytes)
          this.#nextPage = page + 1
          if (isOver()) return false
        }
      }
      return true
    })
  }

  #open<T>(run: (opened: Opened) => T): T {
    const lmdb = new LmdbFile(this.#path)
    const file = openSync(this.#path, 'r+')
    const end = performance.now() + STEP_MS
    try {
      return run({
        lmdb,
        zero: (at, length) => {
          if (!lmdb.isZero(at, length)) writeSync(file, Buffer.alloc(length), 0, length, at)
        },
        isOver: () => performance.now() > end,
      })
    } finally {
      closeSync(file)
      lmdb.close()
    }
  }
}
