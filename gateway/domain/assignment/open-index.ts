/**
 * The conversations of a shop that are not closed: who has how many, and who waits longest. An index; the documents beside the logs are
 * the truth, and whoever finds the index wrong puts it right. This node's own changes are in it at once, others' as soon as it is read.
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
  /** No agent ever had it: its record goes as its conversation does, unless it is written again by `renewAt`. */
  readonly isNew?: true
  readonly renewAt?: number
}

/** By conversation. What is counted in it is counted as it changes: nobody goes through ten thousand to find the least loaded agent. */
export interface OpenEntries extends ReadonlyMap<string, OpenEntry> {
  /** How many conversations each agent has; whoever has none is not in it. */
  readonly loads: ReadonlyMap<string, number>
  /** The conversations that wait, and all of them; longest first. */
  readonly waiting: Pick<ByAge, 'size' | typeof Symbol.iterator>
  readonly oldest: Iterable<string>
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
/** Shops that a node remembers; the one used longest ago goes. */
const SHOPS_COUNT = 1000

interface Change {
  readonly entry: OpenEntry | undefined
}

interface Shelf {
  /** Always the same map, so that whoever holds it sees every change. */
  readonly entries: CountedEntries
  /** Changed here since the last reading: what was read of them says nothing any more. */
  readonly own: Set<string>
  /** As it was read, so that what has not changed is not parsed again. */
  versions: ReadonlyMap<string, string>
  readAt: number
  reading: Promise<void> | undefined
  /** What this node is about to change, and what it has changed while it was reading: a reading may not know of it. */
  readonly changing: Map<string, Change>
  readonly changed: Map<string, OpenEntry | undefined>
  /** What a reading lacks although this node knew of it: closed by another node, or lost by the store. */
  readonly vanished: Set<string>
}

export class OpenIndex {
  readonly #records: Records
  readonly #now: () => number
  readonly #uptime: () => number
  readonly #newMs: number
  readonly #shelves = new LRUCache<string, Shelf>({ max: SHOPS_COUNT })

  /** `newMs`: how long the record of a conversation stays that no agent ever had; absent or 0: as any other. */
  constructor(options: { records: Records; now: () => number; uptime: () => number; newMs?: number }) {
    this.#newMs = options.newMs ?? 0
    this.#records = options.records
    this.#now = options.now
    this.#uptime = options.uptime
  }

  /** `side` is the shop's. Read now, or where it is long at most a second old, unless `isNow`. */
  async of(side: string, isNow = false): Promise<OpenEntries> {
    const shelf = this.#shelf(side)
    if (isNow || shelf.entries.size < SHORT_COUNT || this.#uptime() - shelf.readAt >= FRESH_MS) await (shelf.reading ??= this.#read(side, shelf))
    return shelf.entries
  }

  /** For this node it is so from now on, while `run` makes it come true, and after it succeeded. */
  async during<T>(side: string, [conversation, entry]: readonly [string, OpenEntry | undefined], run: () => Promise<T>): Promise<T> {
    const shelf = this.#shelf(side)
    const change: Change = { entry }
    shelf.changing.set(conversation, change)
    place(shelf.entries, conversation, entry)
    shelf.own.add(conversation)
    try {
      const result = await run()
      if (shelf.reading !== undefined) shelf.changed.set(conversation, entry)
      return result
    } finally {
      if (shelf.changing.get(conversation) === change) shelf.changing.delete(conversation)
    }
  }

  /** To be held against their documents; each is told once. */
  vanished(side: string): string[] {
    const { vanished } = this.#shelf(side)
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

  /** Whether it stands there as it should, and need not be written again yet. */
  isRight(known: OpenEntry | undefined, entry: OpenEntry | undefined): boolean {
    const { renewAt = Infinity, ...rest } = known ?? {}
    return JSON.stringify(known && rest) === JSON.stringify(entry) && renewAt > this.#now()
  }

  async #read(side: string, shelf: Shelf): Promise<void> {
    try {
      const items = await this.#records.items(collectionOf(side), this.#now())
      const versions = new Map(items.map(({ key, version }) => [key, version]))
      const before = [...shelf.entries.keys()]
      for (const conversation of before) if (!versions.has(conversation)) shelf.entries.delete(conversation)
      for (const { key, value, version } of items) {
        const isKnown = !shelf.own.has(key) && shelf.versions.get(key) === version && shelf.entries.has(key)
        if (!isKnown) shelf.entries.set(key, JSON.parse(value) as OpenEntry)
      }
      shelf.versions = versions
      shelf.own.clear()
      for (const [conversation, entry] of shelf.changed) {
        place(shelf.entries, conversation, entry)
        shelf.own.add(conversation)
      }
      for (const [conversation, { entry }] of shelf.changing) {
        place(shelf.entries, conversation, entry)
        shelf.own.add(conversation)
      }
      for (const conversation of before) if (!shelf.entries.has(conversation)) shelf.vanished.add(conversation)
      shelf.readAt = this.#uptime()
    } finally {
      shelf.changed.clear()
      shelf.reading = undefined
    }
  }

  #shelf(side: string): Shelf {
    const known = this.#shelves.get(side)
    if (known !== undefined) return known
    const shelf: Shelf = {
      entries: new CountedEntries(),
      own: new Set(),
      versions: new Map(),
      readAt: -Infinity,
      reading: undefined,
      changing: new Map(),
      changed: new Map(),
      vanished: new Set(),
    }
    this.#shelves.set(side, shelf)
    return shelf
  }
}

/** What the index holds of a service; undefined where it is closed. */
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
