import { conversationChannel } from '../../protocol/keys.ts'
import type { Cursor, Head } from '../../protocol/model.ts'
import { messageStart } from '../../protocol/packets.ts'
import type { StoredAssignment } from '../backbone.ts'
import type { Part } from './group-commit.ts'
import { ConversationState, type WrittenAssignment } from './conversation-state.ts'

/** A message's packet is this, the message's JSON, and a closing bracket. */
const PUSH = '2["messagePush",'

/** A durable entry that is not in `main` yet. Its packet is a part of the batch it was written in. */
export interface Pending extends Part {
  readonly author: string
  readonly id: string
}

/** A conversation in `rows`. The format on disk calls its assignment `service`. */
export interface Row {
  readonly number: number
  readonly seq: number
  readonly id: string
  readonly at: number
  readonly cursors: Readonly<Record<string, Cursor>>
  readonly names: Readonly<Record<string, string>>
  readonly service?: WrittenAssignment
}

/**
 * One conversation in memory. `durable` is what readers see: everything in the journal. `upcoming` is ahead of it by the commit
 * under way, so that the next number is known at once; if that commit fails, it becomes a copy of `durable` again.
 *
 *   entries   1 … checkpointed            in `main`
 *             checkpointed+1 … durable    `pending`, and in the journal
 *             durable+1 … upcoming      in the commit under way
 */
export class Conversation {
  readonly id: string
  readonly channel: string
  /** How the packet of each of its messages starts. */
  readonly packetStart: string
  /** Its number on disk; 0 until it is first checkpointed. */
  number = 0
  checkpointed = 0
  readonly pending: Pending[] = []
  /** Bytes of its entries, cursor moves and assignments that are in the journal and not in `main`. */
  pendingBytes = 0
  /** Seqs of everything above `checkpointed`, by author, by client id. */
  readonly #seqs = new Map<string, Map<string, number>>()
  durable: ConversationState
  upcoming: ConversationState
  /** The time that its rows in `sides` have, in ms since the epoch; undefined while it has none. */
  filedAt: number | undefined
  /** The first and the last batch of the journal with something of it that is not in `main`. */
  firstBatch = 0
  lastBatch = 0

  constructor(id: string, epoch: string, row?: Row) {
    this.id = id
    this.channel = conversationChannel(id)
    this.packetStart = PUSH + messageStart(id, epoch)
    this.durable = new ConversationState(row?.cursors, row?.names)
    if (row !== undefined) {
      this.number = row.number
      this.checkpointed = this.durable.seq = row.seq
      this.durable.id = row.id === '' ? undefined : row.id
      this.durable.at = row.at
      this.durable.assignment = row.service
      this.filedAt = row.seq > 0 ? row.at : undefined
    }
    this.upcoming = this.durable.copy()
  }

  head(epoch: string): Head {
    const { seq, id } = this.durable
    return id === undefined ? { epoch, seq } : { epoch, seq, id }
  }

  row(): Row {
    const { seq, id = '', at, cursors, names, assignment } = this.durable
    return { number: this.number, seq, id, at, cursors, names, ...(assignment === undefined ? undefined : { service: assignment }) }
  }

  /** The field that `read` and `list` add to a page or row; no field where there is no assignment. */
  get assignmentField(): { readonly assignment?: StoredAssignment } {
    const { assignment } = this.durable
    return assignment === undefined ? {} : { assignment: { text: assignment.text, version: assignment.version } }
  }

  /** The seq that a client id got, for entries that are not in `main` yet. */
  seqOf(author: string, id: string): number | undefined {
    return this.#seqs.get(author)?.get(id)
  }

  noteSeq(author: string, id: string, seq: number): void {
    const seqs = this.#seqs.get(author)
    if (seqs === undefined) this.#seqs.set(author, new Map([[id, seq]]))
    else seqs.set(id, seq)
  }

  /** Undoes what the failed commit would have written. */
  rollBack(): void {
    for (const seqs of this.#seqs.values()) for (const [id, seq] of seqs) if (seq > this.durable.seq) seqs.delete(id)
    this.upcoming = this.durable.copy()
  }

  /** Its first `count` pending entries, of so many bytes in the journal, are in `main` now. */
  forget(count: number, bytes: number): void {
    for (const { author, id } of this.pending.splice(0, count)) this.#seqs.get(author)?.delete(id)
    this.checkpointed += count
    this.pendingBytes -= bytes
  }
}

/** Who wrote a message. An agent and a customer may have the same id, so an agent's has the shop's side before it; no id contains a space. */
export const authorOf = ({ from, side }: { readonly from: string; readonly side: string }): string => (from === side ? from : `${side} ${from}`)

/** A message's JSON within its packet. */
export const jsonOf = ({ batch, start, end }: Part): Buffer => batch.subarray(start + PUSH.length, end - 1)
