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
  /** A request was answered or failed. Not called for changes made within a method call, whose caller reconciles afterwards. */
  readonly onAnswer: () => void
}

/** Packets on their way may still fill a gap; after this long without progress it is read. */
const GAP_MS = 300
const RETRY_MS = 2000
const FIRST_PAGE = 50
const PAGE = 100
/** More missed than this: load the newest page instead. */
const BRIDGE_COUNT = 200
/** Messages held at most; the oldest are dropped. */
const HELD_COUNT = 2000
const REPAIR_PAGES = 10

/**
 * Keeps one timeline equal to the gateway's log. Two ways back and no third: resume after the last message held or, if the gap is too wide, load the
 * newest page.
 *
 * `#target` is how far the log is known to go (from heads, early messages, own acks). While the timeline's end is short of it, the timeline is
 * behind: it waits briefly for pushes on their way, then reads. A log that is not the known one (another epoch, a broken chain, a head behind ours)
 * is repaired: pages are read backwards from the newest to a common entry, everything above it is replaced, and `takeLost` returns what the gateway
 * lost.
 */
export class CatchUp {
  readonly #options: CatchUpOptions
  #timeline: Timeline = EMPTY
  #target = 0
  /** The next push starts the timeline again, wherever it is: the gateway is sending its newest page. */
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

  /** The gateway's log is not the known one, and the repair has not finished. */
  get isDiverged(): boolean {
    return this.#isDiverged
  }

  /** The highest seq known to exist. */
  get head(): number {
    return Math.max(this.#target, this.#timeline.end ?? 0)
  }

  /** The held messages that the gateway no longer has, perhaps none; returned once after each repair. */
  takeLost(): readonly Message[] | undefined {
    const lost = this.#lost
    this.#lost = undefined
    return lost
  }

  /** Starts from a stored copy; the gateway's log overrides it. */
  restore(messages: readonly Message[], hasOlder: boolean): void {
    const [first] = messages
    if (first) this.#timeline = startTimeline(first.epoch, messages, hasOlder)
  }

  forget(): void {
    this.#target = 0
    this.#timeline = EMPTY
  }

  /** Starts after a welcome. `resumed`: its entry for this conversation; the missing messages follow as pushes. Undefined: read the history. */
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

  /** Reads whether the log has more than is known. */
  ask(): void {
    void this.#read()
  }

  /** `isPush` is false for the answer to a send, which may overtake the pushes of a reload. */
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

  /** The reader is at the newest end: drops all but the newest `count` messages. */
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
      // Nothing was loaded; scrolling again asks again.
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

  /** Messages that fill no gap do not delay the reading. */
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

  /** True: it brought messages and more follow; an answer is bounded in bytes, so a page may be short. */
  async #readAbove(): Promise<boolean> {
    const { end, early: known } = this.#timeline
    const isFresh = end === undefined || this.#isReloading || this.#target - end > BRIDGE_COUNT
    const { head, messages, more } = await this.#options.history(isFresh ? { limit: FIRST_PAGE } : { after: end, limit: PAGE })
    // Early messages from before the request must be in the log now; otherwise they are from a log that is gone, and their gap would never fill.
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
      const { messages, head, more, erasedAt = 0 } = await this.#options.history(first ? { before: first.seq, limit: PAGE } : { limit: PAGE })
      page = [...messages, ...page]
      this.#target = head.seq
      const repaired = reconcile(this.#timeline, page, head.epoch, more)
      if (repaired.isDoubtful && count < REPAIR_PAGES) continue
      this.#isDiverged = this.#isReloading = false
      this.#timeline = repaired.timeline
      // what was erased is not lost
      this.#lost = repaired.lost.filter(({ at }) => at > erasedAt)
      return
    }
  }
}
