import type { Place } from './ring.ts'
import type { Router } from './router.ts'
import { inboxChannel, inboxKey } from './keys.ts'
import { commandOp } from './operations.ts'
import type { Subscriptions } from './subscriptions.ts'

/** How long a number stays at least after its node has died. */
const KEPT_MS = '600000'

interface Inbox {
  readonly place: Place
  /** Of the latest publish that has come, or that need not come; undefined: not known since it was subscribed. */
  last: number | undefined
  /** Of the latest that has come since it was subscribed. They come in order, so a number that is not greater is of another count. */
  came: number
  /** What Redis had counted at the last look. */
  counted: number
}

export interface InboxesOptions {
  readonly places: readonly Place[]
  readonly subscriptions: Subscriptions
  readonly router: Router
  readonly node: string
  /** Publishes at this place were lost. */
  readonly onLost: (place: Place) => void
  /** Redis has lost its count, and perhaps more. */
  readonly onForgotten: (place: Place) => void
}

/**
 * This node's inboxes, one at each place, and the numbers of what is published into them. Redis counts, so a publish that was lost shows in the next one's
 * number; and after a lost one without a next, in what Redis has counted, for which `check` asks every few seconds.
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

  /** The inbox is subscribed, perhaps anew: what is published from now on arrives. Resolves when the count is known, which whoever reads now has. */
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
    // what comes while the count is under way may be newer than that
    const { last: before } = inbox
    const run = (args: readonly string[]): Promise<unknown> => router.run(commandOp(key, args, 0.1))
    const found = await run(['GETEX', key, 'PX', KEPT_MS])
    // it is there before anything is counted, so that it is missed where Redis has lost all it had
    if (found === null) await run(['SET', key, '0', 'NX', 'PX', KEPT_MS])
    const now = Number(found)
    const { last, counted } = inbox
    inbox.counted = now
    if (last === undefined) inbox.last = now
    // not known before, or it came that Redis counts from the start again
    else if (before === undefined || last < before) return
    else if (found === null || now < before) {
      inbox.last = now
      inbox.came = 0
      onForgotten(inbox.place)
    } else if (counted > last) {
      // counted at the look before already, so it is not only late
      inbox.last = counted
      onLost(inbox.place)
    }
  }
}
