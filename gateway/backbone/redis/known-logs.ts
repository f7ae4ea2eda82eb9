import { LRUCache } from 'lru-cache'
import { KnownLog } from './known-log.ts'
import type { Ring } from './ring.ts'

/** How many logs a node knows: each takes about half a kilobyte, and up to five more for its client ids. */
const LOGS_COUNT = 20_000

/** One that is forgotten for want of room is learned again with its next message. */
export class KnownLogs {
  readonly #logs = new LRUCache<string, KnownLog>({ max: LOGS_COUNT })
  readonly #windowCount: number
  readonly #ring: Pick<Ring, 'placeOf'>

  constructor(windowCount: number, ring: Pick<Ring, 'placeOf'>) {
    this.#windowCount = windowCount
    this.#ring = ring
  }

  of(conversation: string): KnownLog {
    let log = this.#logs.get(conversation)
    if (log === undefined)
      this.#logs.set(conversation, (log = new KnownLog(conversation, { windowCount: this.#windowCount, place: this.#ring.placeOf(conversation) })))
    return log
  }

  /** Another node, or this one, has written: it came into this node's inbox. Returns the log, if this node knows it. */
  heard(conversation: string, write: Buffer, packet: Buffer): KnownLog | undefined {
    const log = this.#logs.get(conversation)
    log?.hear(write, packet)
    return log
  }
}
