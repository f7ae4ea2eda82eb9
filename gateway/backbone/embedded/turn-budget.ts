/**
 * Reads are synchronous, in the process that also serves all sessions. So in one turn of the event loop all readers together read about so
 * many bytes; a further read waits for the next turn, and the network is served between.
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

  /** Resolves in the next turn. Ask `isSpent` again then: other readers may have been faster. */
  get next(): Promise<void> | undefined {
    return this.#next
  }
}
