/**
 * Erases conversations in which nobody has written for so many days: all of the store after KEEP_DAYS, a shop's after the `keepDays` of its stored
 * record. A few at a time; the next run goes on.
 */
import type { Backbone } from '../../backbone/backbone.ts'
import { shopSide } from '../../protocol/keys.ts'
import type { Report } from '../facts.ts'
import type { Erasure } from './erasure.ts'

const DAY_MS = 86_400_000
/** Of each run: a shop's, and all together. */
const SHOP_COUNT = 20
const RUN_COUNT = 100
const COLLECTION = 'keep'

export interface RetentionOptions extends Pick<Backbone, 'store' | 'records' | 'scrub'> {
  readonly erasure: Pick<Erasure, 'conversation'>
  /** 0: for ever. */
  readonly keepDays: number
  readonly now: () => number
  readonly report: Report
}

export class Retention {
  readonly #options: RetentionOptions
  #isRunning = false

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  /** A shop has a limit of its own from now on; undefined: none. */
  async set(shop: string, days: number | undefined): Promise<void> {
    const { records, now } = this.#options
    const item = { collection: COLLECTION, key: shop, now: now() }
    if (days === undefined) await records.remove(item)
    else await records.put({ ...item, value: String(days) })
  }

  /** To be called about every minute. Resolves with how many conversations were erased. */
  async run(): Promise<number> {
    if (this.#isRunning) return 0
    this.#isRunning = true
    try {
      const due = await this.#due()
      for (const conversation of due) await this.#options.erasure.conversation(conversation, { hasBlocks: false })
      if (due.length === 0) return 0
      await this.#options.scrub()
      this.#options.report({ fact: 'conversationsExpired', count: due.length })
      return due.length
    } finally {
      this.#isRunning = false
    }
  }

  async #due(): Promise<string[]> {
    const { store, records, keepDays, now } = this.#options
    const shops = await records.items(COLLECTION, now())
    const own = new Map(shops.map(({ key, value }) => [shopSide(key), Number(value)]))
    const due = new Set<string>()
    if (keepDays > 0) {
      for (const conversation of await store.idle(now() - keepDays * DAY_MS, RUN_COUNT)) {
        // a shop may store its conversations for longer
        if (!own.has(conversation.slice(0, Math.max(0, conversation.indexOf('~'))))) due.add(conversation)
      }
    }
    for (const [side, days] of own) {
      if (due.size >= RUN_COUNT) break
      const { rows } = await store.list(side, { before: now() - days * DAY_MS, limit: SHOP_COUNT })
      for (const { conversation } of rows) due.add(conversation)
    }
    return [...due]
  }
}
