/**
 * What a pipe has handed over and the network has not taken yet, and who waits for the end of it. Pushes are told apart from what the
 * client has asked for itself: a large answer on its way is no reason to cut the line at the next push.
 *
 * A callback of a write cannot run before the turn of the event loop ends. What is handed over and not called back yet is therefore
 * what *we* did in this turn, not how far the *reader* is behind: a line is judged by what was refused (`refused`) alone.
 */
import type { Duplex } from 'node:stream'

const OVERDUE_MS = 1000

export interface PendingOptions {
  /** How many bytes the reader's side has refused so far. */
  readonly refused: (pending: SendBuffer) => number
  /** How many bytes its network has taken so far, the half of a large write included; any change of it is progress. */
  readonly taken?: () => number
  /** Ms of a clock that never steps back. */
  readonly now: () => number
}

export class SendBuffer {
  readonly #refused: (pending: SendBuffer) => number
  readonly #taken: () => number
  readonly #now: () => number
  /** Bytes of each, in order; negative for what is no push. */
  #sizes: number[] = []
  #takenCount = 0
  #pushBytes = 0
  #bytes = 0
  /** All bytes that were ever added, how many of them at the last two marks, and when the last mark was made. */
  #added = 0
  #mark = 0
  #olderMark = 0
  #markedAt = 0
  #waiting: (() => void)[] = []
  /** Of the last look: since when nothing was taken (undefined: nothing waited), and what had been taken until then. */
  #stalledSince: number | undefined
  #looked: readonly [number, number] = [0, 0]

  constructor({ refused, taken = () => 0, now }: PendingOptions) {
    this.#refused = refused
    this.#taken = taken
    this.#now = now
  }

  /** Bytes of pushes that the reader is behind. */
  get pushBytes(): number {
    return this.#pushBytes === 0 ? 0 : Math.min(this.#pushBytes, this.#refused(this))
  }

  /** Of everything. */
  get bytes(): number {
    return this.#bytes === 0 ? 0 : Math.min(this.#bytes, this.#refused(this))
  }

  /** Of everything, whether somebody refused it or it has only been gathered. */
  get gatheredBytes(): number {
    return this.#bytes
  }

  /** What has waited for a second and longer. */
  get overdueBytes(): number {
    return Math.max(0, this.#olderMark - (this.#added - this.#bytes))
  }

  /** For how many ms something has waited of which nothing was taken, as far as looks tell: to be asked about once a second. */
  stalledMs(): number {
    const now = this.#now()
    const looked = [this.#added - this.#bytes, this.#taken()] as const
    if (this.#isEmpty) this.#stalledSince = undefined
    else if (this.#stalledSince === undefined || looked.some((count, at) => count !== this.#looked[at])) this.#stalledSince = now
    this.#looked = looked
    return this.#stalledSince === undefined ? 0 : now - this.#stalledSince
  }

  add(bytes: number, isPush: boolean): void {
    const now = this.#now()
    if (now - this.#markedAt >= OVERDUE_MS) {
      this.#olderMark = this.#mark
      this.#mark = this.#added
      this.#markedAt = now
    }
    this.#sizes.push(isPush ? bytes : -bytes)
    this.#added += bytes
    this.#bytes += bytes
    if (isPush) this.#pushBytes += bytes
  }

  /** The oldest has been taken. A bound function, so that one serves every write. */
  readonly take = (): void => {
    if (this.#isEmpty) return
    const size = this.#sizes[this.#takenCount++]!
    this.#bytes -= Math.abs(size)
    if (size > 0) this.#pushBytes -= size
    if (this.#isEmpty) this.clear()
  }

  /** Nothing is pending any more, or nothing will ever be taken. */
  clear(): void {
    this.#sizes = []
    this.#takenCount = 0
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
    return this.#takenCount === this.#sizes.length
  }
}

/**
 * How many bytes of a socket the kernel has taken. Node looks at the same numbers where a socket has a timeout; the public ones know of
 * a write only once all of it is gone, which may take a megabyte and a slow phone longer than we wait.
 */
export function takenBytes(socket: Duplex): number {
  const { _handle: handle } = socket as { readonly _handle?: { readonly bytesWritten: number; readonly writeQueueSize: number } | null }
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0
}
