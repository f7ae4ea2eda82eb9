/**
 * The figures of a shop's last thirty days. A node counts in memory what it changes, and adds it to what is stored about every five seconds; what
 * a killed node had not added is missing from the figures and from nothing else. A day is one of the shop's own time zone, else of UTC.
 */
import type { Records } from '../../backbone/records.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { dateIn } from '../../protocol/opening-hours.ts'
import type { Caller } from '../messaging/access.ts'
import { firstThatFit } from '../answer-size.ts'
import type { AssignmentDocument } from './assignment-document.ts'
import type { Assignable } from './assignments.ts'
import { add, addTime, agentCounts, agentsOf, figuresOf, noDay, type Counts, type DayCounts } from './counts.ts'

const DAY_MS = 86_400_000
/** What one count covers until it is added: midnight of every time zone lies between two. */
const QUARTER_MS = 900_000
const UTC = 'UTC'
/** Days are stored longer than a report goes back, because clocks differ. */
const STORED_DAYS = 32
/** Shops and quarters of an hour that wait to be added. Above it, with the store away for long, nothing more is counted. */
const PENDING_COUNT = 10_000
const ATTEMPTS = 5
/** Each item of a collection has this key: a day of a shop is a collection of its own, so that adding to it reads no other. */
const KEY = 'all'

export class Reports {
  readonly #records: Records
  readonly #now: () => number
  readonly #timeZoneOf: (shop: string) => Promise<string | undefined>
  /** Not added yet, by shop and quarter of an hour. */
  #pending = new Map<string, DayCounts>()

  /** `timeZoneOf`: of a shop's opening hours; undefined: it has none. */
  constructor(options: { records: Records; now: () => number; timeZoneOf: (shop: string) => Promise<string | undefined> }) {
    this.#records = options.records
    this.#now = options.now
    this.#timeZoneOf = options.timeZoneOf
  }

  /** To be called after each change of an assignment. */
  changed({ shop }: Assignable, before: AssignmentDocument, next: AssignmentDocument): void {
    const now = this.#now()
    const day = this.#pendingOf(shop, now)
    if (day === undefined) return
    const { service: was } = before
    const { service: is } = next
    const count = (change: (counts: Counts) => void, agent = is.agent): void => {
      change(day)
      const own = agent && agentCounts(day, agent)
      if (own !== undefined) change(own)
    }
    if (was.phase === 'closed' && is.phase !== 'closed') day.conversations++
    if (is.phase === 'open' && is.agent !== undefined && !(was.phase === 'open' && was.agent?.id === is.agent.id)) {
      const own = agentCounts(day, is.agent)
      if (own !== undefined) own.conversations++
    }
    if (was.phase === 'waiting' && is.phase === 'open') count(({ waits }) => addTime(waits, is.since - was.since))
    const { asked, isMissed } = before
    if (next.isMissed && !isMissed) day.missed++
    else if (asked !== undefined && next.asked === undefined && !isMissed) count(({ answers }) => addTime(answers, now - asked))
    if (was.phase !== 'closed' && is.phase === 'closed') count((counts) => counts.closed++)
    const { rating } = is
    if (rating !== undefined && was.rating === undefined) count(({ ratings }) => ratings[rating.score - 1]!++)
  }

  /** To be called every few seconds, and at the end. Rejects while the store is away; nothing is lost meanwhile. */
  async flush(): Promise<void> {
    const pending = this.#pending
    this.#pending = new Map()
    await Promise.all(
      [...pending].map(async ([key, counts]) => {
        try {
          const [shop, at] = key.split(' ') as [string, string]
          await this.#add(`${shop} ${dayOf(Number(at), await this.#zoneOf(shop))}`, counts)
        } catch (error) {
          const since = this.#pending.get(key)
          if (since === undefined) this.#pending.set(key, counts)
          else add(since, counts)
          throw error
        }
      }),
    )
  }

  async of({ identity }: Caller, { days }: CommandInput<'report'>): Promise<CommandAnswer<'report'>> {
    const shop = identity.side
    await this.flush()
    const now = this.#now()
    const zone = await this.#zoneOf(shop)
    const today = Date.parse(dayOf(now, zone))
    const names = Array.from({ length: days }, (_, back) => dayOf(today - back * DAY_MS))
    const found = await Promise.all(names.map((day) => this.#stored(`${shop} ${day}`)))
    const total = noDay()
    for (const { counts } of found) add(total, counts)
    const agents = agentsOf(total).sort((a, b) => b.conversations - a.conversations || (a.id < b.id ? -1 : 1))
    return {
      ok: true,
      timeZone: zone,
      total: figuresOf(total),
      days: names.map((day, i) => ({ day, ...figuresOf(found[i]!.counts) })),
      agents: firstThatFit(agents),
    }
  }

  async #zoneOf(shop: string): Promise<string> {
    return (await this.#timeZoneOf(shop)) ?? UTC
  }

  #pendingOf(shop: string, now: number): DayCounts | undefined {
    const key = `${shop} ${Math.floor(now / QUARTER_MS) * QUARTER_MS}`
    const known = this.#pending.get(key)
    if (known !== undefined) return known
    if (this.#pending.size >= PENDING_COUNT) return undefined
    const fresh = noDay()
    this.#pending.set(key, fresh)
    return fresh
  }

  async #add(key: string, counts: DayCounts): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { counts: sum, version: expect } = await this.#stored(key)
      add(sum, counts)
      const now = this.#now()
      const item = { collection: collectionOf(key), key: KEY, value: JSON.stringify(sum), now, expiresAt: now + STORED_DAYS * DAY_MS, expect }
      if ((await this.#records.put(item)).isPut) return
    }
    throw new Error('other nodes always came first')
  }

  /** Version '' where nothing is stored. */
  async #stored(key: string): Promise<{ counts: DayCounts; version: string }> {
    const items = await this.#records.items(collectionOf(key), this.#now())
    const item = items.find((each) => each.key === KEY)
    return item === undefined ? { counts: noDay(), version: '' } : { counts: JSON.parse(item.value) as DayCounts, version: item.version }
  }
}

const dayOf = (at: number, zone = UTC): string => dateIn(zone, at) ?? new Date(at).toISOString().slice(0, 10)
const collectionOf = (key: string): string => key.replace(' ', '/report/')
