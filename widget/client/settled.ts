import type { Message } from '../../gateway/protocol/model.ts'
import type { Clock } from './clock.ts'
import { CHANGING_MS } from './limits.ts'

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

  /** Undefined: every entry may change. */
  lastOf(messages: readonly Message[]): Message | undefined {
    let at = messages.length - 1
    const newest = messages[at]
    while (at >= 0 && messages[at]!.seq > this.seq && newest!.at - messages[at]!.at < CHANGING_MS) at--
    return messages[at]
  }
}
