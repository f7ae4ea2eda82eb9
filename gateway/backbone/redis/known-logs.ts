import { LRUCache } from 'lru-cache'
import { conversationOf } from '../../protocol/keys.ts'
import { KnownLog } from './known-log.ts'

/** How many logs a node knows: each takes about half a kilobyte, and up to four more for its client ids. */
const LOGS_COUNT = 20_000

/** One that is forgotten for want of room is learned again with its next message. */
export class KnownLogs {
  readonly #logs = new LRUCache<string, KnownLog>({ max: LOGS_COUNT })
  readonly #windowCount: number

  constructor(windowCount: number) {
    this.#windowCount = windowCount
  }

  of(conversation: string): KnownLog {
    let log = this.#logs.get(conversation)
    if (log === undefined) this.#logs.set(conversation, (log = new KnownLog(conversation, this.#windowCount)))
    return log
  }

  /** Another node, or this one, has written: its packet came on the conversation's channel. */
  heard(channel: string, write: Buffer, packet: Buffer): void {
    this.#logs.get(conversationOf(channel))?.hear(write, packet)
  }
}
