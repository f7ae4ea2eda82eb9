import type { Watermark } from '../backbone/backbone.ts'

/** So long a message may take after one knows of it, and the process must have read what waited in its sockets: it may have stood still. */
const LATE_MS = 1000
const LOOKS_COUNT = 2

interface Expected {
  readonly from: number
  readonly seq: number
  /** Became known while `seq` was awaited. */
  upTo: number
  readonly since: number
  looksCount: number
}

/** Messages that are in a log and must come to this node. One that is late may still come; one that does not was lost. */
export class ExpectedMessages {
  /** By conversation. */
  readonly #expected = new Map<string, Expected>()

  get isEmpty(): boolean {
    return this.#expected.size === 0
  }

  expect({ conversation, from, seq }: Watermark, now: number): void {
    const known = this.#expected.get(conversation)
    if (known === undefined) this.#expected.set(conversation, { from, seq, upTo: seq, since: now, looksCount: 0 })
    else known.upTo = Math.max(known.upTo, seq)
  }

  /** To be called about every second. `seqOf` is the last seq that came. Returns what was lost, and does not expect it any more. */
  takeLost(seqOf: (conversation: string) => number, now: number): Watermark[] {
    const lost: Watermark[] = []
    for (const [conversation, expected] of [...this.#expected]) {
      const { from, seq, upTo, since } = expected
      const came = seqOf(conversation)
      const isDue = ++expected.looksCount >= LOOKS_COUNT && now - since >= LATE_MS
      if (came < upTo && !isDue) continue
      this.#expected.delete(conversation)
      if (came < seq) lost.push({ conversation, from, seq: upTo })
      else if (came < upTo) this.expect({ conversation, from: came + 1, seq: upTo }, now)
    }
    return lost
  }
}
