/**
 * Marks the conversations in which there may be events to deliver. A mark is stored before the change itself, so that a process that dies between
 * the two hides no change. A node marks a conversation once a minute, not once a message, and never waits for a consumer.
 *
 *   collection webhooks/marks/<tag of the conversation>, key: the conversation, value: {since, at}
 *   since  no change that the mark stands for is older: without a cursor, events begin there
 *   at     when it was last renewed: a mark is deleted when it is old and everything is delivered
 */
import { LRUCache } from 'lru-cache'
import type { Item, Records } from '../../backbone/records.ts'
import { conversationTag } from '../../protocol/keys.ts'
import type { Report } from '../facts.ts'

/** A node marks a conversation again after this time. */
const FRESH_MS = 60_000
/** Older marks are deleted: no node relies on them any more, and no change under way is older. */
export const MARK_MS = 180_000
/** A message gets its time before its conversation is marked, sometimes long before: while its pictures are being noted. */
const SLACK_MS = 300_000
const KNOWN_COUNT = 50_000
/** Marks that the store has refused; above it the oldest are forgotten until somebody writes there again. */
const OWED_COUNT = 10_000
const ATTEMPTS = 5
const TAG_COUNT = 64

export interface Mark {
  readonly conversation: string
  readonly version: string
  readonly since: number
  readonly at: number
}

export const MARK_TAGS: readonly string[] = Array.from({ length: TAG_COUNT }, (_, i) => `c${i}`)

export class WebhookMarks {
  readonly #records: Records
  readonly #now: () => number
  readonly #uptime: () => number
  readonly #report: Report
  /** By conversation: when this node last marked it, by uptime. */
  readonly #markedAt = new LRUCache<string, number>({ max: KNOWN_COUNT })
  readonly #marking = new Map<string, Promise<void>>()
  /** The store took the change but not the mark. */
  readonly #owed = new Set<string>()

  constructor(options: { records: Records; now: () => number; uptime: () => number; report: Report }) {
    this.#records = options.records
    this.#now = options.now
    this.#uptime = options.uptime
    this.#report = options.report
  }

  /**
   * Undefined: it is marked. Else resolves when it is; never rejects. All who wait for one mark go on in the order in which they asked, and before
   * whoever asks later.
   */
  mark(conversation: string): Promise<void> | undefined {
    const marking = this.#marking.get(conversation)
    if (marking !== undefined) return marking
    if (this.#uptime() - (this.#markedAt.get(conversation) ?? -Infinity) < FRESH_MS) return undefined
    const mine = this.#put(conversation).catch((error: unknown) => this.#failed(conversation, error))
    this.#marking.set(conversation, mine)
    // runs before the callers that wait go on, so that no later caller overtakes them
    void mine.then(() => this.#marking.delete(conversation))
    return mine
  }

  /** The store may have lost its last writes: what this node has marked lately it marks again. */
  doubt(): void {
    for (const [conversation, at] of this.#markedAt.entries()) if (this.#uptime() - at < FRESH_MS) this.#owe(conversation)
    this.#markedAt.clear()
  }

  /** Marks again what the store refused. */
  async settleOwed(): Promise<void> {
    for (const conversation of [...this.#owed]) {
      await this.#put(conversation)
      this.#owed.delete(conversation)
    }
  }

  async all(tag: string): Promise<Mark[]> {
    const items = await this.#records.items(collectionOf(tag), this.#now())
    return items.map(({ key, version, value }) => ({ conversation: key, version, ...(JSON.parse(value) as Pick<Mark, 'since' | 'at'>) }))
  }

  async remove({ conversation, version }: Mark): Promise<void> {
    await this.#records.remove({ collection: collectionOf(conversationTag(conversation)), key: conversation, now: this.#now(), expect: version })
  }

  async #put(conversation: string): Promise<void> {
    const uptime = this.#uptime()
    const now = this.#now()
    const item = { collection: collectionOf(conversationTag(conversation)), key: conversation, now }
    let found: Item | undefined
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const since = found === undefined ? now - SLACK_MS : (JSON.parse(found.value) as Mark).since
      const put = await this.#records.put({ ...item, value: JSON.stringify({ since, at: now }), expect: found?.version ?? '' })
      if (put.isPut) return void this.#markedAt.set(conversation, uptime)
      found = put.found
    }
    // others mark it at the same time, which is as good
  }

  #failed(conversation: string, error: unknown): void {
    if ((error as Error).name !== 'Unavailable') this.#report({ fact: 'bugFound', where: 'webhookMarks', error })
    this.#owe(conversation)
  }

  #owe(conversation: string): void {
    this.#owed.add(conversation)
    if (this.#owed.size > OWED_COUNT) for (const first of this.#owed) return void this.#owed.delete(first)
  }
}

const collectionOf = (tag: string): string => `webhooks/marks/${tag}`
