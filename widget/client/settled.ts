import type { Message } from '../../gateway/protocol/model.ts'
import type { Clock } from './clock.ts'
import { CHANGING_MS } from './limits.ts'

/** The most entries, and characters of their bodies as JSON, that come again with a resume. */
const AGAIN_COUNT = 20
const AGAIN_LENGTH = 16_384

/**
 * Up to which entry nothing can change any more. A young message may be withdrawn, and who is not connected is not told: so a resume names the last
 * settled entry, and what is above it comes again as it stands then.
 */
export class Settled {
  seq = 0
  readonly #clock: Clock
  #newest = 0
  /** Since when the newest entry is there, and the connection has held. */
  #since = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Who has followed the log for long enough after its newest entry has heard of every change to it. `end`: 0 while it is not followed. */
  note(end: number): void {
    const now = this.#clock.uptime()
    if (end < this.seq) this.seq = 0 // it is another log
    if (end === 0 || end !== this.#newest) this.#since = now
    else if (now - this.#since > CHANGING_MS) this.seq = end
    this.#newest = end
  }

  /** Undefined: every entry may change. Of many or long young entries only the newest come again: a network that breaks often is a slow one. */
  lastOf(messages: readonly Message[]): Message | undefined {
    let at = messages.length - 1
    const newest = messages[at]
    let left = AGAIN_LENGTH
    for (let count = 0; at >= 0 && count < AGAIN_COUNT; count++, at--) {
      const { seq, at: writtenAt, body } = messages[at]!
      if (seq <= this.seq || newest!.at - writtenAt >= CHANGING_MS) break
      left -= JSON.stringify(body).length
      if (left < 0) break
    }
    return messages[at]
  }
}
