/**
 * The periodic job that assigns waiting conversations to agents with room, reassigns the customers of absent agents, expires transfers, and
 * reconciles the index of open conversations with the stored documents. Every node that has agents of a shop sweeps that shop every few
 * seconds. Each change is a compare-and-set: of two nodes that sweep at once, one makes the change and the other finds it made.
 *
 * An agent is absent when presence says so (after its grace time) or when their status is `offline`. After `handoverMs` the sweep reassigns
 * those of their conversations in which the customer wrote last; the others stay with the agent whom the customer knows.
 */
import type { Report } from '../facts.ts'
import type { OpenEntries, OpenEntry } from './open-index.ts'
import type { Presence } from '../presence/presence.ts'
import type { Routing } from './routing.ts'
import { assignableOf, type Assignments } from './assignments.ts'
import { decideSweep, type AgentPool, type Swept } from './routing-decisions.ts'
import type { Transfers } from './transfers.ts'

const EVERY_MS = 3000
/** The sweep checks a conversation of an absent agent again after this time. */
const AGAIN_MS = 10_000
/** How many index entries one sweep reconciles with their documents; the next sweep goes on with the following ones. */
const CHECKED_COUNT = 20
const AT_ONCE = 10

interface Round {
  sessionCount: number
  dueAt: number
  isRunning: boolean
  /** As this round found the queue, before it gave anybody an agent. */
  queue: { readonly count: number; readonly oldestAt: number }
  /** Whether the index was reconciled with the shop's latest conversations. */
  isRecalled: boolean
  /** The position in `of`, whose entries are reconciled a few at a time. */
  walk: { readonly of: OpenEntries; readonly names: Iterator<string> } | undefined
  /** Absent agents who have conversations, with the time since when this node knows. */
  goneSince: Map<string, number>
  lookedAt: Map<string, number>
}

export class AssignmentSweep {
  readonly #assignments: Assignments
  readonly #routing: Routing
  readonly #transfers: Transfers
  readonly #presence: Presence
  readonly #now: () => number
  readonly #uptime: () => number
  readonly #handoverMs: number
  readonly #report: Report
  readonly #rounds = new Map<string, Round>()

  constructor(options: {
    assignments: Assignments
    routing: Routing
    transfers: Transfers
    presence: Presence
    now: () => number
    uptime: () => number
    handoverMs: number
    report: Report
  }) {
    this.#assignments = options.assignments
    this.#routing = options.routing
    this.#transfers = options.transfers
    this.#presence = options.presence
    this.#now = options.now
    this.#uptime = options.uptime
    this.#handoverMs = options.handoverMs
    this.#report = options.report
    this.#assignments.onRoutingDue = (shop) => this.hurry(shop)
  }

