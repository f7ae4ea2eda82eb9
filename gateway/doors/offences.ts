/**
 * What a line did wrong, and when it was too much.
 *
 *   attached     what sending again will not change: `COUNT` times in `MS`; `rate_limited`, for it was told when to come back and
 *                came before: `LIMITED_COUNT` times in `LIMITED_MS`
 *   not attached any refusal, `TRIES` in all: who has not shown a pass gets few answers
 */
import { CODES, type Code } from '../protocol/codes.ts'

const COUNT = 50
const MS = 10_000
const LIMITED_COUNT = 200
const LIMITED_MS = 60_000
const TRIES = 10

export class Offences {
  readonly #wrong = new Recent(COUNT, MS)
  readonly #limited = new Recent(LIMITED_COUNT, LIMITED_MS)
  #tries = 0

  /** Counts a refusal; true: that was one too many. */
  isTooMuch(code: Code, { isAttached, now }: { isAttached: boolean; now: number }): boolean {
    if (!isAttached) return ++this.#tries >= TRIES
    if (code === 'rate_limited') return this.#limited.add(now)
    return !CODES[code].retry && this.#wrong.add(now)
  }
}

class Recent {
  readonly #most: number
  readonly #ms: number
  #count = 0
  #since = -Infinity

  constructor(most: number, ms: number) {
    this.#most = most
    this.#ms = ms
  }

  add(now: number): boolean {
    // a clock that steps back begins anew as well
    if (Math.abs(now - this.#since) > this.#ms) {
      this.#count = 0
      this.#since = now
    }
    return ++this.#count >= this.#most
  }
}
