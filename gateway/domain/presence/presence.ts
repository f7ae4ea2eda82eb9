/**
 * Who is online. A participant is present at a node from its first session there until 15 s after its last one ended, so that a
 * reconnect is not an absence. An entry counts as long as its node is alive (nodes.ts), so a killed node's participants vanish with it.
 *
 * Entries of a side are one collection: `<participant> <node>` → name, and the status that an agent has set, under `<participant>`.
 * After each change a message on the side's presence channel says only that something changed: its subscribers read again, so a late
 * message cannot show an old state.
 *
 * A store may come back empty. Each side with peers at this node is read from time to time, and at once after `doubt()`; an entry or status
 * of this node that is missing there is written again.
 */
import type { Bus, Store } from '../../backbone/backbone.ts'
import type { Item, Records } from '../../backbone/records.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { conversationId, isShopSide, isSide, presenceChannel } from '../../protocol/keys.ts'
import type { Identity, Presence as WirePresence, Status } from '../../protocol/model.ts'
import { spenderOf, type Allowances } from '../allowances.ts'
import type { Caller } from '../messaging/access.ts'
import type { Nodes } from './nodes.ts'

const ABSENT_AFTER_MS = 15_000
/** Entries expire after this time; their node renews them at half of it. Long, so that a clock that steps by a day expires none. */
const ENTRY_MS = 604_800_000
const STATUS_MS = 43_200_000
/** A side with peers at this node is reconciled with the store after this time. */
const CHECK_MS = 30_000
/** At most so many sides are reconciled in one second. */
const CHECK_COUNT = 500
/** Most available first. */
const STATUSES: readonly Status[] = ['online', 'busy', 'away', 'offline']

interface Here {
  readonly identity: Identity
  sessionCount: number
  /** When the last session ended. */
  leftAt: number
  /** When its entry was last written; -Infinity: it must be written. */
  writtenAt: number
  isWriting: boolean
  /** The status that the agent has set, as last read, and when this node first read it. */
  said: { readonly status: Status; readonly version: string; readonly at: number } | undefined
}

/** Who of a side is present. */
export interface SidePresence {
  readonly online: boolean
  readonly status: Status
  /** Who is present; of a shop, its agents. */
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
  readonly #allowances: Allowances
  readonly #now: () => number
  readonly #uptime: () => number
  readonly #here = new Map<string, Here>()
  /** When each side with peers at this node was last reconciled with the store. */
  readonly #checkedAt = new Map<string, number>()

  constructor(options: { records: Records; store: Store; bus: Bus; nodes: Nodes; allowances: Allowances; now: () => number; uptime: () => number }) {
    this.#records = options.records
    this.#store = options.store
    this.#bus = options.bus
    this.#nodes = options.nodes
    this.#allowances = options.allowances
    this.#now = options.now
    this.#uptime = options.uptime
  }

  /** Adds a session of this participant. Rejects while the store is away; `tend` tries again. */
  async arrived(identity: Identity): Promise<void> {
    const known = this.#here.get(hereKey(identity))
    if (known !== undefined) return void known.sessionCount++
    const here: Here = { identity, sessionCount: 1, leftAt: 0, writtenAt: -Infinity, isWriting: false, said: undefined }
    this.#here.set(hereKey(identity), here)
    await this.#write(here)
  }

  left(identity: Identity): void {
    const here = this.#here.get(hereKey(identity))
    if (here === undefined) return
    here.sessionCount--
    here.leftAt = this.#uptime()
  }

