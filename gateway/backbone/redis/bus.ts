import { randomBytes } from 'node:crypto'
import { Unavailable, type Bus, type Relayed, type Subscription } from '../backbone.ts'
import { conversationChannel, isBackendChannel, sideChannel, sidesOf } from '../../protocol/keys.ts'
import { readPushHead } from '../../protocol/packets.ts'
import { Subscriber } from './subscriber.ts'
import { framed, inboxEntry, inConversation, readInbox, unframed, type InboxEntry } from './frames.ts'
import { GapSpread } from './gap-spread.ts'
import { Inboxes } from './inboxes.ts'
import { inboxChannel, routeKey } from './keys.ts'
import type { KnownLogs } from './known-logs.ts'
import { commandOp, tellOp } from './operations.ts'
import type { Place, Ring, Server } from './ring.ts'
import type { Router } from './router.ts'
import { placeOfChannel, Routes } from './routes.ts'
import type { Scripts } from './scripts.ts'
import type { RedisSettings } from './settings.ts'

/** Between two looks at what Redis has counted into the inboxes. */
export const INBOX_CHECK_MS = 2000

interface Listener {
  readonly call: (relayed: Relayed) => void
  isClosed: boolean
}

interface Channel {
  /** Replaced, never mutated: listeners may come and go while they are called. */
  listeners: readonly Listener[]
  /** Resolves when what is published arrives. */
  joined: Promise<void>
}

export interface RedisBusOptions {
  readonly ring: Ring
  readonly reads: Router
  readonly scripts: Scripts
  readonly settings: RedisSettings
  readonly logs: KnownLogs
}

/**
 * The Bus on Redis pub/sub.
 *
 * What gateways publish for each other goes into inboxes: a node subscribes to one channel at each place (ring.ts), and a script that publishes looks up in
 * the routes (routes.ts) which nodes are to get it. A channel on which backends publish or listen is a channel of Redis of that name.
 */
export class RedisBus implements Bus {
  readonly #options: RedisBusOptions
  readonly #channels = new Map<string, Channel>()
  /** Those of Redis, with the server that holds each: backends' channels, and this node's inboxes. */
  readonly #servers = new Map<string, Server | undefined>()
  readonly #places: ReadonlyMap<string, Place>
  readonly #subscribers = new Map<Server, Subscriber>()
  readonly #gaps: GapSpread
  readonly #inboxes: Inboxes
  readonly #routes: Routes
  #isClosed = false