  /**
   * To be called about every second with the sides of shops that have agents' sessions at this node, and how many.
   * Rejects while the store is away.
   */
  async run(shops: ReadonlyMap<string, number>): Promise<void> {
    for (const shop of this.#rounds.keys()) if (!shops.has(shop)) this.#rounds.delete(shop)
    await Promise.all([...shops].map(([shop, sessionCount]) => this.#sweepShop(shop, sessionCount)))
    const queues = [...this.#rounds.values()].map(({ queue }) => queue)
    const waitingCount = queues.reduce((sum, { count }) => sum + count, 0)
    const oldestAt = queues.reduce((oldest, each) => Math.min(oldest, each.oldestAt), Infinity)
    this.#report({ fact: 'queuesSeen', waitingCount, longestMs: Math.max(0, this.#now() - oldestAt) })
  }

  /** Makes the shop's next sweep due at once: an agent has come or has room again. */
  hurry(shop: string): void {
    const round = this.#rounds.get(shop)
    if (round !== undefined) round.dueAt = -Infinity
  }

  /** Makes the next sweep check the latest conversations as well: the store may have lost its index. */
  doubt(): void {
    for (const round of this.#rounds.values()) Object.assign(round, { isRecalled: false, dueAt: -Infinity })
  }

  async #sweepShop(shop: string, sessionCount: number): Promise<void> {
    const round = this.#rounds.get(shop) ?? newRound()
    this.#rounds.set(shop, round)
    const now = this.#uptime()
    if (sessionCount > round.sessionCount) round.dueAt = -Infinity
    round.sessionCount = sessionCount
    if (round.isRunning || round.dueAt > now) return
    round.isRunning = true
    round.dueAt = now + EVERY_MS
    try {
      await this.#go(shop, round)
    } finally {
      round.isRunning = false
    }
  }

  async #go(shop: string, round: Round): Promise<void> {
    if (!round.isRecalled) await this.#assignments.recall(shop)
    round.isRecalled = true
    const [{ present }, entries] = await Promise.all([this.#presence.of(shop), this.#assignments.index.of(shop, true)])
    round.queue = queueOf(entries)
    const there = new Set(present.filter(({ status }) => status !== 'offline').map(({ id }) => id))
    this.#noteGone(round, entries, there)
    // a shop may have many open conversations: all are checked only where an agent is absent, else only those with a transfer
    const isAnyGone = [...round.goneSince.keys()].some((agent) => this.#isGone(round, agent))
    const looked = [...(isAnyGone ? entries.keys() : entries.offered)]
    const due = looked.filter((conversation) => this.#isDue(round, conversation, entries.get(conversation)!))
    const pool = await this.#routing.pool(shop)
    const all = [...new Set([...due, ...this.#assignments.index.vanished(shop), ...checkedNext(entries, round)])]
    for (let i = 0; i < all.length; i += AT_ONCE) {
      await Promise.all(all.slice(i, i + AT_ONCE).map((conversation) => this.#one(conversation, round, pool)))
    }
    await this.#routing.distribute(shop)
  }

  #noteGone({ goneSince, lookedAt }: Round, entries: OpenEntries, there: ReadonlySet<string>): void {
    const gone = new Set([...entries.loads.keys()].filter((agent) => !there.has(agent)))
    for (const agent of goneSince.keys()) if (!gone.has(agent)) goneSince.delete(agent)
    for (const agent of gone) if (!goneSince.has(agent)) goneSince.set(agent, this.#uptime())
    for (const conversation of lookedAt.keys()) if (!entries.has(conversation)) lookedAt.delete(conversation)
  }

  #isDue(round: Round, conversation: string, { agent, due }: OpenEntry): boolean {
    if (due !== undefined && due <= this.#now()) return true
    return this.#isGone(round, agent) && this.#uptime() - (round.lookedAt.get(conversation) ?? -Infinity) >= AGAIN_MS
  }

  #isGone({ goneSince }: Round, agent: string | undefined): boolean {
    const since = agent === undefined ? undefined : goneSince.get(agent)
    return since !== undefined && this.#uptime() - since >= this.#handoverMs
  }

  async #one(conversation: string, round: Round, pool: AgentPool): Promise<void> {
    const assignable = assignableOf(conversation)
    if (assignable === undefined) return
    round.lookedAt.set(conversation, this.#uptime())
    const isGone = (agent: string): boolean => this.#isGone(round, agent)
    let swept: Swept | undefined
    const changed = await this.#assignments.change(assignable, (found) => (swept = decideSweep(found, { isGone, pool })).next)
    if (!changed.isChanged) {
      await this.#assignments.enter(assignable, changed.document)
      return this.#transfers.tellCustomer(assignable, changed.document, this.#now())
    }
    if (changed.before.service.transfer !== changed.document.service.transfer) await this.#transfers.tellExpired(changed)
    if (swept?.what === 'handedOver') this.#report({ fact: 'conversationAssigned', phase: changed.document.service.phase, by: 'handedOver' })
  }
}

function queueOf(entries: OpenEntries): Round['queue'] {
  const [oldest = ''] = entries.waiting
  return { count: entries.waiting.size, oldestAt: entries.get(oldest)?.since ?? Infinity }
}

const newRound = (): Round => ({
  sessionCount: 0,
  dueAt: -Infinity,
  isRunning: false,
  queue: { count: 0, oldestAt: Infinity },
  isRecalled: false,
  walk: undefined,
  goneSince: new Map(),
  lookedAt: new Map(),
})

/** The next few entries, starting over after the last. An iterator of a Map also reaches entries that are added meanwhile. */
function checkedNext(entries: OpenEntries, round: Round): string[] {
  if (round.walk?.of !== entries) round.walk = { of: entries, names: entries.keys() }
  const next: string[] = []
  while (next.length < CHECKED_COUNT) {
    const { done, value } = round.walk.names.next()
    if (done === true) {
      round.walk = undefined
      break
    }
    next.push(value)
  }
  return next
}
