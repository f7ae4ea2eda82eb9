import { setImmediate } from 'node:timers/promises'
import { Unavailable } from '../backbone.ts'
import { conversationSides } from '../../protocol/keys.ts'
import type { Conversation } from './conversation.ts'
import type { Conversations } from './conversations.ts'
import { deleteErased } from './erased-log.ts'
import type { Files } from './files.ts'
import { CHECKSUM_BYTES } from './checksummed.ts'
import { batchKey, entryKey, idKey, idValue, minuteOf, sideKey } from './keys-on-disk.ts'
import { rewritten, runs } from './log-rows.ts'

/** Rows of one step: they take the main thread some milliseconds and hardly delay a commit that runs at the same time. */
const STEP_ROWS = 1_500
/** A step grows with the journal's excess over its limit, at most by this factor: longer steps need fewer flushes for each row. */
const STEP_GROWTH = 8
/** Keys of the database `about`, see files.ts. */
const COUNT = Buffer.from('count')
const CHECKPOINTED = Buffer.from('folded')
/** One step removes at most so many batches from the journal. */
const STEP_BATCHES = 1_000

/**
 * Moves pending entries from the journal into `main`, whole conversations at a time, those that have waited longest first. A
 * conversation's pending entries become a few rows of `log`: the more of them move at once, the fewer rows and pages are written for
 * each. A checkpoint after every batch would write some pages for every message.
 *
 * Each step is one transaction of `main`; after it the journal drops the batches that are no longer needed. If the process is killed
 * between the two, the next start finds entries in both places and skips those of the journal, whose numbers it has already.
 */
export class Checkpoint {
  readonly #files: Files
  readonly #conversations: Conversations
  readonly #limitBytes: number
  #pendingBytes = 0
  /** The newest batch whose writes are all answered, and the oldest that the journal still holds. */
  #settledBatch: number
  #oldestBatch: number
  #running: Promise<void> | undefined
  #trimming: Promise<void> | undefined
  #isStopped = false
  /** Everything up to this batch is to leave the journal, however little is pending. */
  #wanted = 0
  /** Runs that the disk ended. */
  #failureCount = 0

  /** `oldest` and `newest` are the batches in the journal; above `limitBytes` of pending entries a checkpoint runs. */
  constructor(
    files: Files,
    conversations: Conversations,
    {
      limitBytes,
      oldest,
      newest,
    }: {
      limitBytes: number
      oldest: number
      newest: number
    },
  ) {
    for (const { pendingBytes } of conversations.pendingConversations) this.#pendingBytes += pendingBytes
    this.#files = files
    this.#conversations = conversations
    this.#limitBytes = limitBytes
    this.#oldestBatch = oldest
    this.#settledBatch = newest
  }

  /** Counts bytes that the journal got for the conversation. */
  grew(conversation: Conversation, bytes: number): void {
    conversation.pendingBytes += bytes
    this.#pendingBytes += bytes
  }

  /** Notes that all writes up to the batch are answered, and starts a checkpoint if too much is pending. */
  settled(batch: number): void {
    this.#settledBatch = batch
    this.#start()
  }

  /** Resolves when the journal has nothing of the batches up to `batch`; rejects where the disk fails. A batch behind them must be written. */
  async pass(batch: number): Promise<void> {
    this.#wanted = Math.max(this.#wanted, batch)
    while (this.#oldestBatch <= batch) {
      if (this.#isStopped) throw new Unavailable('The store is closed.')
      const before = this.#failureCount
      this.#start()
      // a run that had all but ended knew nothing of this batch, and the next one does
      await (this.#running ?? setImmediate())
      if (this.#failureCount > before) throw new Unavailable('The data folder could not be written.')
    }
  }

  get #isDue(): boolean {
    return this.#pendingBytes > this.#limitBytes || this.#oldestBatch <= this.#wanted
  }

  #start(): void {
    if (!this.#isDue || this.#isStopped) return
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
  }

  async #run(): Promise<void> {
    try {
      while (this.#isDue && !this.#isStopped && this.#hasWork) {
        await this.#step()
        // a journal that is to be emptied has few other batches, whose removal the next step would only wait for
        if (this.#pendingBytes <= this.#limitBytes) await this.#trimming
      }
      await this.#trimming
    } catch (error) {
      this.#trimming = undefined
      const { commitError } = error as { commitError?: Promise<never> }
      if (commitError === undefined) throw error
      this.#failureCount++
      // the disk failed, and nothing is lost: the journal has every entry, and the next settled batch tries again
      commitError.catch(() => undefined)
    }
  }

  get #hasWork(): boolean {
    return this.#conversations.pendingConversations.size > 0 || this.#oldestBatch <= Math.min(this.#wanted, this.#settledBatch - 1)
  }

  async #step(): Promise<void> {
    const batch = this.#settledBatch
    const steps: (() => void)[] = []
    const excess = this.#limitBytes > 0 ? this.#pendingBytes / this.#limitBytes : STEP_GROWTH
    const limit = STEP_ROWS * Math.min(Math.max(excess, 1), STEP_GROWTH)
    let rows = 0
    await this.#files.main.batch(() => {
      for (const conversation of this.#conversations.pendingConversations) {
        if (rows >= limit) break
        const deleted = deleteErased(this.#files, conversation, limit - rows)
        rows += 5 + deleted.count + conversation.pending.length
        // of a long log the next step deletes more
        if (deleted.isAll) steps.push(this.#write(conversation))
      }
      void this.#files.about.put(CHECKPOINTED, String(batch))
    })
    for (const done of steps) done()
    const [longest] = this.#conversations.pendingConversations
    // it runs at the same time as the next step: the two environments do not wait for each other
    await this.#trimming
    this.#trimming = this.#trim(longest === undefined ? batch + 1 : Math.min(longest.firstBatch, batch + 1), batch)
    this.#trimming.catch(() => undefined) // the next await gets the error
  }

