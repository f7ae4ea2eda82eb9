import type { Place } from './ring.ts'
import type { Router } from './router.ts'
import { inboxChannel, inboxKey } from './keys.ts'
import { commandOp } from './operations.ts'
import type { Subscriptions } from './subscriptions.ts'

/** How long Redis keeps an inbox's count after its node has died. */
const KEPT_MS = '600000'

interface Inbox {
  readonly place: Place
  /** Number of the latest publish that has come, or need not come any more; undefined: not known since the inbox was subscribed. */
  last: number | undefined
  /** Number of the latest publish that has come since then. They come in order, so one that is not greater means that Redis counts anew. */
  came: number
  /** What Redis had counted at the last look. */
  counted: number
}

export interface InboxesOptions {
  readonly places: readonly Place[]
  readonly subscriptions: Pick<Subscriptions, 'isLive' | 'join'>
  readonly router: Pick<Router, 'run'>
  readonly node: string
  /** Publishes at this place were lost. */
  readonly onLost: (place: Place) => void
  /** Redis has lost its count, and perhaps more. */
  readonly onForgotten: (place: Place) => void
}

/**
 * This node's inboxes, one at each place, and the numbers of what is published into them. Redis counts the publishes. So a lost one shows as a hole before
 * the next number; if none follows, in the count itself, which `check` reads every few seconds.
 */
export class Inboxes {
  readonly #options: InboxesOptions
  /** By channel. */
  readonly #inboxes: ReadonlyMap<string, Inbox>

  constructor(options: InboxesOptions) {
    const { places, node } = options
    this.#options = options
    this.#inboxes = new Map(places.map((place) => [inboxChannel(place.start, node), { place, last: undefined, came: 0, counted: 0 }]))
  }

  isLive(place: Place): boolean {
    return this.#options.subscriptions.isLive(this.#channelAt(place))
  }

  /** Resolves when what is published into the inbox arrives. Rejects with Unavailable. */
  join(place: Place): Promise<void> {
    return this.#options.subscriptions.join(this.#channelAt(place), true)
  }

  /** The place whose inbox the channel is. */
  placeOf(channel: string): Place | undefined {
    return this.#inboxes.get(channel)?.place
  }

  /** The inbox is subscribed, perhaps anew: what is published from now on arrives. Resolves when the count is known; whoever reads the store then has all before. */
  async subscribed(channel: string): Promise<void> {
    const inbox = this.#inboxes.get(channel)!
    inbox.last = undefined
    inbox.came = inbox.counted = 0
    await this.#count(inbox).catch(() => undefined) // the server is away again; then it is subscribed again, too
  }

  /** A publish has come. 0: the server could not count it. */
  received(channel: string, number: number): void {
    const inbox = this.#inboxes.get(channel)!
    if (number === 0) return
    const { last, came } = inbox
    inbox.came = number
    if (number <= came) {
      inbox.last = number
      inbox.counted = 0
      return this.#options.onForgotten(inbox.place)
    }
    if (last !== undefined && number <= last) return
    inbox.last = number
    if (last !== undefined && number > last + 1) this.#options.onLost(inbox.place)
  }

  /** To be called every few seconds. Rejects where a server is unavailable. */
  async check(): Promise<void> {
    const live = [...this.#inboxes.values()].filter(({ place }) => this.isLive(place))
    const results = await Promise.allSettled(live.map((inbox) => this.#count(inbox)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  #channelAt({ start }: Place): string {
    return inboxChannel(start, this.#options.node)
  }

  async #count(inbox: Inbox): Promise<void> {
    const { router, node, onLost, onForgotten } = this.#options
    const key = inboxKey(inbox.place.start, node)
    // publishes may come while the count is on its way, and be newer than it
    const { last: before } = inbox
    const run = (args: readonly string[]): Promise<unknown> => router.run(commandOp(key, args, 0.1))
    const found = await run(['GETEX', key, 'PX', KEPT_MS])
    // the key exists before anything is counted: if it is missing later, Redis has lost its data
    if (found === null) await run(['SET', key, '0', 'NX', 'PX', KEPT_MS])
    const now = Number(found)
    const { last, counted } = inbox
    inbox.counted = now
    if (last === undefined) inbox.last = now
    // nothing to compare with; or `received` has noticed meanwhile that Redis counts anew
    else if (before === undefined || last < before) return
    else if (found === null || now < before) {
      inbox.last = now
      inbox.came = 0
      onForgotten(inbox.place)
    } else if (counted > last) {
      // it was counted at the last look already, so it is lost and not just late
      inbox.last = counted
      onLost(inbox.place)
    }
  }
}
