/**
 * Who is there. A participant is present at a node from its first line there until 15 s after its last one ended, so that whoever
 * only changes lines was never away. An entry counts as long as its node lives (nodes.ts), so a killed node's people vanish with it.
 *
 * Entries of a side are one collection: `<participant> <node>` → name, and an agent's own word on itself under `<participant>`.
 * After each change the side's presence channel says no more than that: whoever watches reads again, and no message can be
 * older than what it says.
 */
import type { Bus, Store } from '../backbone/backbone.ts'
import type { Records } from '../backbone/records.ts'
import type { CommandAnswer, CommandInput } from '../protocol/commands.ts'
import { conversationId, isId, isShopSide, presenceChannel, SHOP_PREFIX } from '../protocol/keys.ts'
import type { Identity, Presence as WirePresence, Status } from '../protocol/model.ts'
import type { Caller } from './access.ts'
import type { Nodes } from './nodes.ts'

const ABSENT_AFTER_MS = 15_000
/** An entry is rubbish then, unless it is put again, which its node does at half of it. */
const ENTRY_MS = 86_400_000
const STATUS_MS = 43_200_000
/** Most available first. */
const STATUSES: readonly Status[] = ['online', 'busy', 'away', 'offline']

interface Here {
  readonly identity: Identity
  lineCount: number
  /** When the last line ended. */
  leftAt: number
  /** When its entry was written last; -Infinity: it has to be. */
  writtenAt: number
}

/** Who of a side is there. */
export interface SidePresence {
  readonly online: boolean
  readonly status: Status
  /** Those that are there; of a shop its agents. */
  readonly present: readonly { readonly id: string; readonly name?: string; readonly status: Status }[]
  /** The nodes that have entries, and whether each was alive. */
  readonly nodes: ReadonlyMap<string, boolean>
}

type Agent = SidePresence['present'][number]

export class Presence {
  readonly #records: Records
  readonly #store: Store
  readonly #bus: Bus
  readonly #nodes: Nodes
  readonly #now: () => number
  readonly #here = new Map<string, Here>()

  constructor(options: { records: Records; store: Store; bus: Bus; nodes: Nodes; now: () => number }) {
    this.#records = options.records
    this.#store = options.store
    this.#bus = options.bus
    this.#nodes = options.nodes
    this.#now = options.now
  }

  /** One more line of this participant. Rejects while the store is away; `tend` tries again. */
  async arrived(identity: Identity): Promise<void> {
    const known = this.#here.get(hereKey(identity))
    if (known !== undefined) return void known.lineCount++
    const here: Here = { identity, lineCount: 1, leftAt: 0, writtenAt: -Infinity }
    this.#here.set(hereKey(identity), here)
    await this.#write(here)
  }

  left(identity: Identity): void {
    const here = this.#here.get(hereKey(identity))
    if (here === undefined) return
    here.lineCount--
    here.leftAt = this.#now()
  }

  /** To be called about every second. Rejects while the store is away; nothing has changed for anyone then. */
  async tend(): Promise<void> {
    await this.#nodes.renew()
    const now = this.#now()
    const due: Promise<void>[] = []
    for (const here of this.#here.values()) {
      if (here.lineCount === 0 && now - here.leftAt >= ABSENT_AFTER_MS) due.push(this.#erase(here))
      else if (now - here.writtenAt >= ENTRY_MS / 2) due.push(this.#write(here))
    }
    await Promise.all(due)
  }

  /** Who of a side is there now. */
  async of(side: string): Promise<SidePresence> {
    const items = await this.#records.items(collectionOf(side), this.#now())
    const entries = items.flatMap(({ key, value }) => entryOf(key, value))
    // a node that came after the last look
    if (entries.some(({ node }) => this.#nodes.isAlive(node) === undefined)) await this.#nodes.look()
    const statuses = new Map(items.map(({ key, value }) => [key, value as Status]))
    const nodes = new Map(entries.map(({ node }) => [node, this.#nodes.isAlive(node) === true]))
    const present = new Map<string, Agent>()
    for (const { id, name, node } of entries) {
      const status = statuses.get(id) ?? 'online'
      if (nodes.get(node) === true) present.set(id, name === undefined ? { id, status } : { id, name, status })
    }
    const best = STATUSES.find((status) => [...present.values()].some((one) => one.status === status)) ?? 'offline'
    const sorted = [...present.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    return { online: best !== 'offline', status: best, present: sorted, nodes }
  }

  /** A node has come or gone since `known` was read. */
  isOutdated(known: SidePresence): boolean {
    for (const [node, wasAlive] of known.nodes) if ((this.#nodes.isAlive(node) === true) !== wasAlive) return true
    return false
  }

  /** Which of the sides this participant may know about: shops (an agent: its own), and whom it has a conversation with. */
  async visible({ side, role }: Identity, of: readonly string[]): Promise<string[]> {
    const may = await Promise.all([...new Set(of)].map(async (other) => {
      if (!isId(other) || other === SHOP_PREFIX) return false
      if (other === side) return true
      if (isShopSide(other)) return role === 'customer'
      return (await this.#store.read(conversationId(side, other), { limit: 1 })).head.seq > 0
    }))
    return [...new Set(of)].filter((_, i) => may[i])
  }

  async changeStatus({ identity }: Caller, { status }: CommandInput<'changeStatus'>): Promise<CommandAnswer<'changeStatus'>> {
    const { id, side } = identity
    const now = this.#now()
    await this.#records.put({ collection: collectionOf(side), key: id, value: status, now, expiresAt: now + STATUS_MS })
    await this.#tell(side)
    return { ok: true }
  }

  async #write(here: Here): Promise<void> {
    const { id, side, name } = here.identity
    const now = this.#now()
    here.writtenAt = now
    try {
      await this.#records.put({
        collection: collectionOf(side), key: this.#keyOf(id), value: JSON.stringify({ name }), now, expiresAt: now + ENTRY_MS,
      })
      await this.#tell(side)
    } catch (error) {
      here.writtenAt = -Infinity
      throw error
    }
  }

  async #erase(here: Here): Promise<void> {
    const { id, side } = here.identity
    const key = hereKey(here.identity)
    this.#here.delete(key)
    try {
      await this.#records.remove({ collection: collectionOf(side), key: this.#keyOf(id), now: this.#now() })
    } catch (error) {
      if (!this.#here.has(key)) this.#here.set(key, here)
      throw error
    }
    await this.#tell(side)
  }

  #keyOf(id: string): string {
    return `${id} ${this.#nodes.node}`
  }

  async #tell(side: string): Promise<void> {
    await this.#bus.publish(presenceChannel(side), '', '{}')
  }
}

const hereKey = ({ id, side }: Identity): string => `${id} ${side}`
const collectionOf = (side: string): string => `${side}/present`

/** What the wire tells of it: a shop's agents only to the shop itself. */
export function presenceFor({ side: mine }: Identity, side: string, { online, status, present }: SidePresence): WirePresence {
  if (!isShopSide(side)) return { online }
  return side === mine ? { online, status, agents: [...present] } : { online, status }
}

/** An id has no space in it. */
function entryOf(key: string, value: string): { id: string; node: string; name: string | undefined }[] {
  const space = key.indexOf(' ')
  if (space < 0) return []
  return [{ id: key.slice(0, space), node: key.slice(space + 1), name: (JSON.parse(value) as { name?: string }).name }]
}
