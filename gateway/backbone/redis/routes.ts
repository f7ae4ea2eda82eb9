import { Unavailable } from '../backbone.ts'
import { shardNumber, sideOfChannel } from '../../protocol/keys.ts'
import { routeKey } from './keys.ts'
import type { Inboxes } from './inboxes.ts'
import { keyOp } from './operations.ts'
import type { Place, Ring } from './ring.ts'
import type { Router } from './router.ts'
import type { Script } from './op.ts'

/** How long a route outlives its node, and how often each is written again. */
const LASTS_MS = 3_600_000
const RENEWED_MS = 1_200_000
const RETRY_MS = 200

export interface RoutesOptions {
  readonly ring: Ring
  readonly router: Router
  readonly inboxes: Inboxes
  readonly script: Script
  readonly node: string
  /** What was published on these channels may have missed this node. */
  readonly onMissed: (channels: readonly string[]) => void
}

/**
 * Tells Redis to which channels this node subscribes. A route is a string with the names of all nodes that subscribe to a channel; scripts that publish read it.
 *
 * What is published in a conversation goes to the channels of its sides, and a side's conversations lie anywhere. So a side's route is at every place:
 * on each server of a ring, in each tag of a Cluster. Any other channel's is at the place that its name picks.
 *
 * A place that is away gets its routes when it is back; nothing can be published there meanwhile. After an interruption all of them are written again,
 * because whoever published in between has taken this node out.
 */
export class Routes {
  readonly #options: RoutesOptions
  readonly #channels = new Map<string, readonly Place[]>()
  /** Channels whose route could not be written at a place although the inbox there is subscribed. A place whose inbox is not gets all routes once it is. */
  readonly #unwritten = new Set<string>()
  /** How many writes of a route that name this node are sent and not answered. */
  readonly #underWay = new Map<string, number>()
  /** Routes that are being left again. */
  readonly #leaving = new Set<string>()
  /** Also while the round that it began is under way. */
  #retry: NodeJS.Timeout | undefined
  #renewing: IterableIterator<string> | undefined

  constructor(options: RoutesOptions) {
    this.#options = options
  }