  /** Writes the conversation's durable entries. The caller must call the returned function once the transaction is committed. */
  #write(conversation: Conversation): () => void {
    const batch = this.#settledBatch
    const { replacements, erasedCount } = conversation
    const deletedCount = conversation.erased.length
    const isEmpty = conversation.durable.seq === 0 && conversation.durable.assignment === undefined
    if (isEmpty && deletedCount > 0) void this.#files.rows.remove(Buffer.from(conversation.id))
    if (!isEmpty) {
      const { log, ids, rows, sides } = this.#files
      if (conversation.number === 0) conversation.number = this.#newNumber()
      const { id, number, checkpointed, pending, durable } = conversation
      for (const row of rewritten(log, conversation)) void log.put(row.key, row.value)
      for (const { index, bytes } of runs(conversation)) void log.putInPlace(entryKey(number, checkpointed + 1 + index), bytes)
      for (let i = 0; i < pending.length; i++) {
        void ids.putInPlace(idKey(number, pending.hash(i)), idValue(checkpointed + 1 + i, CHECKSUM_BYTES))
      }
      void rows.put(Buffer.from(id), JSON.stringify(conversation.row()))
      if (durable.seq > 0) this.#file(sides, conversation, durable.at)
      conversation.filingAt = durable.seq > 0 ? durable.at : undefined
    }
    const {
      pending: { length },
      pendingBytes: bytes,
      durable: { at },
    } = conversation
    return () => {
      conversation.erased.splice(0, deletedCount)
      // what was written is of a log that has been erased meanwhile, and is deleted by a later step
      if (conversation.erasedCount === erasedCount) {
        conversation.forget(length)
        conversation.forgetReplaced(replacements)
        if (conversation.checkpointed > 0) conversation.filedAt = at
      }
      conversation.pendingBytes -= bytes
      this.#pendingBytes -= bytes
      this.#conversations.checkpointed(conversation, batch)
    }
  }

  #file(sides: Files['sides'], { id, number, filedAt }: Conversation, at: number): void {
    if (filedAt !== undefined && minuteOf(filedAt) === minuteOf(at)) return
    for (const side of conversationSides(id) ?? []) {
      if (filedAt !== undefined) void sides.remove(sideKey(side, minuteOf(filedAt), number))
      void sides.put(sideKey(side, minuteOf(at), number), id)
    }
  }

  /** Counts in memory as well as on disk, because one transaction may give several numbers. */
  #newNumber(): number {
    this.#count ??= Number(this.#files.about.get(COUNT) ?? 0)
    this.#count++
    void this.#files.about.put(COUNT, String(this.#count))
    return this.#count
  }
  #count: number | undefined

  async #trim(needed: number, newest: number): Promise<void> {
    // the newest batch stays, so that numbering continues above it after a restart
    const end = Math.min(needed, newest, this.#oldestBatch + STEP_BATCHES)
    if (end <= this.#oldestBatch) return
    await this.#files.journal.batch(() => {
      for (let batch = this.#oldestBatch; batch < end; batch++) void this.#files.journal.remove(batchKey(batch))
    })
    this.#oldestBatch = end
  }
}
