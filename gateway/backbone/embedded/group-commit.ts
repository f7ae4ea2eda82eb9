import { Unavailable } from '../backbone.ts'
import type { Files } from './files.ts'

/** Something to be written to the journal, or to be answered after what was asked before it is durable. */
export interface Wish {
  /** Decides, against the state that all earlier wishes lead to. Returns the packet to write, or nothing to write. */
  prepare(batch: number): string | undefined
  /** It is durable, and so is everything before it; `packet` is what was written. */
  settle(packet: Buffer | undefined): void
  /** It was not written, as far as is known; nothing after it in the same batch was either. */
  fail(error: Unavailable): void
}

/**
 * Many wishes, one flush. Idle: a commit starts in the tick of the first wish. Busy: what gathers while a commit is on its
 * way is the next one. So a single message waits for nobody, and load makes batches instead of a queue; no timer.
 */
export class GroupCommit {
  readonly #journal: Files['journal']
  readonly #settled: (batch: number) => void
  #wishes: Wish[] = []
  #last: number
  #running: Promise<void> | undefined
  /** Why the last commit failed. */
  trouble: string | undefined

  /** `last`: the newest batch in the journal. `settled` is told of every batch after its last wish. */
  constructor(journal: Files['journal'], last: number, settled: (batch: number) => void) {
    this.#journal = journal
    this.#last = last
    this.#settled = settled
  }

  add(wish: Wish): void {
    this.#wishes.push(wish)
    this.#running ??= Promise.resolve().then(() => this.#run())
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    while (this.#wishes.length > 0) {
      const wishes = this.#wishes
      this.#wishes = []
      await this.#commit(wishes)
    }
    this.#running = undefined
  }

  async #commit(wishes: readonly Wish[]): Promise<void> {
    const batch = this.#last + 1
    const packets = wishes.map((wish) => wish.prepare(batch))
    const written = layOut(packets)
    try {
      if (written.bytes.length > 0) await this.#journal.put(batch, written.bytes)
    } catch (error) {
      this.#failed(wishes, error as Error & { commitError?: Promise<never> })
      return
    }
    this.trouble = undefined
    if (written.bytes.length > 0) this.#last = batch
    for (const [i, wish] of wishes.entries()) wish.settle(written.parts[i])
    this.#settled(this.#last)
  }

  #failed(wishes: readonly Wish[], error: Error & { commitError?: Promise<never> }): void {
    this.trouble = `The data folder could not be written: ${error.message}`
    // lmdb tells the reason in a second promise, which must not stay unhandled.
    error.commitError?.catch((reason: Error) => { this.trouble = `The data folder could not be written: ${reason.message}` })
    const unavailable = new Unavailable(this.trouble, { cause: error })
    for (const wish of wishes) wish.fail(unavailable)
  }
}

/** All packets in one buffer, one a line (JSON has no raw line feed), and each packet's part of it. */
function layOut(packets: readonly (string | undefined)[]): { bytes: Buffer; parts: readonly (Buffer | undefined)[] } {
  const lengths = packets.map((packet) => packet === undefined ? 0 : Buffer.byteLength(packet) + 1)
  // Of its own, never from the shared pool: parts of it live until they are folded.
  const bytes = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0))
  let end = 0
  const parts = packets.map((packet, i) => {
    if (packet === undefined) return undefined
    const start = end
    end += lengths[i]!
    bytes.write(packet + '\n', start)
    return bytes.subarray(start, end - 1)
  })
  return { bytes, parts }
}
