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

/** A write in the queue: a packet for the journal, or nothing to write and an answer once everything before it is durable. */
export interface QueuedWrite {
  /** What is queued behind it goes into another batch. */
  readonly isLast?: true
  /**
   * Decides against the state that all earlier writes lead to, and returns the packet to write or undefined. Must not change anything
   * before a statement that may throw.
   */
  prepare(batch: number): string | undefined
  /** The write is durable, and so is everything before it; `part` is where its packet is. */
  settle(part: Part | undefined): void
  /** The batch could not be written, as far as is known. */
  fail(error: Unavailable): void
  /** `prepare` or `settle` threw, which is a bug: the caller gets the error, the other writes of the batch go on. */
  refuse(error: Error): void
}

interface Listeners {
  /** Called after each batch, when its last write is settled. */
  settled(batch: number): void
  /** Called when the disk begins to fail, with the reason as a sentence, when the reason changes, and with undefined when it works again. */
  onHealth(problem: string | undefined): void
}

/**
 * Writes many queued writes with one flush. When idle, a commit starts in the tick of the first write. When busy, the writes that arrive
 * during a commit form the next one. So a single message never waits, load makes larger batches, and there is no timer.
 */
export class GroupCommit {
  readonly #journal: Files['journal']
  readonly #listeners: Listeners
  #writes: QueuedWrite[] = []
  #last: number
  #running: Promise<void> | undefined
  readonly #files: Pick<Files, 'requireSpace' | 'tryWriting'>
  #retry: NodeJS.Timeout | undefined
  #problem: string | undefined

  /** `last`: the newest batch in the journal. */
  constructor(files: Pick<Files, 'journal' | 'requireSpace' | 'tryWriting'>, last: number, listeners: Listeners) {
    this.#files = files
    this.#journal = files.journal
    this.#last = last
    this.#listeners = listeners
  }

  /** Why the last commit failed, as a sentence; undefined: it did not. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** The newest batch in the journal, or under way. */
  get last(): number {
    return this.#running === undefined ? this.#last : this.#last + 1
  }

  add(queued: QueuedWrite): void {
    this.#writes.push(queued)
    this.#running ??= Promise.resolve().then(() => this.#run())
  }

  /** Resolves when every write is answered. The caller adds no more. */
  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running
    clearTimeout(this.#retry)
  }

  async #run(): Promise<void> {
    while (this.#writes.length > 0) {
      const last = this.#writes.findIndex(({ isLast }) => isLast === true)
      const writes = last < 0 ? this.#writes : this.#writes.slice(0, last + 1)
      this.#writes = this.#writes.slice(writes.length)
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
    this.#listeners.settled(this.#last)
  }

  #failed(writes: readonly QueuedWrite[], error: Error & { commitError?: Promise<never> }): void {
    const problem = `The data folder could not be written: ${error.message}`
    if (error.commitError === undefined) this.#setProblem(problem)
    // the reason comes in lmdb's second promise, which must not stay unhandled; until then the problem has no reason
    else this.#problem ??= problem
    error.commitError?.catch(({ message }: Error) => {
      // up to the colon it is the system's own message
      this.#setProblem(`The data folder could not be written: ${message.split(':')[0]}`)
    })
    const unavailable = new Unavailable(problem, { cause: error })
    for (const queued of writes) queued.fail(unavailable)
    this.#retry ??= setTimeout(() => void this.#tryAgain(), RETRY_MS).unref()
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return
    this.#problem = problem
    this.#listeners.onHealth(problem)
  }

  /** A gateway that is not ready gets no traffic, so no commit would show that the disk works again: it tries by itself. */
  async #tryAgain(): Promise<void> {
    try {
      await this.#files.tryWriting()
      this.#setProblem(undefined)
      this.#retry = undefined
    } catch (error) {
      ;(error as { commitError?: Promise<never> }).commitError?.catch(() => undefined) // `problem` says why
      this.#retry = setTimeout(() => void this.#tryAgain(), RETRY_MS).unref()
    }
  }
}

/** A write that throws here is refused alone: it has not changed anything. */
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

/** Joins the packets into one buffer, one a line (JSON contains no raw line feed); `ends` says where each ends, with its line feed. */
function layOut(packets: readonly (string | undefined)[]): { bytes: Buffer; ends: readonly number[] } {
  const text = packets.map((packet) => (packet === undefined ? '' : packet + '\n')).join('')
  // not from the shared pool, because parts of it live until the next checkpoint
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  // in pure ASCII a length in code units is a length in bytes, so no packet is measured again
  const isAscii = bytes.length === text.length
  let end = 0
  const ends = packets.map((packet) => {
    if (packet !== undefined) end += (isAscii ? packet.length : Buffer.byteLength(packet)) + 1
    return end
  })
  return { bytes, ends }
}
