/**
 * Handles a few packets of a session in each turn of the event loop; the rest wait for the next turn. A socket delivers 64 kB at once, which can
 * be two thousand small packets, and twenty sessions that send so much would keep all others waiting for seconds.
 */
import { LIMITS } from '../protocol/limits.ts'

const PACKETS_PER_TURN = 4
/** The most that may wait of one session. While something waits its WebSocket is not read; long polling cannot be paused, but two payloads hold no more. */
const WAITING_LIMIT = { count: 2 * LIMITS.payloadCount, bytes: 2 * LIMITS.lineBytes }

/** Numbers the turns of the event loop; shared by all sessions of a node. */
export class EventLoopTurns {
  #number = 0
  #isCounting = false

  /** Changes with each turn in which it is read. */
  get number(): number {
    if (!this.#isCounting) {
      this.#isCounting = true
      setImmediate(this.#end)
    }
    return this.#number
  }

  readonly #end = (): void => {
    this.#isCounting = false
    this.#number++
  }
}

export interface FairQueueOptions<Packet> {
  readonly turns: EventLoopTurns
  /** While it returns true, no packet is handled. The session calls `goOn` when that may have changed. */
  readonly isFull?: () => boolean
  /** Called synchronously while the session has handled fewer than its share of this turn. */
  readonly handle: (packet: Packet) => void
  /** Called when the first packet begins to wait, and when none waits any more. */
  readonly onWaiting: (isWaiting: boolean) => void
  /** Called instead of `handle` for a packet above the limit of what may wait; the packet is dropped. */
  readonly onTooMuch: () => void
}

/** One session's packets, in their order. */
export class FairQueue<Packet> {
  readonly #options: FairQueueOptions<Packet>
  readonly #waiting: Packet[] = []
  #waitingBytes = 0
  #turn = -1
  #handled = 0
  #isScheduled = false

  constructor(options: FairQueueOptions<Packet>) {
    this.#options = options
  }

  add(packet: Packet, bytes = 0): void {
    if (this.#waiting.length === 0 && !this.#isFull && this.#hasShareLeft()) return this.#options.handle(packet)
    this.#waitingBytes += bytes
    const isTooMuch = this.#waiting.length >= WAITING_LIMIT.count || this.#waitingBytes > WAITING_LIMIT.bytes
    // an entry without bytes is the session's own end and is never dropped
    if (isTooMuch && bytes > 0) return this.#options.onTooMuch()
    if (this.#waiting.push(packet) > 1) return
    this.#options.onWaiting(true)
    this.goOn()
  }

  /** Handles waiting packets in the next turn, if there are any. */
  goOn(): void {
    if (this.#waiting.length === 0 || this.#isScheduled || this.#isFull) return
    this.#isScheduled = true
    setImmediate(FairQueue.#go<Packet>, this)
  }

  get #isFull(): boolean {
    return this.#options.isFull?.() === true
  }

  #hasShareLeft(): boolean {
    const turn = this.#options.turns.number
    if (turn !== this.#turn) {
      this.#turn = turn
      this.#handled = 0
    }
    return ++this.#handled <= PACKETS_PER_TURN
  }

  static #go<Packet>(queue: FairQueue<Packet>): void {
    queue.#isScheduled = false
    for (let left = PACKETS_PER_TURN; left > 0 && queue.#waiting.length > 0 && !queue.#isFull; left--) queue.#options.handle(queue.#waiting.shift()!)
    if (queue.#waiting.length > 0) return queue.goOn()
    queue.#waitingBytes = 0
    queue.#options.onWaiting(false)
  }
}
