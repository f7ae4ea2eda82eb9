/**
 * One attached client, whichever door.
 *
 *   welcoming ──release()──▶ live ──bye() / leave()──▶ gone
 *
 * While welcoming, pushes are held back until the missed messages before them have been sent. Live pushes go out at once while
 * the line keeps up: its side may have refused `BYTES` of them at most, however many were sent in one turn. Volatile pushes are
 * dropped while half of that waits for whatever reason; above all of it the peer is told `byePush slow` and cut: its log holds
 * the rest. Answers are not counted, because the client has asked for them; but whoever has `OVERDRAWN_BYTES` refused and asks for
 * more is cut as well.
 */
import { BYES, type Bye } from '../protocol/byes.ts'
import { wireRefusal } from '../protocol/codes.ts'
import { LIMITS } from '../protocol/limits.ts'
import type { Identity } from '../protocol/model.ts'
import { encodePacket } from '../protocol/packet.ts'
import type { Push, PushData } from '../protocol/pushes.ts'
import type { Report } from '../domain/facts.ts'
import { EncodedPacket } from './encoded-packet.ts'
import type { Pipe } from './pipe.ts'

const BYTES = 1_048_576
/** A whole resume may still be on its way when the first answers follow it. */
const OVERDRAWN_BYTES = LIMITS.resumeBytes + LIMITS.lineBytes

export const pushPacket = <P extends Push>(name: P, data: PushData<P>): EncodedPacket =>
  new EncodedPacket(encodePacket({ type: 'event', name, args: [data] }))

export class Peer {
  readonly sid: string
  readonly device: string | undefined
  identity: Identity
  readonly #pipe: Pipe
  readonly #report: Report
  #state: 'welcoming' | 'live' | 'gone' = 'welcoming'
  #held: EncodedPacket[] = []
  #heldBytes = 0

  constructor(options: { sid: string; identity: Identity; device: string | undefined; pipe: Pipe; report: Report }) {
    this.sid = options.sid
    this.identity = options.identity
    this.device = options.device
    this.#pipe = options.pipe
    this.#report = options.report
  }

  get door(): string {
    return this.#pipe.door
  }

  get isGone(): boolean {
    return this.#state === 'gone'
  }

  push(encoded: EncodedPacket): void {
    if (this.#state === 'gone') return
    if (this.#state === 'welcoming') return this.#hold(encoded)
    const { pushBytes, gatheredBytes } = this.#pipe.pending()
    if (pushBytes >= BYTES) return this.bye('slow')
    // nobody misses it, so it need not be known yet whether the reader is to blame
    if (encoded.isVolatile && gatheredBytes >= BYTES / 2) return this.#report({ fact: 'volatileDropped' })
    this.#pipe.send(encoded, true)
  }

  /** Answers, and what belongs to the welcome: never held back, never dropped; many may have been asked for at once. */
  answer(encoded: EncodedPacket): void {
    if (this.#state === 'gone') return
    if (this.isOverdrawn) return this.bye('slow')
    this.#pipe.send(encoded, false)
  }

  /** Whether it asks faster than it reads. */
  get isOverdrawn(): boolean {
    return this.#pipe.pending().bytes >= OVERDRAWN_BYTES
  }

  /** Resolves when the line has taken what was sent so far. */
  drained(): Promise<void> {
    return new Promise((resolve) => this.#pipe.onceEmpty(resolve))
  }

  /** Ends the welcome: what was pushed meanwhile follows, as far as `isNews` says so. */
  release(isNews: (encoded: EncodedPacket) => boolean): void {
    if (this.#state !== 'welcoming') return
    this.#state = 'live'
    for (const encoded of this.#held) if (isNews(encoded)) this.#pipe.send(encoded, true)
    this.#held = []
  }

  /** Says why, then closes. */
  bye(code: Bye, afterMs?: number): void {
    if (this.#state === 'gone') return
    sayBye(this.#pipe, code, afterMs)
    this.#report({ fact: 'byeSaid', code })
    this.leave()
  }

  /** The line is over; nothing is written any more. */
  leave(): void {
    this.#state = 'gone'
    this.#held = []
  }

  #hold(encoded: EncodedPacket): void {
    if (encoded.isVolatile) return
    this.#heldBytes += encoded.bytes.length
    if (this.#heldBytes > BYTES) return this.bye('slow')
    this.#held.push(encoded)
  }
}

/** `byePush`, then the close: the only way in which this gateway ends a line. */
export function sayBye(pipe: Pipe, code: Bye, afterMs?: number): void {
  const { closeCode, reconnect } = BYES[code]
  const { message } = wireRefusal(code)
  pipe.send(pushPacket('byePush', afterMs === undefined ? { code, message, reconnect } : { code, message, reconnect, afterMs }), true)
  pipe.close(closeCode, code)
}
