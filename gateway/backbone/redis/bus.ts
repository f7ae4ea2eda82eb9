import { Unavailable, type Bus, type Relayed, type Subscription, type Watermark } from '../backbone.ts'
import { readPushHead } from '../../protocol/packets.ts'
import { Subscriber } from './subscriber.ts'
import { framed, unframed } from './frames.ts'
import { GapSpread } from './gap-spread.ts'
import type { KnownLogs } from './known-logs.ts'
import type { Ring, Server } from './ring.ts'
import type { Router } from './router.ts'
import type { RedisSettings } from './settings.ts'
import type { Watermarks } from './watermarks.ts'

interface Listener {
  readonly call: (relayed: Relayed) => void
  isClosed: boolean
}

interface Channel {
  server: Server | undefined
  /** Replaced, never mutated: listeners may come and go while they are called. */
  listeners: readonly Listener[]
}

/**
 * The Bus on Redis pub/sub: one subscription per channel, whatever the number of listeners, on the server that holds the channel.
 * When a channel moves to another server, the bus subscribes there and then reports a gap.
 */
export class RedisBus implements Bus {
  readonly #ring: Ring
  readonly #reads: Router
  readonly #settings: RedisSettings
  readonly #channels = new Map<string, Channel>()
  readonly #subscribers = new Map<Server, Subscriber>()
  readonly #gaps: GapSpread
  readonly #logs: KnownLogs
  readonly #watermarks: Watermarks
  #isClosed = false

  constructor(options: { ring: Ring; reads: Router; settings: RedisSettings; logs: KnownLogs; watermarks: Watermarks }) {
    const { ring, reads, settings, logs, watermarks } = options
    this.#ring = ring
    this.#logs = logs
    this.#watermarks = watermarks
    this.#reads = reads
    this.#settings = settings
    this.#gaps = new GapSpread(settings.gapSpreadMs)
    ring.onMove(() => this.#moveChannels())
  }

  async subscribe(name: string, call: (relayed: Relayed) => void): Promise<Subscription> {
    if (this.#isClosed) throw new Unavailable('The backbone is closed.')
    let channel = this.#channels.get(name)
    if (channel === undefined) this.#channels.set(name, (channel = { server: this.#ring.serverOf(name), listeners: [] }))
    const listener: Listener = { call, isClosed: false }
    channel.listeners = [...channel.listeners, listener]
    try {
      await this.#confirmed(name, channel)
    } catch (error) {
      this.#leave(name, listener)
      throw error
    }
    return { close: async () => this.#leave(name, listener) }
  }

  async publish(channel: string, origin: string, packet: string): Promise<void> {
    await this.#reads.run({
      key: channel,
      keys: [],
      weight: 0.2,
      parse: () => undefined,
      args: [this.#ring.isSharded ? 'SPUBLISH' : 'PUBLISH', channel, framed(origin, packet)],
    })
  }

  onGap(listener: (channels: readonly string[]) => void): () => void {
    return this.#gaps.on(listener)
  }

  onWatermarks(listener: (watermarks: readonly Watermark[]) => void): () => void {
    return this.#watermarks.on(listener)
  }

  close(): void {
    this.#isClosed = true
    this.#gaps.close()
    for (const subscriber of this.#subscribers.values()) subscriber.close()
    this.#channels.clear()
  }

  async #confirmed(name: string, channel: Channel): Promise<void> {
    for (;;) {
      const { server } = channel
      if (server === undefined) throw new Unavailable('Redis: no server has this slot now')
      const error = await this.#subscriberOf(server)
        .want(name)
        .then(
          () => undefined,
          (reason: Error) => reason,
        )
      if (server !== channel.server) continue
      if (error !== undefined) throw error
      return
    }
  }

  #leave(name: string, listener: Listener): void {
    if (listener.isClosed) return
    listener.isClosed = true
    const channel = this.#channels.get(name)
    if (channel === undefined) return
    channel.listeners = channel.listeners.filter((one) => one !== listener)
    if (channel.listeners.length > 0) return
    this.#channels.delete(name)
    if (channel.server !== undefined) this.#subscribers.get(channel.server)?.drop(name)
  }

  #relay(name: string, payload: Buffer): void {
    const channel = this.#channels.get(name)
    if (channel === undefined) return
    const { origin, packet, write } = unframed(payload)
    if (write !== undefined) this.#logs.heard(name, write, packet)
    const relayed: Relayed = { channel: name, origin, packet, push: readPushHead(packet) }
    for (const listener of channel.listeners) {
      if (listener.isClosed) continue
      try {
        listener.call(relayed)
      } catch (error) {
        // A bug in one listener must not keep the packet from the others.
        void Promise.reject(error as Error) // run.ts reports unhandled rejections and goes on
      }
    }
  }

  #subscriberOf(server: Server): Subscriber {
    let subscriber = this.#subscribers.get(server)
    if (subscriber === undefined) {
      subscriber = new Subscriber({
        connection: server.subscriber,
        isSharded: this.#ring.isSharded,
        timeoutMs: this.#settings.commandTimeoutMs,
        onPayload: (name, payload) => this.#relay(name, payload),
        onRegained: (names) => this.#gaps.add(names),
        onMoved: () => this.#ring.refresh(),
      })
      this.#subscribers.set(server, subscriber)
      server.subscriber.on('closed', () => this.#subscribers.delete(server))
    }
    return subscriber
  }

  #moveChannels(): void {
    for (const [name, channel] of this.#channels) {
      const server = this.#ring.serverOf(name)
      if (server === channel.server || server === undefined) continue
      if (channel.server !== undefined) this.#subscribers.get(channel.server)?.drop(name)
      channel.server = server
      this.#subscriberOf(server).adopt(name)
    }
  }
}
