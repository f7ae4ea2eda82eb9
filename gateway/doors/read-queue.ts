import { setImmediate as turn } from 'node:timers/promises'
import { LIMITS } from '../protocol/limits.ts'
import type { Pipe } from '../relay/pipe.ts'

/** The session's next read waits while more than this is untaken; a page of ordinary messages is far smaller. */
const UNTAKEN_BYTES = LIMITS.answerBytes / 4

/**
 * Runs a session's reads (pages, lists), whose answers may be half a megabyte each, one after the other: at most one in a turn of the event loop,
 * and none while the client has not taken the answers before it. So a client that does not read holds little memory.
 */
export class ReadQueue {
  readonly #pipe: Pipe
  #last: Promise<void> = Promise.resolve()

  constructor(pipe: Pipe) {
    this.#pipe = pipe
  }

  /** Calls `read` when its turn has come, and resolves or rejects as it does. */
  inTurn<T>(read: () => Promise<T>): Promise<T> {
    const result = this.#last.then(read)
    this.#last = result.then(this.#untilTaken, this.#untilTaken)
    return result
  }

  /** The answer is written before the turn ends, so waiting for a turn comes first. */
  readonly #untilTaken = async (): Promise<void> => {
    await turn()
    while (this.#pipe.buffered().bytes >= UNTAKEN_BYTES) await new Promise<void>((resolve) => this.#pipe.onceEmpty(resolve))
  }
}
