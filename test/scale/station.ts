/** One core that does one thing after the other. Times are µs of the simulation's clock. */
export class Station {
  #busyUntil = 0
  /** µs of work so far. */
  worked = 0

  /** Puts work behind what is waiting; returns when it is done. */
  work(now: number, micros: number): number {
    this.worked += micros
    this.#busyUntil = Math.max(now, this.#busyUntil) + micros
    return this.#busyUntil
  }

  /** Nothing is done before `until`. */
  stopUntil(until: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, until)
  }

  /** When work that is put behind what is waiting would begin. */
  freeAt(now: number): number {
    return Math.max(now, this.#busyUntil)
  }
}
