import type { Cursor } from '../../protocol/model.ts'

const NOWHERE: Cursor = { delivered: 0, read: 0 }

/** What a conversation's entries and cursor moves have made of it so far. */
export class Standing {
  seq = 0
  /** Client id of the last entry. */
  id: string | undefined
  /** `at` of the last entry. */
  at = 0
  readonly cursors: Map<string, Cursor>
  readonly names: Map<string, string>

  constructor(cursors: Iterable<readonly [string, Cursor]> = [], names: Iterable<readonly [string, string]> = []) {
    this.cursors = new Map(cursors)
    this.names = new Map(names)
  }

  copy(): Standing {
    const copy = new Standing(this.cursors, this.names)
    copy.seq = this.seq
    copy.id = this.id
    copy.at = this.at
    return copy
  }

  append(entry: { readonly id: string; readonly at: number; readonly side: string; readonly name?: string }): void {
    this.seq++
    this.id = entry.id
    this.at = entry.at
    this.cursors.set(entry.side, { delivered: this.seq, read: this.seq })
    if (entry.name !== undefined) this.names.set(entry.side, entry.name)
  }

  cursor(side: string): Cursor {
    return this.cursors.get(side) ?? NOWHERE
  }

  /** Where the side's cursor gets to: never backwards, never beyond the head; undefined where it stays. */
  moved(side: string, delivered: number, read: number): Cursor | undefined {
    const old = this.cursor(side)
    const to = {
      delivered: Math.max(old.delivered, Math.min(Math.max(delivered, read), this.seq)),
      read: Math.max(old.read, Math.min(read, this.seq)),
    }
    return to.delivered === old.delivered && to.read === old.read ? undefined : to
  }
}
