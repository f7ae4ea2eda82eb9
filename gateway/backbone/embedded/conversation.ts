import type { Head } from '../../protocol/model.ts'
import { Standing } from './standing.ts'

/** A durable entry that is not in `main` yet. */
export interface Pending {
  /** See `senderKey`. */
  readonly sender: string
  /** The message's JSON: a part of the buffer that went to the journal and to the subscribers. */
  readonly json: Buffer
}

/** A conversation's line in `rows`. */
export interface Row {
  readonly number: number
  readonly seq: number
  readonly id: string
  readonly at: number
  readonly cursors: Readonly<Record<string, { delivered: number; read: number }>>
  readonly names: Readonly<Record<string, string>>
}

/**
 * One conversation in memory. `durable` is what may be read: everything in the journal. `assigned` runs ahead of it by
 * the commit that is on its way, so that the next number is known at once; if that commit fails it falls back.
 *
 *   entries   1 … folded            in `main`
 *             folded+1 … durable    `pending`, and in the journal
 *             durable+1 … assigned  on their way to the journal
 */
export class Conversation {
  readonly id: string
  /** Its number on disk; 0 until it is first folded. */
  number = 0
  folded = 0
  readonly pending: Pending[] = []
  /** What the journal holds of it and `main` does not, cursor moves too. */
  pendingBytes = 0
  /** Seqs of everything above `folded`, by sender and client id. */
  readonly seqs = new Map<string, number>()
  durable: Standing
  assigned: Standing
  /** `at` that its rows in `sides` are filed under, while it has any. */
  filedAt: number | undefined
  /** The first and the last batch of the journal that holds something of it that is not in `main`. */
  firstBatch = 0
  lastBatch = 0

  constructor(id: string, row?: Row) {
    this.id = id
    this.durable = new Standing(Object.entries(row?.cursors ?? {}), Object.entries(row?.names ?? {}))
    if (row !== undefined) {
      this.number = row.number
      this.folded = this.durable.seq = row.seq
      this.durable.id = row.id === '' ? undefined : row.id
      this.durable.at = row.at
      this.filedAt = row.seq > 0 ? row.at : undefined
    }
    this.assigned = this.durable.copy()
  }

  head(epoch: string): Head {
    const { seq, id } = this.durable
    return id === undefined ? { epoch, seq } : { epoch, seq, id }
  }

  row(): Row {
    const { seq, id = '', at, cursors, names } = this.durable
    return { number: this.number, seq, id, at, cursors: Object.fromEntries(cursors), names: Object.fromEntries(names) }
  }

  /** Gives up what was on its way. */
  fallBack(): void {
    for (const [sender, seq] of this.seqs) if (seq > this.durable.seq) this.seqs.delete(sender)
    this.assigned = this.durable.copy()
  }

  /** Its first `count` pending entries, of so many bytes in the journal, are in `main` now. */
  forget(count: number, bytes: number): void {
    for (const { sender } of this.pending.splice(0, count)) this.seqs.delete(sender)
    this.folded += count
    this.pendingBytes -= bytes
  }
}
