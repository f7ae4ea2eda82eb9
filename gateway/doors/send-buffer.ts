/**
 * Counts what a session has written and its socket has not taken yet. Pushes are counted apart from answers: a large answer, which the client
 * asked for, is no reason to close the session at the next push.
 *
 * The callback of a write never runs before the turn of the event loop ends. So bytes without a callback may be of this very turn, and do not say
 * how far the client is behind; that is judged by what its socket refused (`refused`).
 */
import type { Duplex } from 'node:stream'

const OVERDUE_MS = 1000

/** The connection that the buffer counts for. */
export interface SendBufferSource {
  /** How many bytes the socket has refused and still holds in user space. */
  refused(sendBuffer: SendBuffer): number
  /** How many bytes the socket has taken so far, including parts of a large write; any change is progress. */
  taken?(): number
  /** Ms of a clock that never steps back. */
  now(): number
}

const NONE: readonly never[] = []

export class SendBuffer {
  readonly #source: SendBufferSource
  /** Bytes of each write, in order; negative for an answer. */
  #sizes: number[] | undefined
  #takenCount = 0
  #pushBytes = 0
  #bytes = 0
  /** All bytes ever added; how many those were at the last two marks, which are a second or more apart; when the last mark was made. */
  #added = 0
  #mark = 0
  #olderMark = 0
  #markedAt = 0
  #waiting: (() => void)[] | undefined
  /** As of the last call of `stalledMs`: since when nothing was taken (undefined: nothing waited), and what had been taken by then. */
  #stalledSince: number | undefined
  #takenBefore: readonly number[] = NONE

  constructor(source: SendBufferSource) {
    this.#source = source
  }

  /** Bytes of pushes that the socket refused. */
  get pushBytes(): number {
    return this.#pushBytes === 0 ? 0 : Math.min(this.#pushBytes, this.#source.refused(this))
  }

  /** Bytes of everything that the socket refused. */
  get bytes(): number {
    return this.#bytes === 0 ? 0 : Math.min(this.#bytes, this.#source.refused(this))
  }

  /** Bytes of everything, what was only gathered in this turn included. */
  get gatheredBytes(): number {
    return this.#bytes
  }

  /** Bytes that have waited for a second or longer. */
  get overdueBytes(): number {
    return Math.max(0, this.#olderMark - (this.#added - this.#bytes))
  }

  /** For how many ms bytes have waited of which none was taken. Compares with the previous call; to be called about once a second. */
  stalledMs(): number {
    const now = this.#source.now()
    const taken = [this.#added - this.#bytes, this.#source.taken?.() ?? 0]
    if (this.#isEmpty) this.#stalledSince = undefined
    else if (this.#stalledSince === undefined || taken.some((count, at) => count !== this.#takenBefore[at])) this.#stalledSince = now
    this.#takenBefore = taken
    return this.#stalledSince === undefined ? 0 : now - this.#stalledSince
  }

  add(bytes: number, isPush: boolean): void {
    const now = this.#source.now()
    if (now - this.#markedAt >= OVERDUE_MS) {
      this.#olderMark = this.#mark
      this.#mark = this.#added
      this.#markedAt = now
    }
    ;(this.#sizes ??= []).push(isPush ? bytes : -bytes)
    this.#added += bytes
    this.#bytes += bytes
    if (isPush) this.#pushBytes += bytes
  }

  /** To be called when the socket has taken the oldest `count` packets. */
  take(count = 1): void {
    for (let left = count; left > 0 && this.#sizes !== undefined; left--) {
      const size = this.#sizes[this.#takenCount++]!
      this.#bytes -= Math.abs(size)
      if (size > 0) this.#pushBytes -= size
      if (this.#takenCount === this.#sizes.length) this.clear()
    }
  }

  /** Forgets all writes: nothing waits any more, or the connection has closed. */
  clear(): void {
    this.#sizes = undefined
    this.#takenCount = 0
    this.#pushBytes = 0
    this.#bytes = 0
    const waiting = this.#waiting ?? NONE
    this.#waiting = undefined
    for (const listener of waiting) listener()
  }

  /** See `Pipe.onceEmpty`. */
  onceEmpty(listener: () => void): void {
    if (this.#isEmpty) listener()
    else (this.#waiting ??= []).push(listener)
  }

  get #isEmpty(): boolean {
    return this.#sizes === undefined
  }
}

/**
 * How many bytes of a socket the kernel has taken. Node reads the same private fields for a socket's timeout; the public counters count a write
 * only once all of it has left, and a megabyte to a slow phone takes longer than the limit.
 */
export function takenBytes(socket: Duplex): number {
  const { _handle: handle } = socket as { readonly _handle?: { readonly bytesWritten: number; readonly writeQueueSize: number } | null }
  return handle ? handle.bytesWritten - handle.writeQueueSize : 0
}
