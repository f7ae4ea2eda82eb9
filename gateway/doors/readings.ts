import { setImmediate as turn } from 'node:timers/promises'
import { LIMITS } from '../protocol/limits.ts'
import type { Pipe } from '../relay/pipe.ts'

/** A page of ordinary messages is far below. */
const UNTAKEN_BYTES = LIMITS.answerBytes / 4

/**
 * The readings that one session asks for (pages, lists, searches), whose answers may be half a megabyte each: one after the other, a turn
 * of the event loop apart, and none while the network has not taken what was read before. Nothing is made for who does not read.
 */
export class Readings {
  readonly #pipe: Pipe
  #last: Promise<void> = Promise.resolve()

  constructor(pipe: Pipe) {
    this.#pipe = pipe
  }

  /** `read` is called when its turn has come, and settles what is returned. */
  inTurn<T>(read: () => Promise<T>): Promise<T> {
    const reading = this.#last.then(read)
    this.#last = reading.then(this.#afterwards, this.#afterwards)
    return reading
  }

  /** Its answer is written before the turn is over. */
  readonly #afterwards = async (): Promise<void> => {
    await turn()
    while (this.#pipe.buffered().bytes >= UNTAKEN_BYTES) await new Promise<void>((resolve) => this.#pipe.onceEmpty(resolve))
  }
}
