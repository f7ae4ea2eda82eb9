import { randomBytes } from 'node:crypto'
import { Unavailable, type Bus, type Relayed, type Subscription } from '../backbone.ts'
import { conversationChannel, isBackendChannel, sideChannel, sidesOf } from '../../protocol/keys.ts'
import { readPushHead } from '../../protocol/packets.ts'
import { Listeners } from '../listeners.ts'
import type { RedisContext } from './context.ts'
import { framed, inboxEntry, inConversation, readInbox, unframed, type InboxEntry } from './frames.ts'
import { Inboxes } from './inboxes.ts'
import { routeKey } from './keys.ts'
import { commandOp, tellOp } from './operations.ts'
import type { Place } from './ring.ts'
import { placeOfChannel, Routes } from './routes.ts'
import { Subscriptions } from './subscriptions.ts'

/** Between two looks at what Redis has counted into the inboxes. */
export const INBOX_CHECK_MS = 2000
/** Places come back one after the other, and whoever hears of it reads much: what has been missed is collected for so long. */
const GAP_MS = 100

/** A subscription that has begun, as a read in one conversation sees it. */
export interface Joining {
  readonly joined: Promise<void>
  /** It is sent to the conversation's server and not answered. */
  isSent(): boolean
}

/**
 * The Bus on Redis pub/sub.
 *
 * What gateways publish for each other goes into inboxes: a node subscribes to one channel at each place (ring.ts), and a script that publishes looks up in
 * the routes (routes.ts) which nodes are to get it. A channel on which backends publish or listen is a channel of Redis of that name.
 */
