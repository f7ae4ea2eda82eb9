import { Unavailable } from '../backbone.ts'
import { commandOp } from './operations.ts'
import type { Ring, Server } from './ring.ts'
import { Router } from './router.ts'
import type { RedisSettings } from './settings.ts'

export interface SubscriptionsOptions {
  readonly ring: Ring
  readonly settings: RedisSettings
  readonly onPayload: (channel: string, payload: Buffer) => void
  /** Called with each channel that is subscribed again after an interruption. */
  readonly onRegained: (channel: string) => void
}

interface Subscribed {
  /** The server that has confirmed it, on a connection that has not broken since. */
  server: Server | undefined
  /** Confirming it again closes a gap. */
  wasLive: boolean
  joining: Promise<void> | undefined
}

const WEIGHT = 0.05
const RETRY_MS = 200

/**
 * The channels of Redis that this node subscribes to. To subscribe is an operation like any other: the router sends it to the server that the channel's name
 * picks, in the order of its lane, in batches, and follows redirects. This class knows which server has confirmed what, and subscribes again to what none has
 * confirmed: when its server serves again, and when the channel has moved to another.
 */
export class Subscriptions {
  readonly #options: SubscriptionsOptions
  readonly #router: Router
  readonly #channels = new Map<string, Subscribed>()
  readonly #heard = new WeakSet<Server>()
  #retry: NodeJS.Timeout | undefined

  constructor(options: SubscriptionsOptions) {
    const { ring, settings } = options
    this.#options = options
    this.#router = new Router(ring, 'subscriber', settings)
    ring.onMove(() => this.#renew())
  }

  isLive(channel: string): boolean {
    return this.#channels.get(channel)?.server !== undefined
  }

  /**
   * Resolves once what is published on the channel arrives. Rejects with Unavailable; it is tried again nevertheless, until `leave`.
   * `wasLive`: to be subscribed for the first time counts as again.
   */
  join(channel: string, wasLive = false): Promise<void> {
    let entry = this.#channels.get(channel)
    if (entry === undefined) this.#channels.set(channel, (entry = { server: undefined, wasLive, joining: undefined }))
    return entry.server === undefined ? (entry.joining ??= this.#join(channel, entry)) : Promise.resolve()
  }

  leave(channel: string): void {
    const server = this.#channels.get(channel)?.server
    this.#channels.delete(channel)
    if (server !== undefined) this.#unsubscribe(channel, server)
  }

  close(): void {
    clearTimeout(this.#retry)
    this.#channels.clear()
  }

  async #join(channel: string, entry: Subscribed): Promise<void> {
    const { ring, onRegained } = this.#options
    let server: Server | undefined
    try {
      do {
        server = ring.serverOf(channel)
        if (server !== undefined) this.#hear(server)
        await this.#router.run(commandOp(channel, [ring.isSharded ? 'ssubscribe' : 'subscribe', channel], WEIGHT))
      } while (server === undefined || server !== ring.serverOf(channel))
      const { problem } = server.subscriber
      if (problem !== undefined) throw new Unavailable(`Redis: ${problem}`)
    } catch (error) {
      // also where the server does not allow it: the probe says so (probe.ts)
      throw new Unavailable((error as Error).message)
    } finally {
      entry.joining = undefined
    }
    const wanted = this.#channels.get(channel)
    if (wanted === undefined) return this.#unsubscribe(channel, server)
    // it was left and is wanted again: that join goes on by itself
    if (wanted !== entry) return
    entry.server = server
    if (entry.wasLive) onRegained(channel)
    entry.wasLive = true
  }

  /** No operation of the router, because the driver itself must note the channel. Fails only where a lost connection or a moved slot has ended the subscription already. */
  #unsubscribe(channel: string, { subscriber: { redis } }: Server): void {
    const leaving = this.#options.ring.isSharded ? redis.sunsubscribe(channel) : redis.unsubscribe(channel)
    leaving.catch(() => undefined)
  }

  #hear(server: Server): void {
    if (this.#heard.has(server)) return
    this.#heard.add(server)
    const { ring, onPayload } = this.#options
    const { subscriber } = server
    subscriber.redis.on(ring.isSharded ? 'smessageBuffer' : 'messageBuffer', (name: Buffer, payload: Buffer) => {
      const channel = name.toString()
      const at = this.#channels.get(channel)?.server
      // ignores a server that lost the channel to another and, as that one's replica, still relays it
      if (at === undefined || at === server) onPayload(channel, payload)
    })
    subscriber.on('serving', () => this.#renew())
    subscriber.on('lost', () => this.#forget(server))
    // a slot has left the server, and with it subscriptions that it does not name: to subscribe to all again is harmless
    subscriber.redis.on('moved', () => {
      ring.refresh()
      this.#forget(server)
      this.#renewLater()
    })
  }

  #forget(server: Server): void {
    for (const entry of this.#channels.values()) if (entry.server === server) entry.server = undefined
  }

  #renewLater(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      this.#renew()
    }, RETRY_MS)
  }

  #renew(): void {
    for (const [channel, entry] of this.#channels) {
      const server = this.#options.ring.serverOf(channel)
      if (server === undefined || server === entry.server) continue
      entry.server = undefined
      this.#hear(server)
      if (server.subscriber.problem === undefined) this.join(channel).catch(() => this.#renewLater())
    }
  }
}
