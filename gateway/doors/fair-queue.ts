/**
 * How many packets of one session are handled before everybody else's come: a socket hands over 64 kB at once, which can be two thousand
 * small packets, and twenty sessions that send so would keep all others waiting for seconds. What is left waits for the next turn of the event loop.
 */
import { LIMITS } from '../protocol/limits.ts'

const PACKETS_A_TURN = 4
/** What may wait of one session. A socket is not read from meanwhile; polling, which cannot be held, brings no more in two payloads. */
const MOST = { count: 2 * LIMITS.payloadCount, bytes: 2 * LIMITS.lineBytes }

/** Which turn of the event loop it is; shared by all sessions of a node. */
export class Turns {
  #number = 0
  #isCounting = false

  /** Schedules nothing while nobody asks. */
  get number(): number {
    if (!this.#isCounting) {
      this.#isCounting = true
      setImmediate(() => {
        this.#isCounting = false
        this.#number++
      })
    }
    return this.#number
  }
}

export interface FairQueueOptions<Packet> {
  readonly turns: Turns
  /** While it says so nothing more is handled; `goOn` is called when that may have changed. */
  readonly isFull?: () => boolean
  /** Called at once where the session has not had its part of this turn. */
  readonly handle: (packet: Packet) => void
  /** Something begins and ends to wait. */
  readonly onWaiting: (isWaiting: boolean) => void
  /** More came than may wait; it is let go. */
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
    if (this.#waiting.length === 0 && !this.#isFull && this.#hasPart()) return this.#options.handle(packet)
    this.#waitingBytes += bytes
    const isTooMuch = this.#waiting.length >= MOST.count || this.#waitingBytes > MOST.bytes
    // what has no bytes is the session's own end, and is never let go
    if (isTooMuch && bytes > 0) return this.#options.onTooMuch()
    if (this.#waiting.push(packet) > 1) return
    this.#options.onWaiting(true)
    this.goOn()
  }

  /** Handles on what waits, if anything does, in the next turn. */
  goOn(): void {
    if (this.#waiting.length === 0 || this.#isScheduled || this.#isFull) return
    this.#isScheduled = true
    setImmediate(this.#go)
  }

  get #isFull(): boolean {
    return this.#options.isFull?.() === true
  }

  #hasPart(): boolean {
    const turn = this.#options.turns.number
    if (turn !== this.#turn) {
      this.#turn = turn
      this.#handled = 0
    }
    return ++this.#handled <= PACKETS_A_TURN
  }

  readonly #go = (): void => {
    this.#isScheduled = false
    for (let left = PACKETS_A_TURN; left > 0 && this.#waiting.length > 0 && !this.#isFull; left--) this.#options.handle(this.#waiting.shift()!)
    if (this.#waiting.length > 0) return this.goOn()
    this.#waitingBytes = 0
    this.#options.onWaiting(false)
  }
}