export class RedisBus implements Bus {
  readonly #context: RedisContext
  readonly #listeners = new Listeners()
  /** By channel that has listeners: resolves when what is published arrives; undefined: it does. */
  readonly #joined = new Map<string, Promise<void> | undefined>()
  readonly #subscriptions: Subscriptions
  readonly #inboxes: Inboxes
  readonly #routes: Routes
  readonly #gapListeners = new Set<(channels: readonly string[]) => void>()
  readonly #missed = new Set<string>()
  #gapTimer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(context: RedisContext) {
    this.#context = context
    const { ring, reads: router, scripts, settings } = context
    const { places } = ring
    const node = randomBytes(6).toString('hex')
    this.#subscriptions = new Subscriptions({
      ring,
      settings,
      onPayload: (name, payload) => this.#onPayload(name, payload),
      onRegained: (name) => this.#onRegained(name),
    })
    this.#inboxes = new Inboxes({
      ...{ places, subscriptions: this.#subscriptions, router, node },
      onLost: (place) => this.#onMissed(this.#routes.at(place)),
      onForgotten: (place) => void this.#routes.writeAll(place),
    })
    this.#routes = new Routes({ ring, router, inboxes: this.#inboxes, script: scripts.route, node, onMissed: (channels) => this.#onMissed(channels) })
    // where the server is away the inbox is subscribed when it is back
    for (const place of places) this.#inboxes.join(place).catch(() => undefined)
  }

  async subscribe(name: string, call: (relayed: Relayed) => void): Promise<Subscription> {
    if (this.#isClosed) throw new Unavailable('The backbone is closed.')
    if (!this.#listeners.has(name)) this.#join(name)
    const remove = this.#listeners.add(name, call)
    const close = async (): Promise<void> => {
      if (remove()) this.#leave(name)
    }
    try {
      await this.#joined.get(name)
    } catch (error) {
      await close()
      throw error
    }
    return { close }
  }

  /** What a read behind the subscription may have to wait for; undefined: nothing. Throws where there is no subscription. */
  joining(name: string, conversation: string): Joining | undefined {
    if (!this.#joined.has(name)) throw new Unavailable('Redis: the channel is not subscribed')
    const joined = this.#joined.get(name)
    if (joined === undefined) return undefined
    const place = this.#context.ring.placeOf(conversation)
    return { joined, isSent: () => this.#routes.isUnderWay(place, name) }
  }

  async publish(channel: string, origin: string, packet: string): Promise<void> {
    const { ring, reads, scripts } = this.#context
    if (isBackendChannel(channel)) {
      const args = [ring.isSharded ? 'SPUBLISH' : 'PUBLISH', channel, framed(origin, packet)]
      await reads.run(commandOp(channel, args, 0.2))
    } else {
      const key = routeKey(placeOfChannel(ring.places, channel).start, channel)
      await reads.run(tellOp(scripts.tell, { key, routes: [key, key], text: inboxEntry(origin, channel, packet) }))
    }
  }

  async publishIn(conversation: string, origin: string, packet: string): Promise<void> {
    const { reads, scripts, logs } = this.#context
    const { routes } = logs.of(conversation)
    const text = inboxEntry(origin, inConversation(conversation), packet)
    await reads.run(tellOp(scripts.tell, { key: conversationChannel(conversation), routes, text }))
  }

  onGap(listener: (channels: readonly string[]) => void): () => void {
    this.#gapListeners.add(listener)
    return () => void this.#gapListeners.delete(listener)
  }

  /** To be called every `INBOX_CHECK_MS`. Rejects where a server is unavailable. */
  async check(): Promise<void> {
    // routes that are not written again expire, wherever the counts cannot be read
    const results = await Promise.allSettled([this.#inboxes.check(), this.#routes.tend(INBOX_CHECK_MS)])
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#gapTimer)
    this.#gapListeners.clear()
    this.#routes.close()
    this.#subscriptions.close()
    this.#listeners.clear()
  }

  #join(name: string): void {
    const joined = isBackendChannel(name) ? this.#subscriptions.join(name) : this.#routes.follow(name)
    this.#joined.set(name, joined)
    joined.then(
      () => this.#joined.get(name) === joined && this.#joined.set(name, undefined),
      () => undefined, // whoever subscribes hears of it
    )
  }

  #leave(name: string): void {
    this.#joined.delete(name)
    if (isBackendChannel(name)) this.#subscriptions.leave(name)
    else this.#routes.leave(name)
  }

  #onPayload(name: string, payload: Buffer): void {
    const place = this.#inboxes.placeOf(name)
    if (place !== undefined) {
      const number = readInbox(payload, (entry) => this.#onEntry(entry, place))
      return this.#inboxes.received(name, number)
    }
    if (!this.#listeners.has(name)) return
    const { origin, packet } = unframed(payload)
    this.#listeners.call({ channel: name, origin, packet, push: readPushHead(packet) })
  }

  #onEntry({ name, isConversation, origin, packet, write }: InboxEntry, place: Place): void {
    const log = write === undefined ? undefined : this.#context.logs.heard(name, write, packet)
    const push = readPushHead(packet)
    if (!isConversation) {
      if (this.#listeners.has(name)) this.#listeners.call({ channel: name, origin, packet, push })
      else this.#routes.leaveAgain(place, name)
      return
    }
    const channels = log?.sideChannels ?? sidesOf(name).map(sideChannel)
    let isHeard = false
    for (const channel of channels) {
      if (!this.#listeners.has(channel)) continue
      isHeard = true
      this.#listeners.call({ channel, conversation: name, origin, packet, push })
    }
    if (!isHeard) for (const channel of channels) this.#routes.leaveAgain(place, channel)
  }

  /** Inboxes count as regained also when they are subscribed for the first time: then nobody follows anything yet. */
  #onRegained(name: string): void {
    const place = this.#inboxes.placeOf(name)
    if (place === undefined) this.#onMissed([name])
    else void this.#inboxes.subscribed(name).then(() => this.#routes.writeAll(place))
  }

  #onMissed(channels: readonly string[]): void {
    for (const channel of channels) this.#missed.add(channel)
    if (this.#missed.size === 0 || this.#isClosed) return
    this.#gapTimer ??= setTimeout(() => {
      this.#gapTimer = undefined
      const missed = [...this.#missed]
      this.#missed.clear()
      for (const listener of this.#gapListeners) listener(missed)
    }, GAP_MS)
  }
}
