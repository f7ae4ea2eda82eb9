import type { Watermark } from '../backbone/backbone.ts'

/** A message is lost if it has not come so long after its watermark, */
const LATE_MS = 1000
/** and at so many checks: a process that stood still first has to read what waited in its sockets. */
const CHECKS_COUNT = 2

interface Expected {
  readonly from: number
  readonly seq: number
  /** The highest seq of a watermark that came while `seq` was awaited. */
  upTo: number
  readonly since: number
  checksCount: number
}

/** Messages that other nodes have written and this node's channels must bring. Tells those that are late from those that were lost. */
export class ExpectedMessages {
  /** By conversation. */
  readonly #expected = new Map<string, Expected>()

  get isEmpty(): boolean {
    return this.#expected.size === 0
  }

  expect({ conversation, from, seq }: Watermark, now: number): void {
    const known = this.#expected.get(conversation)
    if (known === undefined) this.#expected.set(conversation, { from, seq, upTo: seq, since: now, checksCount: 0 })
    else known.upTo = Math.max(known.upTo, seq)
  }

  /** To be called about every second. `seqOf` is the last seq that came. Returns what was lost, and does not expect it any more. */
  takeLost(seqOf: (conversation: string) => number, now: number): Watermark[] {
    const lost: Watermark[] = []
    for (const [conversation, expected] of [...this.#expected]) {
      const { from, seq, upTo, since } = expected
      const came = seqOf(conversation)
      const isDue = ++expected.checksCount >= CHECKS_COUNT && now - since >= LATE_MS
      if (came < upTo && !isDue) continue
      this.#expected.delete(conversation)
      if (came < seq) lost.push({ conversation, from, seq: upTo })
      else if (came < upTo) this.expect({ conversation, from: came + 1, seq: upTo }, now)
    }
    return lost
  }
}
