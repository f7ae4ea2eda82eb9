/**
 * Which nodes are alive. Each renews its own record every few seconds and looks at the others'; one whose record has not changed
 * for `LEASE_MS` is dead. Only changes count, by a clock of whoever looks that never steps, so the nodes' clocks need not agree.
 *
 * Between two looks nobody dies. While the store is away nobody can look or renew; the first look after that, or after this
 * process itself stood still, gives all that lived before a whole lease again.
 *
 * A node replaces its own record, version by version. Where that is not there any more, the store has lost what it held
 * (emptied, or started again without its file), and whoever keeps something there puts it there again: `onForgotten`.
 */
import type { Records } from '../../backbone/records.ts'

const COLLECTION = 'nodes'
const EVERY_MS = 8000
/** Killed right after a renewal, a node is found dead at most `LEASE_MS` + 2 × `EVERY_MS` later. */
const LEASE_MS = 32_000
/** Of one that said goodbye: its peers are on their way to another. */
const LEFT_MS = 15_000
/** Then its record is rubbish. */
const FORGET_MS = 600_000
const LEFT = 'left'

interface Seen {
  readonly version: string
  readonly value: string
  at: number
}

export class Nodes {
  /** This node's name, never used before. */
  readonly node: string
  readonly #records: Records
  readonly #now: () => number
  readonly #uptime: () => number
  /** The store has forgotten this node. */
  onForgotten: () => void = () => undefined
  /** Of its record; undefined: it has none yet. */
  #version: string | undefined
  readonly #seen = new Map<string, Seen>()
  /** The last look that succeeded. */
  #lookedAt = -Infinity
  #looking: Promise<void> | undefined
  #hasLeft = false

  constructor(options: { records: Records; now: () => number; uptime: () => number; node: string }) {
    this.node = options.node
    this.#uptime = options.uptime
    this.#records = options.records
    this.#now = options.now
  }

  /** Undefined: nothing is known of it. */
  isAlive(node: string): boolean | undefined {
    if (node === this.node) return true
    const seen = this.#seen.get(node)
    return seen === undefined ? undefined : this.#lookedAt - seen.at < (seen.value === LEFT ? LEFT_MS : LEASE_MS)
  }

  /** To be called about every second. Rejects while the store is away. */
  async renew(): Promise<void> {
    if (this.#uptime() - this.#lookedAt >= EVERY_MS) await this.look()
  }

  /** Renews and looks now. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => { this.#looking = undefined })
    return this.#looking
  }

  /** The others need not wait for the whole lease. */
  async leave(): Promise<void> {
    this.#hasLeft = true
    await this.#looking?.catch(() => undefined) // the store is away: so it says itself, next
    await this.#put(LEFT)
  }

  async #look(): Promise<void> {
    if (!this.#hasLeft) await this.#put('')
    const items = await this.#records.items(COLLECTION, this.#now())
    const now = this.#uptime()
    if (now - this.#lookedAt > 2 * EVERY_MS) this.#renewAll(now)
    for (const { key, version, value } of items) {
      if (this.#seen.get(key)?.version !== version) this.#seen.set(key, { version, value, at: now })
    }
    this.#lookedAt = now
    const there = new Set(items.map(({ key }) => key))
    for (const node of this.#seen.keys()) if (!there.has(node) && this.isAlive(node) === false) this.#seen.delete(node)
  }

  #renewAll(now: number): void {
    for (const [node, seen] of this.#seen) if (this.isAlive(node) === true) seen.at = now
  }

  async #put(value: string): Promise<void> {
    const now = this.#now()
    const record = { collection: COLLECTION, key: this.node, value, now, expiresAt: now + FORGET_MS }
    let put = await this.#records.put({ ...record, expect: this.#version ?? '' })
    if (!put.isPut) {
      // an answer that was lost leaves a version of ours that we do not know; nothing at all is the store's loss
      if (put.found === undefined) this.onForgotten()
      put = await this.#records.put(record)
    }
    if (put.isPut) this.#version = put.version
  }
}
