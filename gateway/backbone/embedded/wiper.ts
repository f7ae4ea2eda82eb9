import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Unavailable } from '../backbone.ts'
import { blankPages } from './blank-pages.ts'
import { BlankWrite } from './blank-write.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Environment, Files } from './files.ts'
import type { GroupCommit } from './group-commit.ts'
import { WipeFile } from './wipe-file.ts'

/** Between two steps the process serves, and commits. */
const PAUSE_MS = 4
/** Key of the database `about`. */
const UNFINISHED = Buffer.from('wiping')
/** See blank-pages.ts: more than any but the largest commit has, and 16 MB, which takes 20 ms. */
const BLANK_PAGES = { journal: 256, main: 4096, images: 256 } as const
/** See wipe-file.ts. */
const COMMITS_BETWEEN = 2

interface Parts {
  readonly files: Pick<Files, 'folder' | 'environments' | 'about'>
  readonly commit: GroupCommit
  readonly checkpoint: Checkpoint
}

/**
 * Takes what was erased off the disk: moves what waits in the journal into `main`, so that the journal loses its old batches, and overwrites what no
 * entry is in all three files (wipe-file.ts), and in the memory that later commits write from (blank-pages.ts). While it runs, another call waits for a run of its own.
 */
export class Wiper {
  readonly #parts: Parts
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  #isClosed = false
  #isNoted = false
  #erasedCount = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** To be called, and awaited, before something is erased: a start finishes what a kill has interrupted. */
  async note(): Promise<void> {
    this.#erasedCount++
    if (this.#isNoted) return
    await this.#parts.files.about.put(UNFINISHED, '1')
    this.#isNoted = true
  }

  /** Whether an erasure was noted, and its bytes may still be there. */
  get isUnfinished(): boolean {
    return this.#parts.files.about.get(UNFINISHED) !== undefined
  }

  /** See `Backbone.scrub`. */
  scrub(): Promise<void> {
    if (this.#next !== undefined) return this.#next
    const before = this.#running
    const mine = (before ?? Promise.resolve())
      .catch(() => undefined) // its caller has the error
      .then(() => {
        this.#next = undefined
        return (this.#running = this.#run().finally(() => (this.#running = undefined)))
      })
    this.#next = mine
    return mine
  }

  /** Resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#next?.catch(() => undefined) // its caller has the error
    await this.#running?.catch(() => undefined) // the same
  }

  async #run(): Promise<void> {
    const { files, commit, checkpoint } = this.#parts
    this.#requireOpen()
    const { about } = files
    const erasedCount = this.#erasedCount
    const batch = commit.last
    await commit.add(new BlankWrite())
    await checkpoint.pass(batch)
    for (const environment of files.environments) await this.#wipe(environment)
    if (erasedCount !== this.#erasedCount) return
    this.#isNoted = false
    await about.remove(UNFINISHED)
  }

  async #wipe(environment: Environment): Promise<void> {
    const { name, root, touch } = environment
    const path = join(this.#parts.files.folder, name, 'data.mdb')
    const wipe = new WipeFile(path)
    blankPages(environment, { count: BLANK_PAGES[name], pageBytes: wipe.pageBytes })
    const all = async (step: () => boolean): Promise<void> => {
      for (let isDone = false; !isDone;) {
        this.#requireOpen()
        isDone = root.transactionSync(step)
        if (!isDone) await wait(PAUSE_MS)
      }
    }
    await all(() => wipe.stepInTrees())
    for (let i = 0; i < COMMITS_BETWEEN; i++) await touch()
    await all(() => {
      root.resetReadTxn()
      return wipe.stepInFree(oldestReader(root.readerList()))
    })
    const file = await open(path, 'r+')
    await file.sync().finally(() => file.close())
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new Unavailable('The store is closed.')
  }
}

/** The oldest transaction in LMDB's table of readers, a line each: process, thread, transaction, or `-` for one that reads nothing now. */
function oldestReader(list: string): number {
  const last = list.split('\n').map((line) => Number(line.trim().split(' ').at(-1) || NaN))
  return Math.min(...last.filter((txn) => !Number.isNaN(txn)))
}
