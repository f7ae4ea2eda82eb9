/**
 * Which product a customer is viewing. Each session views at most one; its record stands in a collection of the conversation, so that any
 * node can show it to the shop's agents. Of several windows the one that changed last counts.
 *
 * A record is removed when its session ends, counts only while its node is alive, and expires after a week. A store may come back empty: the
 * records of this node's sessions are checked from time to time, and at once after `doubt()`; those that are missing are written again.
 */
import type { Bus, Store } from '../../backbone/backbone.ts'
import type { Records } from '../../backbone/records.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { conversationSides, isShopSide } from '../../protocol/keys.ts'
import type { Product } from '../../protocol/model.ts'
import { access, type Caller } from '../messaging/access.ts'
import { spenderOf, type Allowances } from '../allowances.ts'
import type { Nodes } from './nodes.ts'
import { pushToSide } from '../push-to-side.ts'
import { Refusal } from '../refusal.ts'
import { blockOf } from '../messaging/standing-block.ts'
import { KeyedQueue } from '../keyed-queue.ts'
import { webAddress } from '../untrusted-text.ts'

const KEPT_MS = 604_800_000
/** A record is checked after this time, and at most so many in one second. */
const CHECK_MS = 30_000
const CHECK_COUNT = 500

/** What is stored: a customer views `product` through a session of `node`. */
interface ViewingRecord {
  readonly node: string
  readonly product: Product
  readonly at: number
}

interface ViewingSession {
  readonly conversation: string
  /** Undefined: the session views nothing, and a record that is left must be removed. */
  record: ViewingRecord | undefined
  checkedAt: number
}

export class Viewing {
  readonly #records: Records
  readonly #store: Store
  readonly #allowances: Allowances
  readonly #bus: Bus
  readonly #nodes: Nodes
  readonly #now: () => number
  readonly #uptime: () => number
  /** What each session of this node is viewing. */
  readonly #sessions = new Map<string, ViewingSession>()
  /** Sessions that have ended and may still have a record. */
  readonly #ended = new Set<string>()
  readonly #queue = new KeyedQueue()

  constructor(options: { records: Records; store: Store; bus: Bus; nodes: Nodes; allowances: Allowances; now: () => number; uptime: () => number }) {
    this.#store = options.store
    this.#allowances = options.allowances
    this.#records = options.records
    this.#bus = options.bus
    this.#nodes = options.nodes
    this.#now = options.now
    this.#uptime = options.uptime
  }

  async set(caller: Caller, { to, product }: CommandInput<'viewing'>): Promise<CommandAnswer<'viewing'>> {
    const { identity, sid } = caller
    const { conversation, theirs } = access(identity, { to })
    if (!isShopSide(theirs)) throw new Refusal('bad_request', 'to is not a shop')
    this.#allowances.take('viewing', spenderOf(caller))
    await this.#queue.take(sid, async () => {
      const before = this.#sessions.get(sid)
      if (before !== undefined && before.conversation !== conversation) await this.#forget(sid, before.conversation)
      const record = product === undefined ? undefined : { node: this.#nodes.node, product: presentable(product), at: this.#now() }
      this.#sessions.set(sid, { conversation, record, checkedAt: this.#uptime() })
      if (record === undefined) return this.#forget(sid, conversation)
      // other nodes count the record only if they know this node
      await this.#nodes.renew()
      await this.#put(sid, conversation, record)
    })
    return { ok: true }
  }

  /** What the customer of this conversation is viewing now. */
  async of(conversation: string): Promise<Product | undefined> {
    const items = await this.#records.items(collectionOf(conversation), this.#now())
    const records = items.map(({ value }) => JSON.parse(value) as ViewingRecord)
    // an unknown node started after the last check of nodes
    if (records.some(({ node }) => this.#nodes.isAlive(node) === undefined)) await this.#nodes.check()
    const live = records.filter(({ node }) => this.#nodes.isAlive(node) === true)
    return live.sort((a, b) => b.at - a.at)[0]?.product
  }

  /** Notes that the session has ended; `tend` removes its record, after whatever the session has under way. */
  left(sid: string): void {
    this.#ended.add(sid)
  }

  /** To be called about every second. Rejects while the store is away; the next call goes on. */
  async tend(): Promise<void> {
    const ended = [...this.#ended]
    this.#ended.clear()
    const now = this.#uptime()
    const due = [...this.#sessions].filter(([, { checkedAt }]) => now - checkedAt >= CHECK_MS).slice(0, CHECK_COUNT)
    await Promise.all([
      ...ended.map((sid) => this.#queue.take(sid, () => this.#end(sid))),
      ...due.map(([sid]) => this.#queue.take(sid, () => this.#check(sid))),
    ])
  }

  /** Makes every record of this node due for a check: the store may have lost its data. */
  doubt(): void {
    for (const session of this.#sessions.values()) session.checkedAt = -Infinity
  }

  async #end(sid: string): Promise<void> {
    const session = this.#sessions.get(sid)
    if (session === undefined) return
    try {
      await this.#forget(sid, session.conversation)
    } catch (error) {
      this.#ended.add(sid)
      throw error
    }
  }

  async #check(sid: string): Promise<void> {
    const session = this.#sessions.get(sid)
    if (session?.record === undefined || this.#ended.has(sid)) return
    const { conversation, record } = session
    const items = await this.#records.items(collectionOf(conversation), this.#now())
    if (!items.some(({ key }) => key === sid)) await this.#put(sid, conversation, record)
    session.checkedAt = this.#uptime()
  }

  async #put(sid: string, conversation: string, record: ViewingRecord): Promise<void> {
    const now = this.#now()
    await this.#records.put({
      collection: collectionOf(conversation),
      key: sid,
      value: JSON.stringify(record),
      now,
      expiresAt: now + KEPT_MS,
    })
    await this.#tell(conversation)
  }

  async #forget(sid: string, conversation: string): Promise<void> {
    await this.#records.remove({ collection: collectionOf(conversation), key: sid, now: this.#now() })
    this.#sessions.delete(sid)
    await this.#tell(conversation)
  }

  async #tell(conversation: string): Promise<void> {
    const [side, customer] = conversationSides(conversation)!
    const { assignment } = await this.#store.read(conversation, { limit: 1 })
    if (blockOf({ conversation, side: customer, assignment }, this.#now()) !== undefined) return
    const product = await this.of(conversation)
    await pushToSide(this.#bus, { side, origin: '' }, ['viewingPush', product === undefined ? { conversation } : { conversation, product }])
  }
}

const collectionOf = (conversation: string): string => `${conversation}/viewing`

/** Only known fields are stored, and only addresses that a browser would fetch. */
function presentable({ id, title, url, image, price }: Product): Product {
  const addresses = { url: webAddress(url), image: webAddress(image) }
  return JSON.parse(JSON.stringify({ id, title, price, ...addresses })) as Product
}
