/**
 * Counts a session's refusals and decides when it must be closed:
 *
 *   attached      after `COUNT` refusals within `MS` that a retry cannot change, or `LIMITED_COUNT` of `rate_limited` within `LIMITED_MS`,
 *                 because the client ignores `afterMs`
 *   not attached  after `TRIES` refusals of any kind
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

  /** Counts a refusal. Returns true if it was one too many. */
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
    // starts over too when the clock steps back
    if (Math.abs(now - this.#since) > this.#ms) {
      this.#count = 0
      this.#since = now
    }
    return ++this.#count >= this.#most
  }
}
