const IN_A_TURN = 4

/**
 * Lets a few newcomers in with each turn of the event loop. When a node or a network was lost, thousands connect at once; each costs as much as
 * thirty messages, and whoever is here already would wait for all of them.
 */
export class Arrivals {
  #waiting: (() => void)[] = []
  #left = IN_A_TURN
  #isCounting = false

  /** Calls `run` at once where there is room in this turn, else in its order in a later one. `run` must not throw. */
  enter(run: () => void): void {
    if (!this.#isCounting) this.#count()
    if (this.#left === 0) return void this.#waiting.push(run)
    this.#left--
    run()
  }

  /** Resolves when the caller may go on. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.enter(resolve))
  }

  #count(): void {
    this.#isCounting = true
    setImmediate(() => {
      const next = this.#waiting.splice(0, IN_A_TURN)
      this.#left = IN_A_TURN - next.length
      this.#isCounting = false
      if (next.length > 0) this.#count()
      for (const run of next) run()
    })
  }
}
