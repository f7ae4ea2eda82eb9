import type { Place } from './ring.ts'
import type { Router } from './router.ts'
import { inboxKey } from './keys.ts'
import { commandOp } from './operations.ts'

/** How long a number stays at least after its node has died. */
const KEPT_MS = '600000'

interface Inbox {
  readonly place: Place
  /** The inbox's channel is subscribed, as far as this node knows. */
  isLive: boolean
  /** Called once it is subscribed. */
  waiting: (() => void)[]
  /** Of the latest publish that has come, or that need not come; undefined: not known since it was subscribed. */
  last: number | undefined
  /** Of the latest that has come since it was subscribed. They come in order, so a number that is not greater is of another count. */
  came: number
  /** What Redis had counted at the last look. */
  counted: number
}

/**
 * The numbers of what is published into this node's inboxes, one at each place. Redis counts, so a publish that was lost shows in the next one's number;
 * and after a lost one without a next, in what Redis has counted, for which `check` asks every few seconds.
 */
export class Inboxes {
  readonly #inboxes: readonly Inbox[]
  readonly #router: Router
  readonly #node: string
  readonly #onLost: (place: Place) => void
  readonly #onForgotten: (place: Place) => void

  /** `onLost`: publishes at this place were lost. `onForgotten`: Redis has lost its count, and perhaps more. */
  constructor(options: {
    places: readonly Place[]
    router: Router
    node: string
    onLost: (place: Place) => void
    onForgotten: (place: Place) => void
  }) {
    this.#inboxes = options.places.map((place) => ({ place, isLive: false, waiting: [], last: undefined, came: 0, counted: 0 }))
    this.#router = options.router
    this.#node = options.node
    this.#onLost = options.onLost
    this.#onForgotten = options.onForgotten
  }

  isLive(place: Place): boolean {
    return this.#inboxes[place.number]!.isLive
  }

  /** Resolves when the inbox is subscribed, or after `ms`. */
  settled(place: Place, ms: number): Promise<void> {
    const inbox = this.#inboxes[place.number]!
    if (inbox.isLive) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      inbox.waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** The inbox is subscribed, perhaps anew: what is published from now on arrives. Resolves when the count is known, which whoever reads now has. */
  async subscribed(place: Place): Promise<void> {
    const inbox = this.#inboxes[place.number]!
    inbox.isLive = true
    inbox.last = undefined
    inbox.came = inbox.counted = 0
    for (const resolve of inbox.waiting.splice(0)) resolve()
    await this.#count(inbox).catch(() => undefined) // the server is away again; then it is subscribed again, too
  }

  interrupted(place: Place): void {
    this.#inboxes[place.number]!.isLive = false
  }

  /** A publish has come. 0: the server could not count it. */
  received(place: Place, number: number): void {
    const inbox = this.#inboxes[place.number]!
    if (number === 0) return
    const { last, came } = inbox
    inbox.came = number
    if (number <= came) {
      inbox.last = number
      inbox.counted = 0
      return this.#onForgotten(place)
    }
    if (last !== undefined && number <= last) return
    inbox.last = number
    if (last !== undefined && number > last + 1) this.#onLost(place)
  }

  /** To be called every few seconds. Rejects where a server is unavailable. */
  async check(): Promise<void> {
    const results = await Promise.allSettled(this.#inboxes.filter(({ isLive }) => isLive).map((inbox) => this.#count(inbox)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #count(inbox: Inbox): Promise<void> {
    const key = inboxKey(inbox.place.start, this.#node)
    // what comes while the count is under way may be newer than that
    const { last: before } = inbox
    const run = (args: readonly string[]): Promise<unknown> => this.#router.run(commandOp(key, args, 0.1))
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
      this.#onForgotten(inbox.place)
    } else if (counted > last) {
      // counted at the look before already, so it is not only late
      inbox.last = counted
      this.#onLost(inbox.place)
    }
  }
}
