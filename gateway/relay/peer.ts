/**
 * One attached client, at either socket door.
 *
 *   welcoming ──release()──▶ live ──bye() / leave()──▶ gone
 *
 * While the peer is welcoming, its pushes are held back until the messages that it missed have been sent. A live peer gets a push at once, as long as
 * fewer than `SLOW_BYTES` of pushes wait that its socket has refused; what was only gathered in this turn does not count. Above that it gets
 * `byePush slow` and is closed; the log has what it lacks. Volatile pushes are dropped as soon as half as many bytes wait, refused or gathered.
 * Answers do not count, because the client asked for them; but a client that sends commands while `OVERDRAWN_BYTES` are refused is closed as well.
 */
import { BYES, type Bye } from '../protocol/byes.ts'
import { wireRefusal } from '../protocol/codes.ts'
import { LIMITS } from '../protocol/limits.ts'
import type { Identity } from '../protocol/model.ts'
import type { Report } from '../domain/facts.ts'
import { EncodedPacket, encodePush } from './encoded-packet.ts'
import type { Pipe } from './pipe.ts'

const SLOW_BYTES = 1_048_576
/** Room for a whole resume, which may still wait in the socket when the first answers follow it. */
const OVERDRAWN_BYTES = LIMITS.resumeBytes + LIMITS.lineBytes

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
    const buffered = this.#pipe.buffered()
    if (buffered.gatheredBytes >= SLOW_BYTES / 2) {
      if (buffered.pushBytes >= SLOW_BYTES) return this.bye('slow')
      // the next one replaces it, so it may be dropped, be it that the client is slow or that this turn has gathered much
      if (encoded.isVolatile) return this.#report({ fact: 'volatileDropped' })
    }
    this.#pipe.send(encoded, true)
  }

  /** For answers and the parts of a welcome: never held back, never dropped. */
  answer(encoded: EncodedPacket): void {
    if (this.#state === 'gone') return
    if (this.isOverdrawn) return this.bye('slow')
    this.#pipe.send(encoded, false)
  }

  /** Whether the client sends commands faster than it reads the answers. */
  get isOverdrawn(): boolean {
    const buffered = this.#pipe.buffered()
    return buffered.gatheredBytes >= OVERDRAWN_BYTES && buffered.bytes >= OVERDRAWN_BYTES
  }

  /** Resolves when the socket has taken what was sent so far. */
  drained(): Promise<void> {
    return new Promise((resolve) => this.#pipe.onceEmpty(resolve))
  }

  /** Ends the welcome: sends the held pushes of which `isNews` says that the welcome did not contain them. */
  release(isNews: (encoded: EncodedPacket) => boolean): void {
    if (this.#state !== 'welcoming') return
    this.#state = 'live'
    for (const encoded of this.#held) if (isNews(encoded)) this.#pipe.send(encoded, true)
    this.#held = []
  }

  /** Sends `byePush`, then closes. */
  bye(code: Bye, afterMs?: number): void {
    if (this.#state === 'gone') return
    sayBye(this.#pipe, code, afterMs)
    this.#report({ fact: 'byeSent', code })
    this.leave()
  }

  /** Ends the peer without a goodbye; nothing is written any more. */
  leave(): void {
    this.#state = 'gone'
    this.#held = []
  }

  #hold(encoded: EncodedPacket): void {
    if (encoded.isVolatile) return
    this.#heldBytes += encoded.bytesCount
    if (this.#heldBytes > SLOW_BYTES) return this.bye('slow')
    // a copy: the bytes may be a small part of a large buffer, which would stay in memory as long
    this.#held.push(new EncodedPacket(Buffer.from(encoded.bytes), encoded.push))
  }
}

/** Sends `byePush`, then closes: the only way in which this gateway ends a session. */
export function sayBye(pipe: Pipe, code: Bye, afterMs?: number): void {
  const { closeCode, reconnect } = BYES[code]
  const { message } = wireRefusal(code)
  pipe.send(encodePush('byePush', afterMs === undefined ? { code, message, reconnect } : { code, message, reconnect, afterMs }), true)
  pipe.close(closeCode, code)
}
