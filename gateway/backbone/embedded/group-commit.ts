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
export interface QueuedWrite<Answer> {
  /** What is queued behind it goes into another batch. */
  readonly isLast?: true
  /**
   * Decides against the state that all earlier writes lead to, and returns the packet to write or undefined. Must not change anything
   * before a statement that may throw; whoever queued it gets the error, and the other writes of the batch go on.
   */
  prepare(batch: number): string | undefined
  /** The write is durable, and so is everything before it; `part` is where its packet is. What it returns or throws is the answer. */
  settle(part: Part | undefined): Answer
  /** The batch could not be written, as far as is known: undoes what `prepare` has changed. */
  rollBack(): void
}

/**
 * Writes that are committed together. They wait for one promise, and each then takes its own answer: with a promise for each, most of what a
 * waiting message holds would be promises.
 */
class Batch {
  readonly writes: QueuedWrite<unknown>[] = []
  readonly #answers: unknown[] = []
  #errors: Map<number, unknown> | undefined
  #end: () => void = () => undefined
  readonly #ended = new Promise<void>((resolve) => {
    this.#end = resolve
  })

  get isFull(): boolean {
    return this.writes.at(-1)?.isLast === true
  }

  add<Answer>(queued: QueuedWrite<Answer>): Promise<Answer> {
    const at = this.writes.push(queued) - 1
    return this.#ended.then(() => this.#answer(at) as Answer)
  }

  settle(at: number, part: Part | undefined): void {
    if (this.#errors?.has(at) === true) return
    try {
      this.#answers[at] = this.writes[at]!.settle(part)
    } catch (error) {
      this.refuse(at, error)
    }
  }

  refuse(at: number, error: unknown): void {
    this.#errors ??= new Map()
    this.#errors.set(at, error)
  }

  fail(error: Unavailable): void {
    for (const [at, queued] of this.writes.entries()) {
      if (this.#errors?.has(at) === true) continue
      queued.rollBack()
      this.refuse(at, error)
    }
  }

  /** To be called when each write is settled or has failed. */
  end(): void {
    this.#end()
  }

  #answer(at: number): unknown {
    if (this.#errors?.has(at) === true) throw this.#errors.get(at)
    return this.#answers[at]
  }
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
  /** Those that are not under way, oldest first. */
  readonly #batches: Batch[] = []
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

  /** Resolves, or rejects, with the answer of the write. */
  add<Answer>(queued: QueuedWrite<Answer>): Promise<Answer> {
    let batch = this.#batches.at(-1)
    if (batch === undefined || batch.isFull) this.#batches.push((batch = new Batch()))
    this.#running ??= Promise.resolve().then(() => this.#run())
    return batch.add(queued)
  }

  /** Resolves when every write is answered. The caller adds no more. */
  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running
    clearTimeout(this.#retry)
  }

  async #run(): Promise<void> {
    for (let batch = this.#batches.shift(); batch !== undefined; batch = this.#batches.shift()) await this.#commit(batch)
    this.#running = undefined
  }

  async #commit(batch: Batch): Promise<void> {
    const number = this.#last + 1
    const { bytes, ends } = layOut(prepareAll(batch, number))
    try {
      if (bytes.length > 0) this.#files.requireSpace()
      if (bytes.length > 0) await this.#journal.put(batchKey(number), bytes)
    } catch (error) {
      this.#failed(batch, error as Error & { commitError?: Promise<never> })
      return
    }
    this.#setProblem(undefined)
    if (bytes.length > 0) this.#last = number
    for (let at = 0, start = 0; at < ends.length; at++) {
      const end = ends[at]!
      batch.settle(at, end === start ? undefined : { batch: bytes, start, end: end - 1 })
      start = end
    }
    batch.end()
    this.#listeners.settled(this.#last)
  }

  #failed(batch: Batch, error: Error & { commitError?: Promise<never> }): void {
    const problem = `The data folder could not be written: ${error.message}`
    if (error.commitError === undefined) this.#setProblem(problem)
    // the reason comes in lmdb's second promise, which must not stay unhandled; until then the problem has no reason
    else this.#problem ??= problem
    error.commitError?.catch(({ message }: Error) => {
      // up to the colon it is the system's own message
      this.#setProblem(`The data folder could not be written: ${message.split(':')[0]}`)
    })
    batch.fail(new Unavailable(problem, { cause: error }))
    batch.end()
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

/** The packet of each write. One that throws here is refused alone: it has not changed anything. */
function prepareAll(batch: Batch, number: number): readonly (string | undefined)[] {
  return batch.writes.map((queued, at) => {
    try {
      return queued.prepare(number)
    } catch (error) {
      batch.refuse(at, error)
      return undefined
    }
  })
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
