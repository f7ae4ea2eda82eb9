/**
 * The conversations of a shop that are not closed: how many each agent has, and which one waits longest. It is an index; the documents beside
 * the logs are authoritative, and a caller that finds an entry wrong corrects it. It has this node's changes at once, those of other nodes
 * after the next read.
 */
import { LRUCache } from 'lru-cache'
import type { Records } from '../../backbone/records.ts'
import { ByAge } from './by-age.ts'
import type { AssignmentDocument } from './assignment-document.ts'

export interface OpenEntry {
  readonly phase: 'waiting' | 'open'
  /** The agent's id. */
  readonly agent?: string
  readonly since: number
  /** When the transfer under way ends. */
  readonly due?: number
  /** No agent ever had it: its record expires together with its conversation unless it is written again by `renewAt`. */
  readonly isNew?: true
  readonly renewAt?: number
}

/** By conversation. Counts are kept up with each change, so that finding the least loaded agent does not go through ten thousand entries. */
export interface OpenEntries extends ReadonlyMap<string, OpenEntry> {
  /** How many conversations each agent has, without agents who have none. */
  readonly loads: ReadonlyMap<string, number>
  /** The waiting conversations, longest first. */
  readonly waiting: Pick<ByAge, 'size' | 'countBefore' | typeof Symbol.iterator>
  /** All conversations, those longest in their phase first. */
  readonly oldest: Pick<ByAge, 'after' | typeof Symbol.iterator>
  /** Those that are offered to a colleague. */
  readonly offered: ReadonlySet<string>
}

export class CountedEntries extends Map<string, OpenEntry> implements OpenEntries {
  readonly loads = new Map<string, number>()
  readonly waiting = new ByAge()
  readonly oldest = new ByAge()
  readonly offered = new Set<string>()

  override set(conversation: string, entry: OpenEntry): this {
    this.#count(conversation, this.get(conversation), -1)
    this.#count(conversation, entry, 1)
    return super.set(conversation, entry)
  }

  override delete(conversation: string): boolean {
    this.#count(conversation, this.get(conversation), -1)
    return super.delete(conversation)
  }

  override clear(): void {
    this.loads.clear()
    this.waiting.clear()
    this.oldest.clear()
    this.offered.clear()
    super.clear()
  }

  #count(conversation: string, entry: OpenEntry | undefined, by: 1 | -1): void {
    if (entry === undefined) return
    const { phase, since, due } = entry
    const how = by === 1 ? 'add' : 'delete'
    this.oldest[how](conversation, since)
    if (phase === 'waiting') this.waiting[how](conversation, since)
    if (due !== undefined) this.offered[how](conversation)
    if (entry.agent === undefined) return
    const load = (this.loads.get(entry.agent) ?? 0) + by
    if (load === 0) this.loads.delete(entry.agent)
    else this.loads.set(entry.agent, load)
  }
}

const FRESH_MS = 1000
const SHORT_COUNT = 300
/** Shops that a node remembers; the least recently used is dropped. */
const SHOPS_COUNT = 1000

interface Change {
  readonly entry: OpenEntry | undefined
}

interface Shop {
  /** Always the same map: a caller that holds it sees every change. */
  readonly entries: CountedEntries
  /** Conversations changed by this node since the last read, whose read versions are therefore out of date. */
  readonly own: Set<string>
  /** The versions as last read: entries whose version is the same are not parsed again. */
  versions: ReadonlyMap<string, string>
  readAt: number
  reading: Promise<void> | undefined
  /** What this node is changing, and what it has changed during the current read, which may have missed it. */
  readonly changing: Map<string, Change>
  readonly changed: Map<string, OpenEntry | undefined>
  /** Conversations that a read no longer had: closed by another node, or lost by the store. */
  readonly vanished: Set<string>
}

export class OpenIndex {
  readonly #records: Records
  readonly #now: () => number
  readonly #uptime: () => number
  readonly #newMs: number
  readonly #shops = new LRUCache<string, Shop>({ max: SHOPS_COUNT })

  /** `newMs`: after this time the record of a conversation that no agent ever had expires; absent or 0: never. */
  constructor(options: { records: Records; now: () => number; uptime: () => number; newMs?: number }) {
    this.#newMs = options.newMs ?? 0
    this.#records = options.records
    this.#now = options.now
    this.#uptime = options.uptime
  }

