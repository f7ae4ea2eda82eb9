/**
 * What nobody has to ask for: waiting conversations go to agents who have room, customers of an agent who is gone go on to another, a
 * transfer whose time is over comes back, and the index of open conversations is held against the documents. Every node with agents of a
 * shop looks every few seconds; all of it is compare-and-set, so whoever comes second finds nothing to do.
 *
 * An agent is gone who is not there (presence knows of grace times) or says `offline`. After `handoverMs` its conversations go on in which
 * the last word is the customer's; the others stay, and with them the agent whom the customer knows.
 */
import type { Report } from '../facts.ts'
import type { OpenEntries, OpenEntry } from './open-index.ts'
import type { Presence } from '../presence/presence.ts'
import type { Routing } from './routing.ts'
import { settled, type AssignmentDocument } from './assignment-document.ts'
import { assignableOf, type Found, type Assignments } from './assignments.ts'
import type { Transfers } from './transfers.ts'

const EVERY_MS = 3000
/** A conversation of an agent who is gone is looked at again after. */
const AGAIN_MS = 10_000
/** How many are held against their documents in one round, one after the other of all. */
const CHECKED_COUNT = 20
const AT_ONCE = 10

interface Round {
  lineCount: number
  dueAt: number
  isRunning: boolean
  /** Whether the index was held against the shop's latest conversations. */
  isRecalled: boolean
  /** Those that are to be held against their documents next, and of which entries. */
  walk: { readonly of: OpenEntries; readonly names: Iterator<string> } | undefined
  /** Agents who have conversations and are gone, since when this node knows. */
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
    assignments: Assignments; routing: Routing; transfers: Transfers; presence: Presence; now: () => number; uptime: () => number
    handoverMs: number; report: Report
  }) {
    this.#assignments = options.assignments
    this.#routing = options.routing
    this.#transfers = options.transfers
    this.#presence = options.presence
    this.#now = options.now
    this.#uptime = options.uptime
    this.#handoverMs = options.handoverMs
    this.#report = options.report
    this.#assignments.onUneven = (shop) => this.hurry(shop)
  }

  /**
   * To be called about every second with the sides of shops that have agents' lines at this node, and how many.
   * Rejects while the store is away.
   */
  async look(shops: ReadonlyMap<string, number>): Promise<void> {
    for (const shop of this.#rounds.keys()) if (!shops.has(shop)) this.#rounds.delete(shop)
    await Promise.all([...shops].map(([shop, lineCount]) => this.#lookAt(shop, lineCount)))
  }

  /** An agent has come or has room again: the next look does not wait. */
  hurry(shop: string): void {
    const round = this.#rounds.get(shop)
    if (round !== undefined) round.dueAt = -Infinity
  }

  /** The store may have lost what it held. */
  doubt(): void {
    for (const round of this.#rounds.values()) Object.assign(round, { isRecalled: false, dueAt: -Infinity })
  }

  async #lookAt(shop: string, lineCount: number): Promise<void> {
    const round = this.#rounds.get(shop) ?? newRound()
    this.#rounds.set(shop, round)
    const now = this.#uptime()
    if (lineCount > round.lineCount) round.dueAt = -Infinity
    round.lineCount = lineCount
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
    const there = new Set(present.filter(({ status }) => status !== 'offline').map(({ id }) => id))
    this.#noteGone(round, entries, there)
    // of many open conversations nobody looks at each: where an agent is gone, those; else what is offered
    const isAnyGone = [...round.goneSince.keys()].some((agent) => this.#isGone(round, agent))
    const looked = [...(isAnyGone ? entries.keys() : entries.offered)]
    const due = looked.filter((conversation) => this.#isDue(round, conversation, entries.get(conversation)!))
    const assign = await this.#routing.assigning(shop)
    const all = [...new Set([...due, ...this.#assignments.index.vanished(shop), ...checkedNext(entries, round)])]
    for (let i = 0; i < all.length; i += AT_ONCE) {
      await Promise.all(all.slice(i, i + AT_ONCE).map((conversation) => this.#one(conversation, round, assign)))
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

  async #one(conversation: string, round: Round, assign: (found: Found) => AssignmentDocument): Promise<void> {
    const assignable = assignableOf(conversation)
    if (assignable === undefined) return
    round.lookedAt.set(conversation, this.#uptime())
    let what: 'handedOver' | 'expired' | undefined
    const changed = await this.#assignments.change(assignable, (found) => {
      what = undefined
      const back = this.#transfers.expired(found)
      const document = back ?? found.document
      if (back !== undefined) what = 'expired'
      if (!this.#hasWaitedInVain(round, { ...found, document })) return back
      what = 'handedOver'
      return assign({ ...found, document: settled(document, false, found.now) })
    })
    if (!changed.isChanged) {
      await this.#assignments.enter(assignable, changed.document)
      return this.#transfers.tellCustomer(assignable, changed.document, this.#now())
    }
    if (changed.before.service.transfer !== undefined) await this.#transfers.tellExpired(changed)
    if (what === 'handedOver') this.#report({ fact: 'conversationAssigned', phase: changed.document.service.phase, by: 'handedOver' })
  }

  /** Its agent is gone, nobody is asked to take it, and the customer waits for an answer. */
  #hasWaitedInVain(round: Round, { document: { service: { phase, agent, transfer } }, page, now }: Found): boolean {
    if (phase !== 'open' || !this.#isGone(round, agent?.id) || (transfer !== undefined && transfer.expiresAt > now)) return false
    const last = page.messages.at(-1)
    return last !== undefined && last.side !== assignableOf(last.conversation)?.shop
  }
}

const newRound = (): Round =>
  ({ lineCount: 0, dueAt: -Infinity, isRunning: false, isRecalled: false, walk: undefined, goneSince: new Map(), lookedAt: new Map() })

/** The next few, from the beginning again after the last; the walk goes on through whatever is added meanwhile. */
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
