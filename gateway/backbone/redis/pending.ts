import { failureOf } from './failure.ts'
import type { Op } from './op.ts'

/** A submitted operation. */
export class Pending {
  readonly op: Op<unknown>
  readonly lane: Lane
  /** The next in its lane. */
  next: Pending | undefined
  /** Must be sent in a batch of its own, because a shared one failed as a whole. */
  isAlone = false
  /** Must not share a script call with operations of other keys. */
  isApart = false
  isSettled = false
  /** By `performance.now()`; undefined until a reply first says "elsewhere" or "not yet": that is rare, and reading the clock is not free. */
  deadline: number | undefined
  readonly #resolve: (value: unknown) => void
  readonly #reject: (error: Error) => void

  constructor(op: Op<unknown>, lane: Lane, resolve: (value: unknown) => void, reject: (error: Error) => void) {
    this.op = op
    this.lane = lane
    this.#resolve = resolve
    this.#reject = reject
  }

  answer(value: unknown): void {
    this.isSettled = true
    this.#resolve(value)
  }

  refuse(error: unknown): void {
    this.isSettled = true
    this.#reject(failureOf(error))
  }
}

/** The operations of one key, oldest first. At most one batch holds a lane at a time, so a retry cannot overtake or be overtaken. */
export class Lane {
  readonly key: string
  /** The next send needs ASKING: the server is still importing the slot. */
  isAsking = false
  first: Pending | undefined
  #last: Pending | undefined

  constructor(key: string) {
    this.key = key
  }

  add(pending: Pending): void {
    if (this.#last === undefined) this.first = pending
    else this.#last.next = pending
    this.#last = pending
  }

  /** What was settled is usually all that was sent; behind it is what came meanwhile. */
  removeSettled(): void {
    let next: Pending | undefined
    let pending = this.first
    this.first = this.#last = undefined
    for (; pending !== undefined; pending = next) {
      next = pending.next
      pending.next = undefined
      if (!pending.isSettled) this.add(pending)
    }
  }

  refuse(error: Error): void {
    for (let pending = this.first; pending !== undefined; pending = pending.next) pending.refuse(error)
    this.first = this.#last = undefined
  }
}
