/**
 * Which nodes are alive. Each node renews its own record every few seconds and reads the others'; a node whose record has not changed
 * for `LEASE_MS` is dead. Only changes count, timed by the reader's own monotonic clock, so the nodes' clocks need not agree.
 *
 * A node's state changes only at a check. While the store is away nobody can check or renew; the first check after that, or after this
 * process itself stood still, gives every node that was alive before a whole lease again.
 *
 * A node replaces its own record, version by version. Where the record is missing, the store has lost its data (it was emptied, or
 * started again without its file), and `onForgotten` tells whoever stores something there to write it again.
 */
import type { Records } from '../../backbone/records.ts'

const COLLECTION = 'nodes'
const EVERY_MS = 8000
/** Killed right after a renewal, a node is found dead at most `LEASE_MS` + 2 × `EVERY_MS` later. */
const LEASE_MS = 32_000
/** The lease of a node that has left: its peers are reconnecting to another. */
const LEFT_MS = 15_000
/** After this time a record expires. */
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
  /** Called when the store has lost this node's record. */
  onForgotten: () => void = () => undefined
  /** The version of this node's record; undefined before the first renewal. */
  #version: string | undefined
  readonly #seen = new Map<string, Seen>()
  /** When the last successful check began. */
  #checkedAt = -Infinity
  #checking: Promise<void> | undefined
  #hasLeft = false

  constructor(options: { records: Records; now: () => number; uptime: () => number; node: string }) {
    this.node = options.node
    this.#uptime = options.uptime
    this.#records = options.records
    this.#now = options.now
  }

  /** Undefined for a node that this one has never seen. */
  isAlive(node: string): boolean | undefined {
    if (node === this.node) return true
    const seen = this.#seen.get(node)
    return seen === undefined ? undefined : this.#checkedAt - seen.at < (seen.value === LEFT ? LEFT_MS : LEASE_MS)
  }

  /** To be called about every second. Rejects while the store is away. */
  async renew(): Promise<void> {
    if (this.#uptime() - this.#checkedAt >= EVERY_MS) await this.check()
  }

  /** Renews this node's record and reads the others' now. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined
    })
    return this.#checking
  }

  /** Says so in the record, so that the others need not wait for the whole lease. */
  async leave(): Promise<void> {
    this.#hasLeft = true
    await this.#checking?.catch(() => undefined) // the store is away: the next line rejects with the same
    await this.#put(LEFT)
  }

  async #check(): Promise<void> {
    if (!this.#hasLeft) await this.#put('')
    const items = await this.#records.items(COLLECTION, this.#now())
    const now = this.#uptime()
    if (now - this.#checkedAt > 2 * EVERY_MS) this.#renewAll(now)
    for (const { key, version, value } of items) {
      if (this.#seen.get(key)?.version !== version) this.#seen.set(key, { version, value, at: now })
    }
    this.#checkedAt = now
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
      // a record with another version is our own: the answer to that write was lost. No record at all: the store has lost it
      if (put.found === undefined) this.onForgotten()
      put = await this.#records.put(record)
    }
    if (put.isPut) this.#version = put.version
  }
}
