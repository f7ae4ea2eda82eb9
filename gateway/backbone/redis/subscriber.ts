import { Unavailable } from '../backbone.ts'
import { isTimeout } from './failure.ts'
import type { RedisConnection } from './redis-connection.ts'

export interface SubscriberOptions {
  readonly connection: RedisConnection
  readonly isSharded: boolean
  /** A join without a confirmation for so long is refused. */
  readonly timeoutMs: number
  readonly onPayload: (channel: string, payload: Buffer) => void
  /** These were subscribed, were not for a while, and are again. */
  readonly onRegained: (channels: readonly string[]) => void
  /** The server says that a channel is another's. */
  readonly onElsewhere: () => void
}

interface Entry {
  isWanted: boolean
  /** Confirmed on the connection of now. */
  isLive: boolean
  wasLive: boolean
  waiting: { readonly deadline: number; resolve(): void; reject(error: Error): void }[]
}

const CHUNK = 500
const RETRY_MS = 200

/**
 * The subscriptions on one server: what is wanted, what the server has confirmed, and one worker that brings the second
 * to the first, one round at a time. So a last leave and a first join of one channel cannot cross, whatever their order, and
 * after a lost connection everything wanted is simply not confirmed any more.
 */
export class Subscriber {
  readonly #options: SubscriberOptions
  readonly #entries = new Map<string, Entry>()
  readonly #dirty = new Set<string>()
  readonly #later = new Set<string>()
  #isWorking = false
  #retry: NodeJS.Timeout | undefined

  constructor(options: SubscriberOptions) {
    this.#options = options
    const { connection, isSharded, onPayload } = options
    connection.redis.on(isSharded ? 'smessageBuffer' : 'messageBuffer', (channel: Buffer, payload: Buffer) => {
      onPayload(channel.toString(), payload)
    })
    connection.on('lost', () => this.#deafen())
    connection.on('serving', () => this.#renew())
    connection.on('moved', () => this.#suspect())
  }

  /** Resolves once the server has confirmed the channel; at once where it has already. */
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

  /** The channel is not needed here any more. Whoever still waits for it goes on, and looks where it is now. */
  drop(channel: string): void {
    const entry = this.#entries.get(channel)
    if (entry === undefined) return
    entry.isWanted = false
    for (const { resolve } of entry.waiting.splice(0)) resolve()
    this.#mark(channel)
  }

  /** Wants the channel without anybody waiting; says `onRegained` when it is confirmed. */
  adopt(channel: string): void {
    this.#entries.set(channel, { isWanted: true, isLive: false, wasLive: true, waiting: [] })
    this.#mark(channel)
  }

  close(): void {
    clearTimeout(this.#retry)
    this.#deafen()
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

  /** Resolves with the channels that could not be joined. */
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
            this.#note(error)
          }),
        ),
      )
    } else {
      await redis.subscribe(...channels).catch((error: Error) => {
        for (const channel of channels) failed.add(channel)
        this.#note(error)
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
    // A leave that fails is one that a lost connection or a moved slot has made already.
    if (isSharded) await Promise.all(channels.map((channel) => redis.sunsubscribe(channel).catch(() => undefined)))
    else await redis.unsubscribe(...channels).catch(() => undefined)
  }

  #note(error: Error): void {
    if (isTimeout(error)) void this.#options.connection.doubt()
    else if (error.message.startsWith('MOVED')) this.#options.onElsewhere()
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
    this.#markLater(channel)
  }

  #markLater(channel: string): void {
    this.#later.add(channel)
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      const channels = [...this.#later]
      this.#later.clear()
      for (const late of channels) this.#mark(late)
    }, RETRY_MS)
  }

  /** The connection is gone, and every subscription with it. */
  #deafen(): void {
    for (const entry of this.#entries.values()) {
      entry.isLive = false
      const why = new Unavailable(`Redis: ${this.#options.connection.problem ?? 'the connection was lost'}`)
      for (const { reject } of entry.waiting.splice(0)) reject(why)
    }
  }

  #renew(): void {
    for (const channel of this.#entries.keys()) this.#mark(channel)
  }

  /** A slot left this server, which has ended its subscriptions without saying whose; asking for all again is harmless. */
  #suspect(): void {
    this.#options.onElsewhere()
    for (const [channel, entry] of this.#entries) {
      entry.isLive = false
      this.#markLater(channel)
    }
  }
}
