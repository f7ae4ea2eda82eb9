type Place = readonly [since: number, conversation: string]

/**
 * Conversations in the order of their times. A place is found by halving; nearly all are added at the end, for time goes on, and what an
 * addition or a removal elsewhere moves is a block of memory: some microseconds among tens of thousands.
 */
export class ByAge implements Iterable<string> {
  #places: Place[] = []

  get size(): number {
    return this.#places.length
  }

  add(conversation: string, since: number): void {
    const place: Place = [since, conversation]
    this.#places.splice(this.#indexOf(place), 0, place)
  }

  delete(conversation: string, since: number): void {
    const index = this.#indexOf([since, conversation])
    if (this.#places[index]?.[1] === conversation) this.#places.splice(index, 1)
  }

  clear(): void {
    this.#places = []
  }

  /** Longest first; what is added or deleted meanwhile is met, or not, at its place. */
  *[Symbol.iterator](): Iterator<string> {
    for (let place = this.#places[0]; place !== undefined;) {
      yield place[1]
      const index = this.#indexOf(place)
      place = this.#places[this.#places[index] === place ? index + 1 : index]
    }
  }

  /** Of this place, or of the first one behind it. */
  #indexOf([since, conversation]: Place): number {
    const last = this.#places.at(-1)
    if (last === undefined || last[0] < since) return this.#places.length
    let low = 0
    for (let high = this.#places.length; low < high;) {
      const middle = (low + high) >>> 1
      const [at, name] = this.#places[middle]!
      if (at < since || (at === since && name < conversation)) low = middle + 1
      else high = middle
    }
    return low
  }
}