  /** To be called about every second. Rejects while the store is away; nothing has changed for anyone then. */
  async tend(): Promise<void> {
    await this.#nodes.renew()
    const now = this.#uptime()
    const due: Promise<void>[] = []
    for (const here of this.#here.values()) {
      if (here.sessionCount === 0 && now - here.leftAt >= ABSENT_AFTER_MS) due.push(this.#erase(here))
      else if (now - here.writtenAt >= ENTRY_MS / 2 && !here.isWriting) due.push(this.#write(here))
    }
    const sides = this.#sides()
    await Promise.all([...due, ...this.#dueOf(sides, now).map((side) => this.#check(side, sides.get(side)!))])
  }

  /** Makes everything of this node due for a check: the store may have lost its data. */
  doubt(): void {
    for (const side of this.#checkedAt.keys()) this.#checkedAt.set(side, -Infinity)
  }

  #sides(): ReadonlyMap<string, readonly Here[]> {
    const sides = new Map<string, Here[]>()
    for (const here of this.#here.values()) {
      const side = sides.get(here.identity.side)
      if (side === undefined) sides.set(here.identity.side, [here])
      else side.push(here)
    }
    return sides
  }

  #dueOf(sides: ReadonlyMap<string, readonly Here[]>, now: number): string[] {
    for (const side of this.#checkedAt.keys()) if (!sides.has(side)) this.#checkedAt.delete(side)
    for (const side of sides.keys()) if (!this.#checkedAt.has(side)) this.#checkedAt.set(side, now)
    return [...this.#checkedAt]
      .filter(([, at]) => now - at >= CHECK_MS)
      .slice(0, CHECK_COUNT)
      .map(([side]) => side)
  }

  async #check(side: string, mine: readonly Here[]): Promise<void> {
    this.#checkedAt.set(side, this.#uptime())
    try {
      const items = new Map((await this.#records.items(collectionOf(side), this.#now())).map((item) => [item.key, item]))
      await Promise.all(mine.map((here) => this.#mend(here, items)))
    } catch (error) {
      this.#checkedAt.set(side, -Infinity)
      throw error
    }
  }

  async #mend(here: Here, items: ReadonlyMap<string, Item>): Promise<void> {
    const { id, side } = here.identity
    const said = items.get(id)
    const now = this.#uptime()
    if (said !== undefined && said.version !== here.said?.version) {
      here.said = { status: said.value as Status, version: said.version, at: now }
    } else if (said === undefined && here.said !== undefined) {
      const leftMs = here.said.at + STATUS_MS - now
      if (leftMs > 0) await this.#say(here.identity, here.said.status, { leftMs, expect: '' })
      else here.said = undefined
    }
    // a read that is under way may have begun before this change
    if (items.has(this.#keyOf(id)) || here.isWriting || here.writtenAt === -Infinity || this.#here.get(hereKey({ id, side })) !== here) return
    await this.#write(here)
  }

  /** Who of a side is present now. */
  async of(side: string): Promise<SidePresence> {
    const items = await this.#records.items(collectionOf(side), this.#now())
    const entries = items.flatMap(({ key, value }) => entryOf(key, value))
    // an unknown node started after the last check
    if (entries.some(({ node }) => this.#nodes.isAlive(node) === undefined)) await this.#nodes.check()
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

  /** Whether a node has started or died since `known` was read. */
  isOutdated(known: SidePresence): boolean {
    for (const [node, wasAlive] of known.nodes) if ((this.#nodes.isAlive(node) === true) !== wasAlive) return true
    return false
  }

  /** Which of the sides this participant may know about: shops (an agent: its own), and whom it has a conversation with. */
  async visible(caller: Caller, of: readonly string[]): Promise<string[]> {
    const { side, role } = caller.identity
    this.#allowances.take('presence', spenderOf(caller), of.length)
    const may = await Promise.all(
      [...new Set(of)].map(async (other) => {
        if (!isSide(other)) return false
        if (other === side) return true
        if (isShopSide(other)) return role === 'customer'
        return (await this.#store.read(conversationId(side, other), { limit: 0 })).head.seq > 0
      }),
    )
    return [...new Set(of)].filter((_, i) => may[i])
  }

  async changeStatus({ identity }: Caller, { status }: CommandInput<'changeStatus'>): Promise<CommandAnswer<'changeStatus'>> {
    await this.#say(identity, status, { leftMs: STATUS_MS })
    return { ok: true }
  }

  async #say(identity: Identity, status: Status, { leftMs, expect }: { leftMs: number; expect?: string }): Promise<void> {
    const { id, side } = identity
    const now = this.#now()
    const put = await this.#records.put({
      collection: collectionOf(side),
      key: id,
      value: status,
      now,
      expiresAt: now + leftMs,
      ...(expect === undefined ? {} : { expect }),
    })
    const here = this.#here.get(hereKey(identity))
    if (put.isPut && here !== undefined) here.said = { status, version: put.version, at: this.#uptime() + leftMs - STATUS_MS }
    await this.#tell(side)
  }

  async #write(here: Here): Promise<void> {
    const { id, side, name } = here.identity
    const now = this.#now()
    here.writtenAt = this.#uptime()
    here.isWriting = true
    try {
      await this.#records.put({
        collection: collectionOf(side),
        key: this.#keyOf(id),
        value: JSON.stringify({ name }),
        now,
        expiresAt: now + ENTRY_MS,
        isDeferred: true,
      })
      await this.#tell(side)
    } catch (error) {
      here.writtenAt = -Infinity
      throw error
    } finally {
      here.isWriting = false
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

const hereKey = ({ id, side }: Pick<Identity, 'id' | 'side'>): string => `${id} ${side}`
const collectionOf = (side: string): string => `${side}/present`

/** Presence in the form of the wire; only the shop itself sees who all its agents are. */
export function presenceFor({ side: mine }: Identity, side: string, { online, status, present }: SidePresence): WirePresence {
  if (!isShopSide(side)) return { online }
  if (side === mine) return { online, status, agents: [...present] }
  const { id, name } = present.find((one) => one.status === status && one.name !== undefined) ?? {}
  return { online, status, ...(id === undefined || name === undefined ? undefined : { agent: { id, name } }) }
}

/** An id has no space in it. */
function entryOf(key: string, value: string): { id: string; node: string; name: string | undefined }[] {
  const space = key.indexOf(' ')
  if (space < 0) return []
  return [{ id: key.slice(0, space), node: key.slice(space + 1), name: (JSON.parse(value) as { name?: string }).name }]
}
