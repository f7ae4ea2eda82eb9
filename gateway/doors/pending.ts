/** What a pipe has handed over and the network has not taken yet: how many, how many bytes, and who waits for the end of it. */
export class Pending {
  #sizes: number[] = []
  #taken = 0
  #bytes = 0
  #waiting: (() => void)[] = []

  get count(): number {
    return this.#sizes.length - this.#taken
  }

  get bytes(): number {
    return this.#bytes
  }

  add(bytes: number): void {
    this.#sizes.push(bytes)
    this.#bytes += bytes
  }

  /** The oldest has been taken. A bound function, so that one serves every write. */
  readonly take = (): void => {
    if (this.count === 0) return
    this.#bytes -= this.#sizes[this.#taken++] ?? 0
    if (this.count === 0) this.clear()
  }

  /** Nothing is pending any more, or nothing will ever be taken. */
  clear(): void {
    this.#sizes = []
    this.#taken = 0
    this.#bytes = 0
    const waiting = this.#waiting
    this.#waiting = []
    for (const listener of waiting) listener()
  }

  onceEmpty(listener: () => void): void {
    if (this.count === 0) listener()
    else this.#waiting.push(listener)
  }
}
