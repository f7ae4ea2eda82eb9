import type { Cursor } from '../../protocol/model.ts'
import type { Mute } from '../backbone.ts'

interface MutableCursor {
  delivered: number
  read: number
}

/** An assignment as it is written to the disk. */
export interface WrittenAssignment {
  readonly version: string
  readonly text: string
  readonly phase: string
  /** A single Mute is from older builds, which knew one muted side only. */
  readonly muted?: Mute | readonly Mute[]
}

/** The state that a conversation's entries, cursor moves and assignments lead to. */
export class ConversationState {
  seq = 0
  /** Client id of the last entry. */
  id: string | undefined
  /** `at` of the last entry. */
  at = 0
  assignment: WrittenAssignment | undefined
  /** Changed in place, because every entry moves one; `cursors` and `cursor` return copies. */
  #cursors: Map<string, MutableCursor> | undefined
  #names: Map<string, string> | undefined

  constructor(cursors: Readonly<Record<string, Cursor>> = {}, names: Readonly<Record<string, string>> = {}) {
    for (const [side, { delivered, read }] of Object.entries(cursors)) this.place(side, delivered, read)
    for (const [side, name] of Object.entries(names)) this.#name(side, name)
  }

  get cursors(): Record<string, Cursor> {
    const cursors: Record<string, Cursor> = {}
    if (this.#cursors !== undefined) for (const [side, { delivered, read }] of this.#cursors) cursors[side] = { delivered, read }
    return cursors
  }

  get names(): Record<string, string> {
    return this.#names === undefined ? {} : Object.fromEntries(this.#names)
  }

  #name(side: string, name: string): void {
    this.#names ??= new Map()
    this.#names.set(side, name)
  }

  copy(): ConversationState {
    const copy = new ConversationState(this.cursors, this.names)
    copy.seq = this.seq
    copy.id = this.id
    copy.at = this.at
    copy.assignment = this.assignment
    return copy
  }

  append(entry: { readonly id: string; readonly at: number; readonly side: string; readonly name?: string }): void {
    const { id, at, side, name } = entry
    this.seq++
    this.id = id
    this.at = at
    this.place(side, this.seq, this.seq)
    if (name !== undefined && this.#names?.get(side) !== name) this.#name(side, name)
  }

  /** The mute that forbids this side to write at `at` (ms since the epoch), with the assignment's text; undefined where it may write. */
  mutedAt(side: string, at: number): (Mute & { readonly text: string }) | undefined {
    const { text, muted } = this.assignment ?? {}
    if (text === undefined || muted === undefined) return undefined
    const mute = [muted].flat().find((one) => one.side === side && at < (one.until ?? Infinity))
    return mute === undefined ? undefined : { ...mute, text }
  }

  cursor(side: string): Cursor {
    const { delivered = 0, read = 0 } = this.#cursors?.get(side) ?? {}
    return { delivered, read }
  }

  place(side: string, delivered: number, read: number): void {
    const place = this.#cursors?.get(side)
    if (place === undefined) {
      this.#cursors ??= new Map()
      this.#cursors.set(side, { delivered, read })
    } else {
      place.delivered = delivered
      place.read = read
    }
  }

  /** Where the side's cursor moves to: never backwards, never past the head; undefined where it stays. */
  moved(side: string, delivered: number, read: number): Cursor | undefined {
    const old = this.cursor(side)
    const to = {
      delivered: Math.max(old.delivered, Math.min(Math.max(delivered, read), this.seq)),
      read: Math.max(old.read, Math.min(read, this.seq)),
    }
    return to.delivered === old.delivered && to.read === old.read ? undefined : to
  }
}
