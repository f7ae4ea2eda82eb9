import { Unavailable } from '../backbone.ts'
import { isTimeout } from './failure.ts'
import type { RedisConnection } from './redis-connection.ts'

export interface SubscriberOptions {
  readonly connection: RedisConnection
  readonly isSharded: boolean
  /** Ms after which a subscription without confirmation is rejected. */
  readonly timeoutMs: number
  readonly onPayload: (channel: string, payload: Buffer) => void
  /** Called with channels that are subscribed again after an interruption. */
  readonly onRegained: (channels: readonly string[]) => void
  /** Called when the server says that another one holds a channel. */
  readonly onMoved: () => void
}

interface Entry {
  isWanted: boolean
  /** Confirmed on the current connection. */
  isLive: boolean
  /** Has been confirmed before: confirming it again closes a gap. */
  wasLive: boolean
  waiting: { readonly deadline: number; resolve(): void; reject(error: Error): void }[]
}

const CHUNK = 500
const RETRY_MS = 200

/**
 * The subscriptions on one server: which channels are wanted, which the server has confirmed, and one worker that brings the
 * second in line with the first, one round at a time. So an unsubscribe and a subscribe of one channel cannot overtake each other,
 * and after a lost connection every wanted channel is simply unconfirmed.
 */
export class Subscriber {
  readonly #options: SubscriberOptions
  readonly #entries = new Map<string, Entry>()
  readonly #dirty = new Set<string>()
  readonly #retrying = new Set<string>()
  #isWorking = false
  #retry: NodeJS.Timeout | undefined

  constructor(options: SubscriberOptions) {
    this.#options = options
    const { connection, isSharded, onPayload } = options
    connection.redis.on(isSharded ? 'smessageBuffer' : 'messageBuffer', (channel: Buffer, payload: Buffer) => {
      onPayload(channel.toString(), payload)
    })
    connection.on('lost', () => this.#onLost())
    connection.on('serving', () => this.#markAll())
    connection.on('moved', () => this.#suspect())
  }

  /** Resolves once the server has confirmed the channel, at once if it has already. Rejects with Unavailable after `timeoutMs`. */
  want(channel: string): Promise<void> {
    const { problem } = this.#options.connection
    let entry = this.#entries.get(channel)
    if (entry === undefined) this.#entries.set(channel, (entry = { isWanted: true, isLive: false, wasLive: false, waiting: [] }))
    entry.isWanted = true
    if (entry.isLive) return Promise.resolve()
    return new Promise((resolve, reject) => {
      if (problem !== undefined) return reject(new Unavailable(`Redis: ${problem}`))
      entry.waiting.push({ resolve, reject, deadline: performance.now() + this.#options.timeoutMs })
      this.#mark(channel)
    })
  }

  /** The channel is no longer wanted on this server. Callers that still wait for it resolve and look where it is now. */
  drop(channel: string): void {
    const entry = this.#entries.get(channel)
    if (entry === undefined) return
    entry.isWanted = false
    for (const { resolve } of entry.waiting.splice(0)) resolve()
    this.#mark(channel)
  }

  /** Takes over a channel from another server; calls `onRegained` when it is confirmed. */
  adopt(channel: string): void {
    this.#entries.set(channel, { isWanted: true, isLive: false, wasLive: true, waiting: [] })
    this.#mark(channel)
  }

  close(): void {
    clearTimeout(this.#retry)
    this.#onLost()
    this.#entries.clear()
    this.#dirty.clear()
  }

  #mark(channel: string): void {
    this.#dirty.add(channel)
    if (!this.#isWorking) void this.#work()
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    while (this.#dirty.size > 0 && this.#options.connection.problem === undefined) {
      const { joins, leaves } = this.#take()
      const [failed] = await Promise.all([this.#join(joins), this.#leave(leaves)])
      this.#confirm(joins, failed)
    }
    this.#isWorking = false
  }

  #take(): { joins: string[]; leaves: string[] } {
    const joins: string[] = []
    const leaves: string[] = []
    for (const channel of this.#dirty) {
      if (joins.length + leaves.length >= CHUNK) break
      this.#dirty.delete(channel)
      const entry = this.#entries.get(channel)
      if (entry === undefined || entry.isWanted === entry.isLive) {
        if (entry?.isWanted === false) this.#entries.delete(channel)
        continue
      }
      if (entry.isWanted) joins.push(channel)
      else {
        leaves.push(channel)
        this.#entries.delete(channel)
      }
    }
    return { joins, leaves }
  }

  /** Resolves with the channels that could not be subscribed. */
  async #join(channels: readonly string[]): Promise<ReadonlySet<string>> {
    const {
      connection: { redis },
      isSharded,
    } = this.#options
    if (channels.length === 0) return new Set()
    const failed = new Set<string>()
    if (isSharded) {
      await Promise.all(
        channels.map((channel) =>
          redis.ssubscribe(channel).catch((error: Error) => {
            failed.add(channel)
            this.#onError(error)
          }),
        ),
      )
    } else {
      await redis.subscribe(...channels).catch((error: Error) => {
        for (const channel of channels) failed.add(channel)
        this.#onError(error)
      })
    }
    return failed
  }

  async #leave(channels: readonly string[]): Promise<void> {
    const {
      connection: { redis },
      isSharded,
    } = this.#options
    if (channels.length === 0) return
    // An unsubscribe fails only where a lost connection or a moved slot has ended the subscription already.
    if (isSharded) await Promise.all(channels.map((channel) => redis.sunsubscribe(channel).catch(() => undefined)))
    else await redis.unsubscribe(...channels).catch(() => undefined)
  }

  #onError(error: Error): void {
    if (isTimeout(error)) void this.#options.connection.doubt()
    else if (error.message.startsWith('MOVED')) this.#options.onMoved()
  }

  #confirm(channels: readonly string[], failed: ReadonlySet<string>): void {
    const regained: string[] = []
    for (const channel of channels) {
      const entry = this.#entries.get(channel)
      if (entry === undefined) continue
      if (failed.has(channel)) {
        this.#postpone(entry, channel)
        continue
      }
      entry.isLive = true
      if (entry.wasLive) regained.push(channel)
      entry.wasLive = true
      for (const { resolve } of entry.waiting.splice(0)) resolve()
      if (!entry.isWanted) this.#dirty.add(channel)
    }
    if (regained.length > 0) this.#options.onRegained(regained)
  }

  #postpone(entry: Entry, channel: string): void {
    const now = performance.now()
    entry.waiting = entry.waiting.filter(({ deadline, reject }) => {
      if (deadline > now) return true
      reject(new Unavailable('Redis: the subscription was not confirmed'))
      return false
    })
    this.#retryLater(channel)
  }

  #retryLater(channel: string): void {
    this.#retrying.add(channel)
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      const channels = [...this.#retrying]
      this.#retrying.clear()
      for (const late of channels) this.#mark(late)
    }, RETRY_MS)
  }

  /** With the connection, every subscription is gone. */
  #onLost(): void {
    for (const entry of this.#entries.values()) {
      entry.isLive = false
      const why = new Unavailable(`Redis: ${this.#options.connection.problem ?? 'the connection was lost'}`)
      for (const { reject } of entry.waiting.splice(0)) reject(why)
    }
  }

  #markAll(): void {
    for (const channel of this.#entries.keys()) this.#mark(channel)
  }

  /** A slot left this server, which ended that slot's subscriptions without naming them; subscribing to all again is harmless. */
  #suspect(): void {
    this.#options.onMoved()
    for (const [channel, entry] of this.#entries) {
      entry.isLive = false
      this.#retryLater(channel)
    }
  }
}
