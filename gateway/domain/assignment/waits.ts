/**
 * Tells a customer who waits for an agent how many wait before them, and how long others waited lately. The client asks for that. The gateway does
 * not push each change of a queue, because one change would mean a push to everybody in it; it pushes only that a conversation has begun or
 * ceased to wait.
 */
import { LRUCache } from 'lru-cache'
import type { Bus } from '../../backbone/backbone.ts'
import type { Records } from '../../backbone/records.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { isShopSide } from '../../protocol/keys.ts'
import type { Report } from '../facts.ts'
import { access, type Caller } from '../messaging/access.ts'
import { pushToSide } from '../push-to-side.ts'
import { Refusal } from '../refusal.ts'
import type { Assignable } from './assignments.ts'
import type { AssignmentDocument } from './assignment-document.ts'
import type { OpenIndex } from './open-index.ts'

/** A queue is read again after this time, however many ask. */
const PLACE_MS = 3000
/** The usual wait is computed again after this time. */
const USUAL_MS = 10_000
/** How many waits of a shop are stored, for how long, and how many it takes to call their median usual. */
const SAMPLE_COUNT = 20
const SAMPLE_MS = 14_400_000
const ENOUGH_COUNT = 3
const SHOPS_COUNT = 1000

interface Usual {
  readonly ms: number | undefined
  readonly readAt: number
}

export class Waits {
  readonly #records: Records
  readonly #bus: Bus
  readonly #index: OpenIndex
  readonly #now: () => number
  readonly #uptime: () => number
  readonly #report: Report
  readonly #usual = new LRUCache<string, Usual>({ max: SHOPS_COUNT })

  constructor(options: { records: Records; bus: Bus; index: OpenIndex; now: () => number; uptime: () => number; report: Report }) {
    this.#records = options.records
    this.#bus = options.bus
    this.#index = options.index
    this.#now = options.now
    this.#uptime = options.uptime
    this.#report = options.report
  }

  /** Where the caller's conversation with a shop stands; without `place` it does not wait. */
  async placeOf({ identity }: Caller, { to }: CommandInput<'place'>): Promise<CommandAnswer<'place'>> {
    const { conversation, theirs } = access(identity, { to })
    if (!isShopSide(theirs)) throw new Refusal('bad_request', 'to is not a shop')
    const entries = await this.#index.recent(theirs, PLACE_MS)
    const entry = entries.get(conversation)
    const before = entry?.phase === 'waiting' ? entries.waiting.countBefore(conversation, entry.since) : undefined
    if (before === undefined) return { ok: true }
    const usualMs = await this.#usualMs(theirs)
    return { ok: true, place: before + 1, ...(usualMs === undefined ? undefined : { usualMs }) }
  }

  /** To be called after each change of an assignment: pushes to the customer that the conversation begins or ceases to wait. The caller does not wait for that. */
  changed({ conversation, shop, customer }: Assignable, before: AssignmentDocument, next: AssignmentDocument): void {
    const isWaiting = next.service.phase === 'waiting'
    if (isWaiting === (before.service.phase === 'waiting')) return
    const ms = next.service.since - before.service.since
    const pushed = pushToSide(this.#bus, { side: customer, origin: '' }, ['placePush', { conversation, isWaiting }])
    const isServed = next.service.phase === 'open' && ms >= 0
    if (isServed) this.#report({ fact: 'waitEnded', ms })
    const noted = isServed ? this.#note(shop, ms) : undefined
    Promise.all([pushed, noted]).catch((error: unknown) => {
      // while the store is away nothing is pushed; the client asks again
      if ((error as Error).name !== 'Unavailable') this.#report({ fact: 'bugFound', where: 'waits', error })
    })
  }

  /** Stores the wait in one of SAMPLE_COUNT slots, chosen by the time; a later wait overwrites it. */
  async #note(shop: string, ms: number): Promise<void> {
    const now = this.#now()
    const key = String(now % SAMPLE_COUNT)
    await this.#records.put({ collection: collectionOf(shop), key, value: String(ms), now, expiresAt: now + SAMPLE_MS })
  }

  /** The median of the latest waits; undefined while there are too few. */
  async #usualMs(shop: string): Promise<number | undefined> {
    const known = this.#usual.get(shop)
    if (known !== undefined && this.#uptime() - known.readAt < USUAL_MS) return known.ms
    const items = await this.#records.items(collectionOf(shop), this.#now())
    const all = items.map(({ value }) => Number(value)).sort((a, b) => a - b)
    const ms = all.length < ENOUGH_COUNT ? undefined : all[all.length >> 1]
    this.#usual.set(shop, { ms, readAt: this.#uptime() })
    return ms
  }
}

const collectionOf = (side: string): string => `${side}/waits`
