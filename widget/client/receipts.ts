import type { Cursor } from '../../gateway/protocol/model.ts'
import type { Clock } from './clock.ts'
import { signal } from './signal.ts'

const DELIVERED_AFTER_MS = 400

/**
 * How far both sides of one conversation have come, and telling the gateway about ours: `read` at once, `delivered` for
 * whatever came within a moment together. Said once, without insisting; a new line hears all of it again.
 */
export class Receipts {
  readonly theirs = signal<Cursor>({ delivered: 0, read: 0 })
  mine: Cursor = { delivered: 0, read: 0 }
  readonly #clock: Clock
  /** False: it could not be said. */
  readonly #say: (command: 'read' | 'delivered', seq: number) => boolean
  #told: Cursor = { delivered: 0, read: 0 }
  #stopTimer: (() => void) | undefined

  constructor(clock: Clock, say: (command: 'read' | 'delivered', seq: number) => boolean) {
    this.#clock = clock
    this.#say = say
  }

  /** What the gateway says of us. */
  knowMine(cursor: Cursor): void {
    this.mine = later(this.mine, cursor)
    this.#told = later(this.#told, cursor)
  }

  knowTheirs(cursor: Cursor): void {
    this.theirs.set(later(this.theirs.value, cursor))
  }

  /** Another line: it has been told nothing. */
  begin(): void {
    this.#told = { delivered: 0, read: 0 }
    this.#tell()
  }

  received(seq: number): void {
    if (seq <= this.mine.delivered) return
    this.mine = later(this.mine, { delivered: seq, read: 0 })
    this.#stopTimer ??= this.#clock.after(DELIVERED_AFTER_MS, () => this.#tell())
  }

  /** False: nothing new. */
  read(seq: number): boolean {
    if (seq <= this.mine.read) return false
    this.mine = later(this.mine, { delivered: seq, read: seq })
    this.#tell()
    return true
  }

  stop(): void {
    this.#stopTimer?.()
    this.#stopTimer = undefined
  }

  end(): void {
    this.theirs.set({ delivered: 0, read: 0 })
  }

  #tell(): void {
    this.stop()
    const { delivered, read } = this.mine
    const isReadTold = read <= this.#told.read || this.#say('read', read)
    const isAllTold = isReadTold && (delivered <= Math.max(read, this.#told.delivered) || this.#say('delivered', delivered))
    if (isAllTold) this.#told = later(this.#told, this.mine)
  }
}

const later = (a: Cursor, b: Cursor): Cursor =>
  b.delivered <= a.delivered && b.read <= a.read ? a : { delivered: Math.max(a.delivered, b.delivered), read: Math.max(a.read, b.read) }
