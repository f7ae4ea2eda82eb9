import type { Cursor } from '../../gateway/protocol/model.ts'
import type { Clock } from './clock.ts'
import { signal } from './signal.ts'

const DELIVERED_AFTER_MS = 400

/**
 * The cursors of both sides of one conversation, and reporting ours to the gateway: `read` at once, `delivered` collected for a moment. Sent once
 * without a retry; after a reconnect everything is sent again.
 */
export class Receipts {
  readonly theirs = signal<Cursor>({ delivered: 0, read: 0 })
  mine: Cursor = { delivered: 0, read: 0 }
  readonly #clock: Clock
  /** False: it could not be sent. */
  readonly #send: (command: 'read' | 'delivered', seq: number) => boolean
  #sent: Cursor = { delivered: 0, read: 0 }
  #stopTimer: (() => void) | undefined

  constructor(clock: Clock, send: (command: 'read' | 'delivered', seq: number) => boolean) {
    this.#clock = clock
    this.#send = send
  }

  /** The log is another one, which nobody has received or read. */
  forget(): void {
    this.mine = this.#sent = { delivered: 0, read: 0 }
    this.theirs.set(this.mine)
  }

  /** Our cursor as the gateway knows it. */
  knowMine(cursor: Cursor): void {
    this.mine = later(this.mine, cursor)
    this.#sent = later(this.#sent, cursor)
  }

  knowTheirs(cursor: Cursor): void {
    this.theirs.set(later(this.theirs.value, cursor))
  }

  /** A new connection: nothing was sent on it yet. */
  begin(): void {
    this.#sent = { delivered: 0, read: 0 }
    this.#report()
  }

  received(seq: number): void {
    if (seq <= this.mine.delivered) return
    this.mine = later(this.mine, { delivered: seq, read: 0 })
    this.#stopTimer ??= this.#clock.after(DELIVERED_AFTER_MS, () => this.#report())
  }

  /** False: nothing was new. */
  read(seq: number): boolean {
    if (seq <= this.mine.read) return false
    this.mine = later(this.mine, { delivered: seq, read: seq })
    this.#report()
    return true
  }

  stop(): void {
    this.#stopTimer?.()
    this.#stopTimer = undefined
  }

  end(): void {
    this.theirs.set({ delivered: 0, read: 0 })
  }

  #report(): void {
    this.stop()
    const { delivered, read } = this.mine
    const isReadSent = read <= this.#sent.read || this.#send('read', read)
    const isAllSent = isReadSent && (delivered <= Math.max(read, this.#sent.delivered) || this.#send('delivered', delivered))
    if (isAllSent) this.#sent = later(this.#sent, this.mine)
  }
}

const later = (a: Cursor, b: Cursor): Cursor =>
  b.delivered <= a.delivered && b.read <= a.read ? a : { delivered: Math.max(a.delivered, b.delivered), read: Math.max(a.read, b.read) }
