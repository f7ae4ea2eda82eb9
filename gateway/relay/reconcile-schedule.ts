/**
 * When which audience is compared with the store: each every 30 to 45 s, at chance, so that a publish that was lost in
 * silence is found without any traffic. A node starts so many comparisons a second and no more; with more audiences than that
 * allows they come round later, and the store never notices.
 */
const EVERY_MS = 30_000
const SPREAD_MS = 15_000
const AGAIN_MS = 1000
const AT_ONCE = 300

export interface Comparable {
  /** True: something looks wrong that may only be late; look again soon. */
  compare(): Promise<boolean>
}

export class ReconcileSchedule {
  readonly #now: () => number
  /** 0 ≤ chance < 1. */
  readonly #chance: () => number
  readonly #dueAt = new WeakMap<Comparable, number>()
  #underWay = 0

  constructor(options: { now: () => number; chance: () => number }) {
    this.#now = options.now
    this.#chance = options.chance
  }

  /** To be called about every second with all that are here. */
  look(sideSubscriptions: Iterable<Comparable>): void {
    const now = this.#now()
    for (const sideSubscription of sideSubscriptions) {
      const dueAt = this.#dueAt.get(sideSubscription)
      if (dueAt === undefined) this.#plan(sideSubscription)
      else if (dueAt <= now && this.#underWay < AT_ONCE) void this.#compare(sideSubscription)
    }
  }

  async #compare(sideSubscription: Comparable): Promise<void> {
    this.#underWay++
    this.#dueAt.set(sideSubscription, Infinity)
    const isDoubtful = await sideSubscription.compare().catch(() => false) // the store is away; its return is a gap, which heals
    this.#underWay--
    if (isDoubtful) this.#dueAt.set(sideSubscription, this.#now() + AGAIN_MS)
    else this.#plan(sideSubscription)
  }

  #plan(sideSubscription: Comparable): void {
    this.#dueAt.set(sideSubscription, this.#now() + EVERY_MS + this.#chance() * SPREAD_MS)
  }
}
