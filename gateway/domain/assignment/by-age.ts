type Place = readonly [since: number, conversation: string]

/**
 * Conversations in the order of their times: a sorted array with binary search. Nearly all are added at its end; any other addition or removal
 * moves a block of memory, which takes microseconds among tens of thousands.
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

  /** How many stand before it; undefined if it does not stand here with this time. */
  countBefore(conversation: string, since: number): number | undefined {
    const index = this.#indexOf([since, conversation])
    return this.#places[index]?.[1] === conversation ? index : undefined
  }

  clear(): void {
    this.#places = []
  }

  /** Those behind this place, oldest first, whether it is there or not. */
  *after(since: number, conversation: string): Generator<readonly [since: number, conversation: string]> {
    for (let last: Place = [since, conversation]; ;) {
      const index = this.#indexOf(last)
      const next = this.#places[this.#places[index]?.[1] === last[1] && this.#places[index]?.[0] === last[0] ? index + 1 : index]
      if (next === undefined) return
      yield next
      last = next
    }
  }

  /** Oldest first. May be changed during the iteration, which then reaches or leaves out the changed places ahead of it. */
  *[Symbol.iterator](): Iterator<string> {
    for (let place = this.#places[0]; place !== undefined;) {
      yield place[1]
      const index = this.#indexOf(place)
      place = this.#places[this.#places[index] === place ? index + 1 : index]
    }
  }

  /** The index of this place, or of the first one after it. */
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
