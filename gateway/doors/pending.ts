/**
 * What a pipe has handed over and the network has not taken yet, and who waits for the end of it. Pushes are told apart from what the
 * client has asked for itself: a large answer on its way is no reason to cut the line at the next push.
 */
export class Pending {
  /** Bytes of each, in order; negative for what is no push. */
  #sizes: number[] = []
  #taken = 0
  #pushCount = 0
  #pushBytes = 0
  #bytes = 0
  #waiting: (() => void)[] = []

  get pushCount(): number {
    return this.#pushCount
  }

  get pushBytes(): number {
    return this.#pushBytes
  }

  /** Of everything. */
  get bytes(): number {
    return this.#bytes
  }

  add(bytes: number, isPush: boolean): void {
    this.#sizes.push(isPush ? bytes : -bytes)
    this.#bytes += bytes
    if (!isPush) return
    this.#pushCount++
    this.#pushBytes += bytes
  }

  /** The oldest has been taken. A bound function, so that one serves every write. */
  readonly take = (): void => {
    if (this.#isEmpty) return
    const size = this.#sizes[this.#taken++]!
    this.#bytes -= Math.abs(size)
    if (size > 0) {
      this.#pushCount--
      this.#pushBytes -= size
    }
    if (this.#isEmpty) this.clear()
  }

  /** Nothing is pending any more, or nothing will ever be taken. */
  clear(): void {
    this.#sizes = []
    this.#taken = 0
    this.#pushCount = 0
    this.#pushBytes = 0
    this.#bytes = 0
    const waiting = this.#waiting
    this.#waiting = []
    for (const listener of waiting) listener()
  }

  onceEmpty(listener: () => void): void {
    if (this.#isEmpty) listener()
    else this.#waiting.push(listener)
  }

  get #isEmpty(): boolean {
    return this.#taken === this.#sizes.length
  }
}
