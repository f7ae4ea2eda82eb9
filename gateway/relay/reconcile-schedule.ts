/**
 * Decides when each side subscription is reconciled with the store: every 30 to 45 s, at random, so that a publish that was lost unnoticed is
 * found even if nothing else is published. At most `UNDER_WAY_COUNT` run at once; with more side subscriptions than that allows, each waits
 * longer, and the store's load stays the same.
 */
const EVERY_MS = 30_000
const SPREAD_MS = 15_000
const UNDER_WAY_COUNT = 300

export interface Reconcilable {
  reconcile(): Promise<unknown>
}

export class ReconcileSchedule {
  readonly #now: () => number
  /** 0 ≤ chance < 1. */
  readonly #chance: () => number
  readonly #dueAt = new WeakMap<Reconcilable, number>()
  #underWay = 0

  constructor(options: { now: () => number; chance: () => number }) {
    this.#now = options.now
    this.#chance = options.chance
  }

  /** To be called about every second with all that are subscribed. */
  tick(subscriptions: Iterable<Reconcilable>): void {
    const now = this.#now()
    for (const subscription of subscriptions) {
      const dueAt = this.#dueAt.get(subscription)
      if (dueAt === undefined) this.#plan(subscription)
      else if (dueAt <= now && this.#underWay < UNDER_WAY_COUNT) void this.#reconcile(subscription)
    }
  }

  async #reconcile(subscription: Reconcilable): Promise<void> {
    this.#underWay++
    this.#dueAt.set(subscription, Infinity)
    await subscription.reconcile().catch(() => undefined) // the store is away; when it is back, the bus reports a gap
    this.#underWay--
    this.#plan(subscription)
  }

  #plan(subscription: Reconcilable): void {
    this.#dueAt.set(subscription, this.#now() + EVERY_MS + this.#chance() * SPREAD_MS)
  }
}
