/**
 * When a conversation was erased, so that a client that still has its messages does not take them for lost ones and send them again. Stored under a
 * hash of the conversation's id, which says nothing about whom it was with.
 */
import type { Records } from '../../backbone/records.ts'
import { conversationHash } from '../../protocol/keys.ts'

/** A browser may come back after a long time. */
const KEPT_MS = 400 * 86_400_000
const KEY = 'at'

export class ErasedMarks {
  readonly #records: Records
  readonly #now: () => number

  constructor(options: { records: Records; now: () => number }) {
    this.#records = options.records
    this.#now = options.now
  }

  /** Resolves with the time of the mark, in ms since the epoch. */
  async mark(conversation: string): Promise<number> {
    const at = this.#now()
    await this.#records.put({ collection: collectionOf(conversation), key: KEY, value: String(at), now: at, expiresAt: at + KEPT_MS })
    return at
  }

  /** When it was last erased, in ms since the epoch; undefined: never, or long ago. */
  async of(conversation: string): Promise<number | undefined> {
    const [item] = await this.#records.items(collectionOf(conversation), this.#now())
    return item === undefined ? undefined : Number(item.value)
  }
}

const collectionOf = (conversation: string): string => `erased ${conversationHash(conversation)}`