  /** Resolves when what is published on the channel goes to this node's inboxes. Rejects with Unavailable where its route could be written at no place. */
  async follow(channel: string): Promise<void> {
    const places = this.#placesOf(channel)
    this.#channels.set(channel, places)
    const outcomes = await Promise.all(places.map((place) => this.#write(place, channel)))
    if (outcomes.some(isWritten)) return
    this.leave(channel)
    throw outcomes[0] as Unavailable
  }

  /** Whether the channel's route there is sent and not answered. Whatever is answered later by the same server has come after it. */
  isUnderWay(place: Place, channel: string): boolean {
    return this.#underWay.has(routeKey(place.start, channel))
  }

  leave(channel: string): void {
    const places = this.#channels.get(channel)
    if (places === undefined) return
    this.#channels.delete(channel)
    // where it fails, scripts find nobody behind the route, or it expires
    for (const place of places) this.#run(place, channel, '').catch(() => undefined)
  }

  /** Something came on a channel that this node has left: leaving has failed, and where other nodes renew the route, it would never expire. */
  leaveAgain(place: Place, channel: string): void {
    const key = routeKey(place.start, channel)
    if (this.#channels.has(channel) || this.#leaving.has(key)) return
    this.#leaving.add(key)
    this.#run(place, channel, '')
      .catch(() => undefined) // the next that comes tries again
      .finally(() => this.#leaving.delete(key))
  }

  /** The channels of this node that have a route at the place. */
  at(place: Place): string[] {
    return [...this.#channels].flatMap(([channel, places]) => (places.includes(place) ? [channel] : []))
  }

  /** Writes all routes of the place again. Until then it may have missed something. */
  async writeAll(place: Place): Promise<void> {
    const channels = this.at(place)
    const outcomes = await Promise.all(channels.map((channel) => this.#write(place, channel)))
    this.#options.onMissed(channels.filter((_, i) => isWritten(outcomes[i]!)))
  }

  /** To be called every `everyMs`: writes a part of all again, which else would expire. */
  async tend(everyMs: number): Promise<void> {
    const channels: string[] = []
    this.#renewing ??= this.#channels.keys()
    for (let left = Math.ceil((this.#channels.size * everyMs) / RENEWED_MS); left > 0; left--) {
      const next = this.#renewing.next()
      if (next.done === true) {
        this.#renewing = undefined
        break
      }
      channels.push(next.value)
    }
    await this.#writeAgain(channels, false)
  }

  close(): void {
    this.#channels.clear()
    this.#unwritten.clear()
    clearTimeout(this.#retry)
  }

  #retryLater(): void {
    this.#retry ??= setTimeout(() => void this.#catchUp(), RETRY_MS)
  }

  /** One round at a time: a server that refuses to write is not asked faster than it answers. */
  async #catchUp(): Promise<void> {
    const channels = [...this.#unwritten]
    this.#unwritten.clear()
    try {
      await this.#writeAgain(channels, true)
    } finally {
      this.#retry = undefined
      if (this.#unwritten.size > 0) this.#retryLater()
    }
  }

  /** Writes routes wherever this node has an inbox. Something may have been missed where one had been removed, and until a late one (`isLate`) is written. */
  async #writeAgain(channels: readonly string[], isLate: boolean): Promise<void> {
    await Promise.all(
      channels.map(async (channel) => {
        const places = (this.#channels.get(channel) ?? []).filter((place) => this.#options.inboxes.isLive(place))
        const outcomes = await Promise.all(places.map((place) => this.#write(place, channel)))
        if (outcomes.includes(false) || (isLate && outcomes.every(isWritten))) this.#options.onMissed([channel])
      }),
    )
  }

  /** Resolves with whether the route had this node before, or with why it is not written. */
  async #write(place: Place, channel: string): Promise<boolean | Unavailable> {
    const { inboxes } = this.#options
    try {
      if (!inboxes.isLive(place)) await inboxes.join(place)
      // not where the channel was left meanwhile
      return !this.#channels.has(channel) || (await this.#run(place, channel, String(LASTS_MS)))
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error
      if (this.#channels.has(channel) && inboxes.isLive(place)) {
        this.#unwritten.add(channel)
        this.#retryLater()
      }
      return error
    }
  }

  /** Resolves with whether the route had this node before. `ms`: how long it lasts, '' if the node leaves. */
  async #run(place: Place, channel: string, ms: string): Promise<boolean> {
    const { router, script, node } = this.#options
    const key = routeKey(place.start, channel)
    const op = keyOp(script, key, [node, ms], 0.1)
    if (ms === '') return (await router.run(op)) === 1
    const answered = this.#sending(key)
    try {
      // when the reply is read, before any that has come behind it
      return (await router.run({ ...op, parse: (reply) => (answered(), reply) })) === 1
    } finally {
      answered()
    }
  }

  /** Returns what is to be called once it is answered, or has failed. */
  #sending(key: string): () => void {
    this.#underWay.set(key, (this.#underWay.get(key) ?? 0) + 1)
    let isAnswered = false
    return () => {
      if (isAnswered) return
      isAnswered = true
      const left = this.#underWay.get(key)! - 1
      if (left === 0) this.#underWay.delete(key)
      else this.#underWay.set(key, left)
    }
  }

  #placesOf(channel: string): readonly Place[] {
    const { places } = this.#options.ring
    return sideOfChannel(channel) === undefined ? [placeOfChannel(places, channel)] : places
  }
}

const isWritten = (outcome: boolean | Unavailable): boolean => typeof outcome === 'boolean'

/** Where a channel's route is, unless it is a side's. */
export const placeOfChannel = (places: readonly Place[], channel: string): Place =>
  places[places.length === 1 ? 0 : shardNumber(channel, places.length)]!
