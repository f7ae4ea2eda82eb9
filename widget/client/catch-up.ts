import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { CommandAnswer, CommandInput, Resumed } from '../../gateway/protocol/commands.ts'
import type { Head, Message } from '../../gateway/protocol/model.ts'
import type { Clock } from './clock.ts'
import { finalRefusal, type RefusalError } from './refusal-error.ts'
import { EMPTY, insert, prepend, reconcile, startTimeline, trim, type Timeline } from './timeline.ts'

export interface CatchUpOptions {
  readonly clock: Clock
  readonly isConnected: () => boolean
  readonly history: (input: Pick<CommandInput<'history'>, 'before' | 'after' | 'limit'>) => Promise<CommandAnswer<'history'>>
  /** An answer has come, or will not. Whoever calls a method knows by itself when that method returns. */
  readonly onAnswer: () => void
}

/** Packets on the way may fill a gap by themselves; after this long without progress we read. */
const GAP_MS = 300
const RETRY_MS = 2000
const FIRST_PAGE = 50
const PAGE = 100
/** More missed than this: load the newest page instead. */
const BRIDGE_COUNT = 200
/** Held at most, dropped from the far end. */
const HELD_COUNT = 2000
const REPAIR_PAGES = 10

/**
 * Keeps one timeline true to the gateway's log. Two ways back and no third: from the last message held, or, where the gap
 * is too wide, from the newest page.
 *
 * It knows how far the log goes (`#target`: heads, early messages, own acks). While the timeline's end is short of that it
 * is behind: it waits a little for pushes that are on their way, then reads. A log that is not the one we knew (another
 * epoch, a broken chain, a head behind us) is repaired: newest page backwards until a common entry, what stood above it is
 * replaced, and `takeLost` returns what the gateway lost.
 */
export class CatchUp {
  readonly #options: CatchUpOptions
  #timeline: Timeline = EMPTY
  #target = 0
  /** The next push starts the timeline anew, wherever it is: the gateway sends its newest page. */
  #isReloading = false
  #isReading = false
  #isDiverged = false
  #isLoadingOlder = false
  #refusal: WireRefusal | undefined
  #lost: readonly Message[] | undefined
  #stopTimer = (): void => {}
  /** Where the timeline ended when the timer was set; NaN without one. */
  #waitsAt: number | undefined = NaN

  constructor(options: CatchUpOptions) {
    this.#options = options
  }

  get timeline(): Timeline {
    return this.#timeline
  }

  get isLoadingOlder(): boolean {
    return this.#isLoadingOlder
  }

  /** The gateway refused the history for good. */
  get refusal(): WireRefusal | undefined {
    return this.#refusal
  }

  get isBehind(): boolean {
    return this.#refusal === undefined && this.#isFollowing
  }

