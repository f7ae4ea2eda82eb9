/**
 * Reading is done in one go by the process that also does everything else: of it so many bytes are read in a turn of the event loop,
 * by all who ask together. Who asks for more waits for the next turn, behind whatever the networks have to say.
 */
const BYTES_PER_TURN = 262_144

export class TurnBudget {
  #spentBytes = 0
  #next: Promise<void> | undefined

  get isSpent(): boolean {
    return this.#spentBytes >= BYTES_PER_TURN
  }

  spend(bytes: number): void {
    this.#spentBytes += bytes
    this.#next ??= new Promise((resolve) =>
      setImmediate(() => {
        this.#spentBytes = 0
        this.#next = undefined
        resolve()
      }),
    )
  }

  /** Resolves in the next turn; others may have spent that one as well. */
  get next(): Promise<void> | undefined {
    return this.#next
  }
}
