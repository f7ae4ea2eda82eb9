import { conversationChannel } from '../../protocol/keys.ts'
import type { Cursor, Head } from '../../protocol/model.ts'
import { messageStart } from '../../protocol/packets.ts'
import type { StoredAssignment } from '../backbone.ts'
import type { Part } from './group-commit.ts'
import { ConversationState, type WrittenAssignment } from './conversation-state.ts'

/** What stands in front of a message's JSON in its packet; behind it stands a bracket. */
const PUSH = '2["messagePush",'

/** A durable entry that is not in `main` yet; its packet is still where it was written from. */
export interface Pending extends Part {
  readonly author: string
  readonly id: string
}

/** A conversation's line in `rows`. */
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
 * One conversation in memory. `durable` is what may be read: everything in the journal. `assigned` runs ahead of it by
 * the commit that is on its way, so that the next number is known at once; if that commit fails it falls back.
 *
 *   entries   1 … checkpointed            in `main`
 *             checkpointed+1 … durable    `pending`, and in the journal
 *             durable+1 … assigned  on their way to the journal
 */
export class Conversation {
  readonly id: string
  readonly channel: string
  /** The start of each of its packets. */
  readonly packetStart: string
  /** Its number on disk; 0 until it is first checkpointed. */
  number = 0
  checkpointed = 0
  readonly pending: Pending[] = []
  /** What the journal holds of it and `main` does not, cursor moves too. */
  pendingBytes = 0
  /** Seqs of everything above `checkpointed`, by author, by client id. */
  readonly #seqs = new Map<string, Map<string, number>>()
  durable: ConversationState
  assigned: ConversationState
  /** `at` that its rows in `sides` are filed under, while it has any. */
  filedAt: number | undefined
  /** The first and the last batch of the journal that holds something of it that is not in `main`. */
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
      this.durable.service = row.service
      this.filedAt = row.seq > 0 ? row.at : undefined
    }
    this.assigned = this.durable.copy()
  }

  head(epoch: string): Head {
    const { seq, id } = this.durable
    return id === undefined ? { epoch, seq } : { epoch, seq, id }
  }

  row(): Row {
    const { seq, id = '', at, cursors, names, service } = this.durable
    return { number: this.number, seq, id, at, cursors, names, ...(service === undefined ? undefined : { service }) }
  }

  /** As `read` and `list` tell it. */
  get service(): { readonly service?: StoredAssignment } {
    const { service } = this.durable
    return service === undefined ? {} : { service: { text: service.text, version: service.version } }
  }

  /** The number that a client id got, as far as it is not in `main`. */
  seqOf(author: string, id: string): number | undefined {
    return this.#seqs.get(author)?.get(id)
  }

  assign(author: string, id: string, seq: number): void {
    const seqs = this.#seqs.get(author)
    if (seqs === undefined) this.#seqs.set(author, new Map([[id, seq]]))
    else seqs.set(id, seq)
  }

  /** Gives up what was on its way. */
  rollBack(): void {
    for (const seqs of this.#seqs.values()) for (const [id, seq] of seqs) if (seq > this.durable.seq) seqs.delete(id)
    this.assigned = this.durable.copy()
  }

  /** Its first `count` pending entries, of so many bytes in the journal, are in `main` now. */
  forget(count: number, bytes: number): void {
    for (const { author, id } of this.pending.splice(0, count)) this.#seqs.get(author)?.delete(id)
    this.checkpointed += count
    this.pendingBytes -= bytes
  }
}

/** Who wrote it: an agent may have the id of its customer. No id has a space in it. */
export const authorOf = ({ from, side }: { readonly from: string; readonly side: string }): string => (from === side ? from : `${side} ${from}`)

/** A message's JSON within its packet. */
export const jsonOf = ({ batch, start, end }: Part): Buffer => batch.subarray(start + PUSH.length, end - 1)