  /** `side` is the shop's. Reads the index, but not a long one that was read less than a second ago, unless `isNow`. */
  async of(side: string, isNow = false): Promise<OpenEntries> {
    const shop = this.#shop(side)
    if (isNow || shop.entries.size < SHORT_COUNT || this.#uptime() - shop.readAt >= FRESH_MS) await (shop.reading ??= this.#read(side, shop))
    return shop.entries
  }

  /** As it was at most `maxAgeMs` ago, but for this node's own changes: for what many ask often. */
  async recent(side: string, maxAgeMs: number): Promise<OpenEntries> {
    const shop = this.#shop(side)
    if (this.#uptime() - shop.readAt >= maxAgeMs) await (shop.reading ??= this.#read(side, shop))
    return shop.entries
  }

  /** Runs `run`, which stores the change, and applies the change to this node's entries at once. A failed `run` leaves it until the next read. */
  async during<T>(side: string, [conversation, entry]: readonly [string, OpenEntry | undefined], run: () => Promise<T>): Promise<T> {
    const shop = this.#shop(side)
    const change: Change = { entry }
    shop.changing.set(conversation, change)
    place(shop.entries, conversation, entry)
    shop.own.add(conversation)
    try {
      const result = await run()
      if (shop.reading !== undefined) shop.changed.set(conversation, entry)
      return result
    } finally {
      if (shop.changing.get(conversation) === change) shop.changing.delete(conversation)
    }
  }

  /** Conversations to be compared with their documents; each is returned once. */
  vanished(side: string): string[] {
    const { vanished } = this.#shop(side)
    const all = [...vanished]
    vanished.clear()
    return all
  }

  async write(side: string, conversation: string, entry: OpenEntry | undefined): Promise<void> {
    const now = this.#now()
    const item = { collection: collectionOf(side), key: conversation, now }
    const isExpiring = entry?.isNew === true && this.#newMs > 0
    const written = isExpiring ? { ...entry, renewAt: now + this.#newMs / 2 } : entry
    await this.during(side, [conversation, written], async () => {
      if (written === undefined) await this.#records.remove(item)
      else await this.#records.put({ ...item, value: JSON.stringify(written), ...(isExpiring ? { expiresAt: now + this.#newMs } : undefined) })
    })
  }

  /** Whether the conversation has this entry as far as this node knows; never where it has none. Reads nothing. */
  isEntered(side: string, conversation: string, entry: OpenEntry | undefined): boolean {
    const known = this.#shop(side).entries.get(conversation)
    return known !== undefined && this.isCurrent(known, entry)
  }

  /** Whether the known entry equals `entry` and need not be renewed yet. */
  isCurrent(known: OpenEntry | undefined, entry: OpenEntry | undefined): boolean {
    const { renewAt = Infinity, ...rest } = known ?? {}
    return JSON.stringify(known && rest) === JSON.stringify(entry) && renewAt > this.#now()
  }

  async #read(side: string, shop: Shop): Promise<void> {
    try {
      const items = await this.#records.items(collectionOf(side), this.#now())
      const versions = new Map(items.map(({ key, version }) => [key, version]))
      const before = [...shop.entries.keys()]
      for (const conversation of before) if (!versions.has(conversation)) shop.entries.delete(conversation)
      for (const { key, value, version } of items) {
        const isKnown = !shop.own.has(key) && shop.versions.get(key) === version && shop.entries.has(key)
        if (!isKnown) shop.entries.set(key, JSON.parse(value) as OpenEntry)
      }
      shop.versions = versions
      shop.own.clear()
      for (const [conversation, entry] of shop.changed) {
        place(shop.entries, conversation, entry)
        shop.own.add(conversation)
      }
      for (const [conversation, { entry }] of shop.changing) {
        place(shop.entries, conversation, entry)
        shop.own.add(conversation)
      }
      for (const conversation of before) if (!shop.entries.has(conversation)) shop.vanished.add(conversation)
      shop.readAt = this.#uptime()
    } finally {
      shop.changed.clear()
      shop.reading = undefined
    }
  }

  #shop(side: string): Shop {
    const known = this.#shops.get(side)
    if (known !== undefined) return known
    const shop: Shop = {
      entries: new CountedEntries(),
      own: new Set(),
      versions: new Map(),
      readAt: -Infinity,
      reading: undefined,
      changing: new Map(),
      changed: new Map(),
      vanished: new Set(),
    }
    this.#shops.set(side, shop)
    return shop
  }
}

/** The index entry of an assignment; undefined for a closed one. */
export function entryOf({ service: { phase, agent, since, transfer }, last }: AssignmentDocument): OpenEntry | undefined {
  if (phase === 'closed') return undefined
  return {
    phase,
    since,
    ...(agent === undefined ? undefined : { agent: agent.id }),
    ...(transfer === undefined ? undefined : { due: transfer.expiresAt }),
    ...(phase === 'waiting' && last === undefined ? { isNew: true as const } : undefined),
  }
}

const collectionOf = (side: string): string => `${side}/open`

function place(entries: Map<string, OpenEntry>, conversation: string, entry: OpenEntry | undefined): void {
  if (entry === undefined) entries.delete(conversation)
  else entries.set(conversation, entry)
}
