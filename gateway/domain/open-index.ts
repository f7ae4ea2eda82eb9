/**
 * The conversations of a shop that are not closed: who has how many, and who waits longest. An index; the documents beside the logs are
 * the truth, and whoever finds the index wrong puts it right. This node's own changes are in it at once, others' as soon as it is read.
 */
import type { Records } from '../backbone/records.ts'
import type { Service } from '../protocol/model.ts'

export interface OpenEntry {
  readonly phase: 'waiting' | 'open'
  /** The agent's id. */
  readonly agent?: string
  readonly since: number
  /** When the transfer under way ends. */
  readonly due?: number
}

export type OpenEntries = ReadonlyMap<string, OpenEntry>

const FRESH_MS = 1000
const SHORT_COUNT = 300
/** Shops that a node remembers. */
const SHOPS_COUNT = 1000

interface Change {
  readonly entry: OpenEntry | undefined
}

interface Shelf {
  /** Always the same map, so that whoever holds it sees every change. */
  readonly entries: Map<string, OpenEntry>
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
  readonly #shelves = new Map<string, Shelf>()

  constructor(options: { records: Records; now: () => number; uptime: () => number }) {
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
    const item = { collection: collectionOf(side), key: conversation, now: this.#now() }
    await this.during(side, [conversation, entry], async () => {
      if (entry === undefined) await this.#records.remove(item)
      else await this.#records.put({ ...item, value: JSON.stringify(entry) })
    })
  }

  async #read(side: string, shelf: Shelf): Promise<void> {
    try {
      const items = await this.#records.items(collectionOf(side), this.#now())
      const before = [...shelf.entries.keys()]
      shelf.entries.clear()
      for (const { key, value } of items) shelf.entries.set(key, JSON.parse(value) as OpenEntry)
      for (const [conversation, entry] of shelf.changed) place(shelf.entries, conversation, entry)
      for (const [conversation, { entry }] of shelf.changing) place(shelf.entries, conversation, entry)
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
    const shelf: Shelf = { entries: new Map(), readAt: -Infinity, reading: undefined, changing: new Map(), changed: new Map(), vanished: new Set() }
    this.#shelves.set(side, shelf)
    if (this.#shelves.size > SHOPS_COUNT) for (const oldest of this.#shelves.keys()) { this.#shelves.delete(oldest); break }
    return shelf
  }
}

/** What the index holds of a service; undefined where it is closed. */
export function entryOf({ phase, agent, since, transfer }: Service): OpenEntry | undefined {
  if (phase === 'closed') return undefined
  return {
    phase, since, ...(agent === undefined ? undefined : { agent: agent.id }),
    ...(transfer === undefined ? undefined : { due: transfer.expiresAt }),
  }
}

/** How many conversations each agent has. */
export function loadsOf(entries: OpenEntries): ReadonlyMap<string, number> {
  const loads = new Map<string, number>()
  for (const { agent } of entries.values()) if (agent !== undefined) loads.set(agent, (loads.get(agent) ?? 0) + 1)
  return loads
}

const collectionOf = (side: string): string => `${side}/open`

function place(entries: Map<string, OpenEntry>, conversation: string, entry: OpenEntry | undefined): void {
  if (entry === undefined) entries.delete(conversation)
  else entries.set(conversation, entry)
}
