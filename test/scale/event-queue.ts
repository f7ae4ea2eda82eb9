interface Event {
  readonly at: number
  readonly run: () => void
}

/** A clock of its own, in µs: events run in the order of their times, and those of one time in the order in which they were added. */
export class EventQueue {
  now = 0
  #added = 0
  /** A binary heap; `order` tells events of one time apart. */
  readonly #heap: (Event & { readonly order: number })[] = []

  at(at: number, run: () => void): void {
    const heap = this.#heap
    heap.push({ at: Math.max(at, this.now), run, order: this.#added++ })
    for (let child = heap.length - 1; child > 0;) {
      const parent = (child - 1) >> 1
      if (!isBefore(heap[child]!, heap[parent]!)) return
      this.#swap(child, parent)
      child = parent
    }
  }

  /** Runs all events up to `end`. */
  runUntil(end: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#removeFirst()
      this.now = next.at
      next.run()
    }
    this.now = end
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    heap[0] = last
    for (let parent = 0; ;) {
      const [left, right] = [parent * 2 + 1, parent * 2 + 2]
      let first = parent
      if (left < heap.length && isBefore(heap[left]!, heap[first]!)) first = left
      if (right < heap.length && isBefore(heap[right]!, heap[first]!)) first = right
      if (first === parent) return
      this.#swap(parent, first)
      parent = first
    }
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap
    ;[heap[a], heap[b]] = [heap[b]!, heap[a]!]
  }
}

const isBefore = (a: { at: number; order: number }, b: { at: number; order: number }): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)
