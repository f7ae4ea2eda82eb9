import { Unavailable } from '../backbone.ts'
import type { Files } from './files.ts'
import { batchKey } from './keys-on-disk.ts'

const RETRY_MS = 1000

/** A packet within the batch it was written in. */
export interface Part {
  readonly batch: Buffer
  readonly start: number
  readonly end: number
}

/** Something to be written to the journal, or to be answered after what was asked before it is durable. */
export interface QueuedWrite {
  /**
   * Decides, against the state that all earlier queued writes lead to. Returns the packet to write, or nothing to write. Must change nothing
   * before whatever may throw.
   */
  prepare(batch: number): string | undefined
  /** It is durable, and so is everything before it; `part` is what was written. */
  settle(part: Part | undefined): void
  /** It was not written, as far as is known; nothing after it in the same batch was either. */
  fail(error: Unavailable): void
  /** Preparing or settling it threw, a bug: told to whoever asked, and nothing of the others is touched. */
  refuse(error: Error): void
}

interface Listeners {
  /** Told of every batch after its last write. */
  settled(batch: number): void
  /** Why nothing can be written, in words, and again when that changes; undefined: it can again. */
  onHealth(problem: string | undefined): void
}

/**
 * Many queued writes, one flush. Idle: a commit starts in the tick of the first write. Busy: what gathers while a commit is on its
 * way is the next one. So a single message waits for nobody, and load makes batches instead of a queue; no timer.
 */
export class GroupCommit {
  readonly #journal: Files['journal']
  readonly #tell: Listeners
  #writes: QueuedWrite[] = []
  #last: number
  #running: Promise<void> | undefined
  readonly #files: Pick<Files, 'requireSpace' | 'tryWriting'>
  #retry: NodeJS.Timeout | undefined
  #problem: string | undefined

  /** `last`: the newest batch in the journal. */
  constructor(files: Pick<Files, 'journal' | 'requireSpace' | 'tryWriting'>, last: number, tell: Listeners) {
    this.#files = files
    this.#journal = files.journal
    this.#last = last
    this.#tell = tell
  }

  /** Why the last commit failed. */
  get problem(): string | undefined {
    return this.#problem
  }

  add(queued: QueuedWrite): void {
    this.#writes.push(queued)
    this.#running ??= Promise.resolve().then(() => this.#run())
  }

  /** Resolves when nothing is on its way; nothing may be added any more. */
  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running
    clearTimeout(this.#retry)
  }

  async #run(): Promise<void> {
    while (this.#writes.length > 0) {
      const writes = this.#writes
      this.#writes = []
      await this.#commit(writes)
    }
    this.#running = undefined
  }

  async #commit(writes: readonly QueuedWrite[]): Promise<void> {
    const batch = this.#last + 1
    const { prepared, packets } = prepareAll(writes, batch)
    const { bytes, ends } = layOut(packets)
    try {
      if (bytes.length > 0) this.#files.requireSpace()
      if (bytes.length > 0) await this.#journal.put(batchKey(batch), bytes)
    } catch (error) {
      this.#failed(prepared, error as Error & { commitError?: Promise<never> })
      return
    }
    this.#setProblem(undefined)
    if (bytes.length > 0) this.#last = batch
    for (let i = 0, start = 0; i < prepared.length; i++) {
      const end = ends[i]!
      const queued = prepared[i]!
      try {
        queued.settle(end === start ? undefined : { batch: bytes, start, end: end - 1 })
      } catch (error) {
        queued.refuse(error as Error)
      }
      start = end
    }
    this.#tell.settled(this.#last)
  }

  #failed(writes: readonly QueuedWrite[], error: Error & { commitError?: Promise<never> }): void {
    const problem = `The data folder could not be written: ${error.message}`
    if (error.commitError === undefined) this.#setProblem(problem)
    // lmdb tells the reason in a second promise, which must not stay unhandled; until then it is known that there is one
    else this.#problem ??= problem
    error.commitError?.catch(({ message }: Error) => {
      // Its first part is the system's own words.
      this.#setProblem(`The data folder could not be written: ${message.split(':')[0]}`)
    })
    const unavailable = new Unavailable(problem, { cause: error })
    for (const queued of writes) queued.fail(unavailable)
    this.#retry ??= setTimeout(() => void this.#tryAgain(), RETRY_MS).unref()
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return
    this.#problem = problem
    this.#tell.onHealth(problem)
  }

  /** Who is not ready is sent nobody, and would never find out that there is room again. */
  async #tryAgain(): Promise<void> {
    try {
      await this.#files.tryWriting()
      this.#setProblem(undefined)
      this.#retry = undefined
    } catch (error) {
      ;(error as { commitError?: Promise<never> }).commitError?.catch(() => undefined) // `trouble` has said why
      this.#retry = setTimeout(() => void this.#tryAgain(), RETRY_MS).unref()
    }
  }
}

/** What throws here fails alone: it has changed nothing. */
function prepareAll(writes: readonly QueuedWrite[], batch: number): { prepared: readonly QueuedWrite[]; packets: readonly (string | undefined)[] } {
  const prepared: QueuedWrite[] = []
  const packets: (string | undefined)[] = []
  for (const queued of writes) {
    try {
      packets.push(queued.prepare(batch))
      prepared.push(queued)
    } catch (error) {
      queued.refuse(error as Error)
    }
  }
  return { prepared, packets }
}

/** All packets in one buffer, one a line (JSON has no raw line feed), and where each ends, its line feed included. */
function layOut(packets: readonly (string | undefined)[]): { bytes: Buffer; ends: readonly number[] } {
  const text = packets.map((packet) => (packet === undefined ? '' : packet + '\n')).join('')
  // Of its own, never from the shared pool: parts of it live until they are checkpointed.
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  // Nothing but ASCII: lengths in code units are lengths in bytes, and nothing has to be measured twice.
  const isAscii = bytes.length === text.length
  let end = 0
  const ends = packets.map((packet) => {
    if (packet !== undefined) end += (isAscii ? packet.length : Buffer.byteLength(packet)) + 1
    return end
  })
  return { bytes, ends }
}
