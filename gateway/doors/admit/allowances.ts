/**
 * Counts what participants, addresses and everybody together spend (see domain/allowances.ts). `take` works in memory; about once a second the
 * nodes publish on the bus what they have allowed. So an allowance holds for all nodes together, except for what was spent within the last
 * second or reported in a publish that was lost.
 */
import type { Bus, Relayed, Subscription } from '../../backbone/backbone.ts'
import type { AllowanceName, Allowances as Port, Spender } from '../../domain/allowances.ts'
import type { Report } from '../../domain/facts.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Rate, Row } from './allowance-table.ts'
import { Buckets, type Standing } from './buckets.ts'

const CHANNEL = 'ImAllowances'
/** The most sums in one publish; the others wait for the next. */
const PUBLISHED_COUNT = 2000
const MINUTE_MS = 60_000
const KEY_LENGTH = 200
export const ALLOWANCE_SCOPES = ['participant', 'address', 'total'] as const
const EVERYBODY = '*'

type Scope = (typeof ALLOWANCE_SCOPES)[number]
type PublishedSum = readonly [name: string, scope: string, key: string, amount: number]

interface Counted {
  readonly name: AllowanceName
  readonly scope: Scope
  readonly buckets: Buckets
}

export interface AllowancesOptions {
  readonly table: Readonly<Record<AllowanceName, Row>>
  /** The scopes that count; the others have no limit. */
  readonly scopes: readonly Scope[]
  readonly bus: Bus
  /** This node's name, by which it ignores its own publishes. */
  readonly node: string
  readonly now: () => number
  readonly report: Report
}

export class Allowances implements Port {
  readonly #options: AllowancesOptions
  readonly #counted = new Map<string, readonly Counted[]>()
  readonly #reportedAt = new Map<string, number>()
  #subscription: Promise<Subscription> | undefined
  #isPublishing = false

  constructor(options: AllowancesOptions) {
    this.#options = options
    for (const [name, row] of Object.entries(options.table)) {
      this.#counted.set(
        name,
        options.scopes.flatMap((scope) => counted(name as AllowanceName, scope, row[scope])),
      )
    }
    void this.#listen()
  }

  take(name: AllowanceName, spender: Spender, cost = 1): void {
    const rows = this.#counted.get(name)!
    if (rows.length === 0) return
    const at = this.#options.now()
    let waitMs = 0
    for (const { scope, buckets } of rows) {
      const key = keyOf(scope, spender)
      const ms = key === undefined ? 0 : buckets.waitMs(key, cost, at)
      if (ms > waitMs) waitMs = ms
      if (ms > 0 && scope !== 'participant') this.#reportExhausted(name, scope, key!)
    }
    if (waitMs > 0) throw new Refusal('rate_limited', undefined, waitMs)
    spend(rows, spender, { cost, at })
  }

  giveBack(name: AllowanceName, spender: Spender, cost = 1): void {
    const rows = this.#counted.get(name)!
    if (rows.length > 0) spend(rows, spender, { cost: -cost, at: this.#options.now() })
  }

  /** Of the scope that has the least left; undefined where there is no limit. */
  standing(name: AllowanceName, spender: Spender): Standing | undefined {
    const at = this.#options.now()
    const all = this.#counted.get(name)!.flatMap(({ scope, buckets }) => {
      const key = keyOf(scope, spender)
      return key === undefined ? [] : [buckets.standing(key, at)]
    })
    return all.sort((a, b) => a.left - b.left)[0]
  }

  /**
   * To be called about every second. Publishes what was spent at this node since the last call. Rejects while the bus is away; then each node
   * counts for itself.
   */
  async publish(): Promise<void> {
    if (this.#isPublishing) return
    this.#isPublishing = true
    try {
      await this.#listen()
      const spent = this.#takeUnpublished()
      if (spent.length > 0) await this.#options.bus.publish(CHANNEL, this.#options.node, JSON.stringify({ spent }))
    } finally {
      this.#isPublishing = false
    }
  }

  close(): void {
    this.#subscription?.then((subscription) => subscription.close()).catch(() => undefined) // it was never subscribed
  }

  #takeUnpublished(): PublishedSum[] {
    const spent: PublishedSum[] = []
    for (const rows of this.#counted.values()) {
      for (const { name, scope, buckets } of rows) {
        for (const { key, amount } of buckets.takeUnpublished(PUBLISHED_COUNT - spent.length)) spent.push([name, scope, key, amount])
      }
    }
    return spent
  }

  /** Subscribes; `publish` tries again until it succeeds. */
  async #listen(): Promise<void> {
    const subscription = (this.#subscription ??= this.#options.bus.subscribe(CHANNEL, (relayed) => this.#onPublished(relayed)))
    await subscription.catch(() => {
      this.#subscription = undefined
    })
  }

  /** Checks everything, because anybody with the store's password could publish on the channel. */
  #onPublished({ origin, packet }: Relayed): void {
    if (origin === this.#options.node) return
    const at = this.#options.now()
    for (const each of spentIn(packet)) {
      const [name, scope, key, amount] = each
      if (typeof name !== 'string' || typeof key !== 'string' || key.length > KEY_LENGTH || typeof amount !== 'number' || !Number.isFinite(amount))
        continue
      this.#counted
        .get(name)
        ?.find((one) => one.scope === scope)
        ?.buckets.spentElsewhere(key, amount, at)
    }
  }

  /** Reports each exhausted allowance of an address or of everybody, at most once a minute. */
  #reportExhausted(name: AllowanceName, scope: 'address' | 'total', key: string): void {
    const at = this.#options.now()
    const kind = `${name} ${scope}`
    if (Math.abs(at - (this.#reportedAt.get(kind) ?? -Infinity)) < MINUTE_MS) return
    this.#reportedAt.set(kind, at)
    this.#options.report({ fact: 'allowanceSpent', allowance: name, scope, key })
  }
}

function counted(name: AllowanceName, scope: Scope, rate: Rate | undefined): Counted[] {
  if (rate === undefined || rate.perMinute === 0) return []
  return [{ name, scope, buckets: new Buckets({ perMs: rate.perMinute / MINUTE_MS, burst: rate.burst }) }]
}

function spend(rows: readonly Counted[], spender: Spender, { cost, at }: { cost: number; at: number }): void {
  for (const { scope, buckets } of rows) {
    const key = keyOf(scope, spender)
    if (key !== undefined) buckets.spend(key, cost, at)
  }
}

const keyOf = (scope: Scope, spender: Spender): string | undefined => (scope === 'total' ? EVERYBODY : spender[scope])

function spentIn(packet: Buffer): readonly (readonly unknown[])[] {
  try {
    const { spent } = JSON.parse(packet.toString()) as { spent?: unknown }
    return Array.isArray(spent) ? spent.slice(0, PUBLISHED_COUNT).filter(Array.isArray) : []
  } catch {
    return [] // not published by a node
  }
}
