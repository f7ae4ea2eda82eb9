import { Unavailable } from '../backbone.ts'
import { Batcher } from './batcher.ts'
import type { Op } from './op.ts'
import { Lane, Pending } from './pending.ts'
import type { Ring, Server } from './ring.ts'
import type { RedisSettings } from './settings.ts'

/** Which of a server's connections: writes may wait for a replica, and reads must not wait for them; one that hears can do nothing else. */
export type Role = 'writer' | 'reader' | 'subscriber'

/** So many lanes stay although they are empty; when there are more, all empty ones are removed at once. */
const LANES_KEPT = 4096

/**
 * Sends operations to the server that holds their key, follows the key when it moves, and refuses at once if that server cannot
 * serve. Order is kept per key (see Lane), batches form per server (see Batcher).
 */
export class Router {
  readonly #ring: Ring
  readonly #role: Role
  readonly #settings: RedisSettings
  /** By key, empty lanes included: a Map that each message enters and leaves keeps all of them from the young collector (docs/decisions/0051). */
  readonly #lanes = new Map<string, Lane>()
  #lanesMost = LANES_KEPT
  #busyCount = 0
  readonly #batchers = new WeakMap<Server, Batcher>()
  #idle: (() => void) | undefined
  #isClosed = false

  constructor(ring: Ring, role: Role, settings: RedisSettings) {
    this.#ring = ring
    this.#role = role
    this.#settings = settings
  }

  run<T>(op: Op<T | Promise<T>>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new Unavailable('The backbone is closed.'))
    return new Promise((resolve, reject) => {
      const lane = this.#laneOf(op.key)
      const isIdle = lane.first === undefined
      lane.add(new Pending(op, lane, resolve as (value: unknown) => void, reject))
      if (!isIdle) return
      this.#busyCount++
      this.#route(lane)
    })
  }

  /** Accepts no more operations; resolves when all pending ones are answered or refused. */
  async drain(): Promise<void> {
    this.#isClosed = true
    if (this.#busyCount > 0)
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
  }

  #laneOf(key: string): Lane {
    let lane = this.#lanes.get(key)
    if (lane !== undefined) return lane
    if (this.#lanes.size >= this.#lanesMost) {
      for (const [of, { first }] of this.#lanes) if (first === undefined) this.#lanes.delete(of)
      this.#lanesMost = Math.max(LANES_KEPT, 2 * this.#lanes.size)
    }
    this.#lanes.set(key, (lane = new Lane(key)))
    return lane
  }

  #route(lane: Lane, server: Server | undefined = this.#ring.serverOf(lane.key)): void {
    const problem = server === undefined ? 'no server has this slot now' : server[this.#role].problem
    if (server === undefined || problem !== undefined) return this.#abandon(lane, new Unavailable(`Redis: ${problem}`))
    this.#batcherOf(server).add(lane)
  }

  #batcherOf(server: Server): Batcher {
    let batcher = this.#batchers.get(server)
    if (batcher === undefined) {
      batcher = new Batcher({
        connection: server[this.#role],
        groupOf: (key) => this.#ring.groupOf(key),
        replicaWaitMs:
          this.#role === 'writer' && this.#settings.durability === 'replica' ? Math.ceil(this.#settings.commandTimeoutMs / 2) : undefined,
        onReturn: (lane, error) => this.#return(lane, error, server),
      })
      this.#batchers.set(server, batcher)
    }
    return batcher
  }

  #return(lane: Lane, error: Error | undefined, server: Server): void {
    if (lane.first === undefined) this.#end(lane)
    else if (error === undefined) this.#route(lane)
    else void this.#follow(lane, error, server)
  }

  async #follow(lane: Lane, error: Error, server: Server): Promise<void> {
    const now = performance.now()
    for (let pending = lane.first; pending !== undefined; pending = pending.next) {
      pending.deadline ??= now + this.#settings.commandTimeoutMs
      if (pending.deadline <= now) pending.refuse(error)
    }
    lane.removeSettled()
    if (lane.first === undefined) return this.#return(lane, undefined, server)
    try {
      const next = await this.#ring.follow(error, server)
      lane.isAsking = next?.isAsking ?? false
      this.#route(lane, next?.server)
    } catch (failure) {
      this.#abandon(lane, failure as Error)
    }
  }

  #abandon(lane: Lane, error: Error): void {
    lane.refuse(error)
    this.#end(lane)
  }

  /** The lane is empty. */
  #end(lane: Lane): void {
    lane.isAsking = false
    if (--this.#busyCount === 0) this.#idle?.()
  }
}
