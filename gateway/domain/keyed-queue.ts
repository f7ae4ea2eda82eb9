/** One after the other, for each key: what is read and then written on what was read would otherwise be overtaken. On this node only. */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<unknown>>()

  /** How many keys have something under way. */
  get size(): number {
    return this.#last.size
  }

  /** Whether something of this key is under way. */
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