  constructor(options: RedisBusOptions) {
    this.#options = options
    const { ring, reads, scripts, settings } = options
    const { places } = ring
    const node = randomBytes(6).toString('hex')
    this.#gaps = new GapSpread(settings.gapSpreadMs)
    this.#inboxes = new Inboxes({
      places,
      router: reads,
      node,
      onLost: (place) => this.#gaps.add(this.#routes.at(place)),
      onForgotten: (place) => void this.#routes.writeAll(place),
    })
    this.#routes = new Routes({
      ring,
      router: reads,
      inboxes: this.#inboxes,
      script: scripts.route,
      node,
      timeoutMs: settings.commandTimeoutMs,
      onMissed: (channels) => this.#gaps.add(channels),
    })
    this.#places = new Map(places.map((place) => [inboxChannel(place.start, node), place]))
    for (const channel of this.#places.keys()) this.#servers.set(channel, undefined)
    ring.onMove(() => this.#moveChannels())
    this.#moveChannels()
  }

  async subscribe(name: string, call: (relayed: Relayed) => void): Promise<Subscription> {
    if (this.#isClosed) throw new Unavailable('The backbone is closed.')
    let channel = this.#channels.get(name)
    if (channel === undefined) this.#channels.set(name, (channel = { listeners: [], joined: this.#join(name) }))
    const listener: Listener = { call, isClosed: false }
    channel.listeners = [...channel.listeners, listener]
    try {
      await channel.joined
    } catch (error) {
      this.#leave(name, listener)
      throw error
    }
    return { close: async () => this.#leave(name, listener) }
  }

  async publish(channel: string, origin: string, packet: string): Promise<void> {
    const { ring, reads, scripts } = this.#options
    if (isBackendChannel(channel)) {
      const args = [ring.isSharded ? 'SPUBLISH' : 'PUBLISH', channel, framed(origin, packet)]
      await reads.run(commandOp(channel, args, 0.2))
    } else {
      const key = routeKey(placeOfChannel(ring.places, channel).start, channel)
      await reads.run(tellOp(scripts.tell, { key, routes: [key, key], text: inboxEntry(origin, channel, packet) }))
    }
  }

  async publishIn(conversation: string, origin: string, packet: string): Promise<void> {
    const { reads, scripts, logs } = this.#options
    const { routes } = logs.of(conversation)
    const text = inboxEntry(origin, inConversation(conversation), packet)
    await reads.run(tellOp(scripts.tell, { key: conversationChannel(conversation), routes, text }))
  }

  onGap(listener: (channels: readonly string[]) => void): () => void {
    return this.#gaps.on(listener)
  }

  /** To be called every `INBOX_CHECK_MS`. Rejects where a server is unavailable. */
  async check(): Promise<void> {
    // routes that are not written again expire, wherever the counts cannot be read
    const results = await Promise.allSettled([this.#inboxes.check(), this.#routes.tend(INBOX_CHECK_MS)])
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  close(): void {
    this.#isClosed = true
    this.#gaps.close()
    this.#routes.close()
    for (const subscriber of this.#subscribers.values()) subscriber.close()
    this.#channels.clear()
  }

  #join(name: string): Promise<void> {
    if (!isBackendChannel(name)) return this.#routes.follow(name)
    this.#servers.set(name, this.#options.ring.serverOf(name))
    return this.#confirmed(name)
  }

  async #confirmed(name: string): Promise<void> {
    for (;;) {
      const server = this.#servers.get(name)
      if (server === undefined) throw new Unavailable('Redis: no server has this slot now')
      const error = await this.#subscriberOf(server)
        .want(name)
        .then(
          () => undefined,
          (reason: Error) => reason,
        )
      if (server !== this.#servers.get(name)) continue
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
    if (!isBackendChannel(name)) return this.#routes.leave(name)
    const server = this.#servers.get(name)
    this.#servers.delete(name)
    if (server !== undefined) this.#subscribers.get(server)?.drop(name)
  }

  #onPayload(name: string, payload: Buffer): void {
    const place = this.#places.get(name)
    if (place !== undefined)
      return this.#inboxes.received(
        place,
        readInbox(payload, (entry) => this.#onEntry(entry)),
      )
    const channel = this.#channels.get(name)
    if (channel === undefined) return
    const { origin, packet } = unframed(payload)
    call(channel, { channel: name, origin, packet, push: readPushHead(packet) })
  }

  #onEntry({ name, isConversation, origin, packet, write }: InboxEntry): void {
    const log = write === undefined ? undefined : this.#options.logs.heard(name, write, packet)
    if (!isConversation) {
      const channel = this.#channels.get(name)
      if (channel !== undefined) call(channel, { channel: name, origin, packet, push: readPushHead(packet) })
      return
    }
    const push = readPushHead(packet)
    for (const channel of log?.sideChannels ?? sidesOf(name).map(sideChannel)) {
      const known = this.#channels.get(channel)
      if (known !== undefined) call(known, { channel, conversation: name, origin, packet, push })
    }
  }

  #subscriberOf(server: Server): Subscriber {
    let subscriber = this.#subscribers.get(server)
    if (subscriber === undefined) {
      const { ring, settings } = this.#options
      subscriber = new Subscriber({
        connection: server.subscriber,
        isSharded: ring.isSharded,
        timeoutMs: settings.commandTimeoutMs,
        onPayload: (name, payload) => this.#onPayload(name, payload),
        onRegained: (names) => this.#onRegained(names),
        onMoved: () => ring.refresh(),
      })
      this.#subscribers.set(server, subscriber)
      server.subscriber.on('closed', () => this.#subscribers.delete(server))
      server.subscriber.on('lost', () => this.#onLost(server))
    }
    return subscriber
  }

  /** Inboxes count as regained also when they are subscribed for the first time: then nobody follows anything yet. */
  #onRegained(names: readonly string[]): void {
    const others = names.filter((name) => !this.#places.has(name))
    if (others.length > 0) this.#gaps.add(others)
    for (const name of names) {
      const place = this.#places.get(name)
      if (place !== undefined) void this.#inboxes.subscribed(place).then(() => this.#routes.writeAll(place))
    }
  }

  #onLost(server: Server): void {
    for (const [name, place] of this.#places) if (this.#servers.get(name) === server) this.#inboxes.interrupted(place)
  }

  #moveChannels(): void {
    for (const [name, before] of this.#servers) {
      const server = this.#options.ring.serverOf(name)
      if (server === before || server === undefined) continue
      if (before !== undefined) this.#subscribers.get(before)?.drop(name)
      this.#servers.set(name, server)
      this.#subscriberOf(server).adopt(name)
    }
  }
}

function call({ listeners }: Channel, relayed: Relayed): void {
  for (const listener of listeners) {
    if (listener.isClosed) continue
    try {
      listener.call(relayed)
    } catch (error) {
      // A bug in one listener must not keep the packet from the others.
      void Promise.reject(error as Error) // run.ts reports unhandled rejections and goes on
    }
  }
}