  get #isFollowing(): boolean {
    return this.#isReading || this.#isDiverged || !(this.#timeline.end! >= this.#target)
  }

  /** The gateway's log is not the one we knew, and it is not settled yet what it lost. */
  get isDiverged(): boolean {
    return this.#isDiverged
  }

  /** The highest seq known to exist. */
  get head(): number {
    return Math.max(this.#target, this.#timeline.end ?? 0)
  }

  /** Once after each repair: the held messages that the gateway no longer has, perhaps none. */
  takeLost(): readonly Message[] | undefined {
    const lost = this.#lost
    this.#lost = undefined
    return lost
  }

  /** What an earlier page life left; the gateway has the last word. */
  restore(messages: readonly Message[], hasOlder: boolean): void {
    const [first] = messages
    if (first) this.#timeline = startTimeline(first.epoch, messages, hasOlder)
  }

  forget(): void {
    this.#target = 0
    this.#timeline = EMPTY
  }

  /** A welcome. `resumed`: what it says of this conversation; the messages follow. Undefined: read the history. */
  begin(resumed: Resumed | undefined): void {
    this.stop()
    this.#refusal = undefined
    if (!resumed) return this.ask()
    const { status, head } = resumed
    const { end = 0 } = this.#timeline
    this.#target = head.seq
    if (status === 'diverged' || (status === 'follows' && this.#differs(head)) || (!head.seq && end)) return this.#diverged()
    this.#isReloading = status === 'reload' && head.seq > 0
    if (!head.seq) this.#timeline = startTimeline(head.epoch, [], false)
    this.#check()
  }

  /** Is there more than we know? */
  ask(): void {
    void this.#read()
  }

  /** `isPush` false: from the answer to a send, which may overtake the pushes of a reload. */
  receive(message: Message, isPush = true): void {
    const { seq, epoch } = message
    if (this.#isReloading && isPush && seq <= this.#target) {
      const { end, early } = this.#timeline
      this.#isReloading = false
      if (end === undefined || seq > end + 1) this.#timeline = startTimeline(epoch, [message], seq > 1, early)
    }
    this.#insert(message)
    this.#check()
  }

  /** Somebody is at the newest end and does not need the far one. */
  trim(count: number): void {
    this.#timeline = trim(this.#timeline, count)
  }

  async loadOlder(): Promise<void> {
    const {
      messages: [first],
      hasOlder,
    } = this.#timeline
    if (!first || !hasOlder || this.#isLoadingOlder) return
    this.#isLoadingOlder = true
    try {
      const { messages, more } = await this.#options.history({ before: first.seq, limit: FIRST_PAGE })
      this.#timeline = prepend(this.#timeline, messages, more)
    } catch {
      // Without an answer it simply is not there; scrolling again asks again.
    }
    this.#isLoadingOlder = false
    this.#options.onAnswer()
  }

  /** The connection has ended; the next welcome begins again. */
  stop(): void {
    this.#stopTimer()
    this.#isReloading = false
  }

  #insert(message: Message): void {
    const timeline = insert(this.#timeline, message)
    this.#target = Math.max(this.#target, message.seq)
    if (!timeline) return this.#diverged()
    if (timeline !== this.#timeline) this.#timeline = trim(timeline, HELD_COUNT)
  }

  #differs(head: Head): boolean {
    const { messages } = this.#timeline
    const last = messages[messages.length - 1]
    if (!last) return false
    const { seq, epoch, id } = last
    return head.seq < seq || head.epoch !== epoch || (head.seq === seq && head.id !== undefined && head.id !== id)
  }

  #diverged(): void {
    this.#isDiverged = true
    void this.#read()
  }

  /** Messages that come but fill nothing do not put the reading off. */
  #check(): void {
    if (!this.isBehind || this.#isReading) this.#stopTimer()
    else if (this.#waitsAt !== this.#timeline.end) this.#readIn(GAP_MS)
  }

  #readIn(ms: number): void {
    this.#stopTimer()
    this.#waitsAt = this.#timeline.end
    const stop = this.#options.clock.after(ms, () => void this.#read())
    this.#stopTimer = () => {
      stop()
      this.#waitsAt = NaN
    }
  }

  async #read(): Promise<void> {
    this.#stopTimer()
    if (this.#isReading || !this.#options.isConnected()) return
    this.#isReading = true
    let delay: number | undefined
    let isMore = false
    try {
      if (this.#isDiverged) await this.#repair()
      else isMore = await this.#readAbove()
      this.#refusal = undefined
    } catch (error) {
      if (typeof (error as RefusalError).retry !== 'boolean') throw error
      if ((error as RefusalError).retry) delay = (error as RefusalError).afterMs || RETRY_MS
      else this.#refusal = finalRefusal(error)
    } finally {
      this.#isReading = false
      this.#options.onAnswer()
    }
    // The next welcome asks again, and so does the periodic comparison with the log.
    if (this.#refusal) return
    if (delay !== undefined) this.#readIn(delay)
    else if (this.#isDiverged || isMore) void this.#read()
    else this.#check()
  }

  /** Whether it brought something and the next page waits: an answer is bounded in bytes, so it may be short. */
  async #readAbove(): Promise<boolean> {
    const { end, early: known } = this.#timeline
    const isFresh = end === undefined || this.#isReloading || this.#target - end > BRIDGE_COUNT
    const { head, messages, more } = await this.#options.history(isFresh ? { limit: FIRST_PAGE } : { after: end, limit: PAGE })
    // What was there before we asked must be there now, or it was of a log that is gone: that gap would never be filled.
    const isGone = known.some(({ seq, epoch }) => seq > head.seq || epoch !== head.epoch)
    if (isGone || this.#differs(head)) return (this.#isDiverged = true)
    const { early } = this.#timeline
    this.#target = Math.max(head.seq, ...early.map(({ seq }) => seq))
    this.#isReloading = false
    if (isFresh) this.#timeline = startTimeline(head.epoch, messages, more, early)
    else for (const message of messages) this.#insert(message)
    return !isFresh && more && this.#timeline.end! > end!
  }

  async #repair(): Promise<void> {
    let page: readonly Message[] = []
    for (let count = 1; ; count++) {
      const [first] = page
      const { messages, head, more } = await this.#options.history(first ? { before: first.seq, limit: PAGE } : { limit: PAGE })
      page = [...messages, ...page]
      this.#target = head.seq
      const repaired = reconcile(this.#timeline, page, head.epoch, more)
      if (repaired.isDoubtful && count < REPAIR_PAGES) continue
      this.#isDiverged = this.#isReloading = false
      this.#timeline = repaired.timeline
      this.#lost = repaired.lost
      return
    }
  }
}
