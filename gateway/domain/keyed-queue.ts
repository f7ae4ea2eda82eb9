/** Runs tasks one at a time for each key, so that nothing changes between a task's read and the write that depends on it. On this node only. */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<unknown>>()

  /** How many keys have a task under way. */
  get size(): number {
    return this.#last.size
  }

  /** Whether a task of this key is under way. */
  isBusy(key: string): boolean {
    return this.#last.has(key)
  }

  async take<T>(key: string, run: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const mine = before === undefined ? run() : before.then(run, run)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}
