import { randomBytes } from 'node:crypto'
import { conversationSides, sideChannel } from '../../protocol/keys.ts'
import type { Cursor, Head, Message } from '../../protocol/model.ts'
import { messageStart } from '../../protocol/packets.ts'
import type { StoredAssignment } from '../backbone.ts'
import type { Part } from './group-commit.ts'
import { ConversationState, type WrittenAssignment } from './conversation-state.ts'
import { IdMarks } from './id-marks.ts'
import type { IdHash } from './keys-on-disk.ts'
import { PendingEntries } from './pending-entries.ts'

/** A message's packet is this, the message's JSON, and a closing bracket. */
const PUSH = '2["messagePush",'

/** A conversation in `rows`. The format on disk calls its assignment `service`. */
export interface Row {
  readonly number: number
  /** Of its log; absent in rows of older builds, whose logs all had the folder's. */
  readonly epoch?: string
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
  /** The channels of its sides. */
  readonly channels: readonly string[]
  /** The epoch of its log; '' until something is written. */
  epoch = ''
  /** How the packet of each of its messages starts. */
  packetStart = ''
  /** Its number on disk; 0 until it is first checkpointed. */
  number = 0
  /** Its last seq in `main`. */
  checkpointed = 0
  readonly pending = new PendingEntries()
  /** Marks for the client ids of all entries in `main`; undefined while those that an earlier process wrote have not been read. */
  marks: IdMarks | undefined = new IdMarks()
  /** How often a client id was looked for in `main` while there were no marks. */
  lookCount = 0
  /** Bytes of its entries, cursor moves and assignments that are in the journal and not in `main`. */
  pendingBytes = 0
  /** By seq: JSON that has replaced an entry, until `main` has it. Most conversations have none. */
  #replaced: Map<number, Buffer> | undefined
  /** The messages of the commit under way, whose packets are in no batch yet. */
  #upcomingMessages: Sent[] = []
  durable: ConversationState
  upcoming: ConversationState
  /** The time that its rows in `sides` have, in ms since the epoch; undefined while it has none. */
  filedAt: number | undefined
  /** The same, as a checkpoint under way writes it. */
  filingAt: number | undefined
  /** What `main` still has of logs that were erased. */
  readonly erased: ErasedLog[] = []
  /** Rises when the log is erased. */
  erasedCount = 0
  /** The first and the last batch of the journal with something of it that is not in `main`. */
  firstBatch = 0
  lastBatch = 0

  /** `folderEpoch`: that of rows without one. */
  constructor(id: string, folderEpoch: string, row?: Row) {
    this.id = id
    this.channels = (conversationSides(id) ?? []).map(sideChannel)
    this.durable = new ConversationState(row?.cursors, row?.names)
    if (row !== undefined) {
      this.begin(row.epoch ?? folderEpoch)
      this.number = row.number
      this.checkpointed = this.durable.seq = row.seq
      if (row.seq > 0) this.marks = undefined
      this.durable.id = row.id === '' ? undefined : row.id
      this.durable.at = row.at
      this.durable.assignment = row.service
      this.filedAt = row.seq > 0 ? row.at : undefined
    }
    this.upcoming = this.durable.copy()
  }

  /** A log begins. */
  begin(epoch: string): void {
    this.epoch = epoch
    this.packetStart = PUSH + messageStart(this.id, epoch)
  }

  /** An epoch is made for whatever is written first. */
  beginUnlessBegun(): void {
    if (this.epoch === '') this.begin(newEpoch())
  }

  /** Makes the conversation one in which nobody has ever written. To be called between two commits. */
  erase(): void {
    if (this.number > 0) {
      const times = [this.filedAt, this.filingAt].filter((at) => at !== undefined)
      this.erased.push({ number: this.number, times })
    }
    this.erasedCount++
    this.number = this.checkpointed = 0
    this.filedAt = this.filingAt = undefined
    this.epoch = this.packetStart = ''
    this.#replaced = undefined
    this.pending.clear()
    this.marks = new IdMarks()
    this.durable = new ConversationState()
    this.upcoming = this.durable.copy()
  }

  get head(): Head {
    const { seq, id } = this.durable
    if (seq === 0) return { epoch: '', seq }
    return id === undefined ? { epoch: this.epoch, seq } : { epoch: this.epoch, seq, id }
  }

  row(): Row {
    const { seq, id = '', at, cursors, names, assignment } = this.durable
    return {
      number: this.number,
      epoch: this.epoch,
      seq,
      id,
      at,
      cursors,
      names,
      ...(assignment === undefined ? undefined : { service: assignment }),
    }
  }

  /** The field that `read` and `list` add to a page or row; no field where there is no assignment. */
  get assignmentField(): { readonly assignment?: StoredAssignment } {
    const { assignment } = this.durable
    return assignment === undefined ? {} : { assignment: { text: assignment.text, version: assignment.version } }
  }

  /** The seq that a message got, if it is an entry that is not in `main` yet. */
  seqOf(message: Sent, hash: IdHash): number | undefined {
    const index = this.pending.find(hash)
    return index !== undefined && isSame(this.#pendingMessage(index), message) ? this.checkpointed + 1 + index : undefined
  }

  /** The next entry, of the commit under way; `hash`: that of its client id. */
  note(message: Sent, hash: IdHash): void {
    this.pending.note(hash)
    this.#upcomingMessages.push(message)
  }

  /** The oldest entry of the commit under way is durable. */
  settle(part: Part): void {
    this.pending.settle(part)
    this.#upcomingMessages.shift()
  }

  #pendingMessage(index: number): Sent {
    const { length } = this.pending
    return index < length ? (JSON.parse(this.json(index).toString()) as Message) : this.#upcomingMessages[index - length]!
  }

  /** The JSON of the durable entry with this index among the pending ones. */
  json(index: number): Buffer {
    return this.replacementOf(this.checkpointed + 1 + index) ?? jsonOf(this.pending.part(index))
  }

  /** From now on the entry `seq` has this JSON. */
  replace(seq: number, json: Buffer): void {
    this.#replaced ??= new Map()
    this.#replaced.set(seq, json)
  }

  replacementOf(seq: number): Buffer | undefined {
    return this.#replaced?.get(seq)
  }

  get replacements(): readonly (readonly [seq: number, json: Buffer])[] {
    return this.#replaced === undefined ? [] : [...this.#replaced]
  }

  /** `main` has these; an entry that was replaced once more meanwhile stays. */
  forgetReplaced(written: Conversation['replacements']): void {
    for (const [seq, json] of written) if (this.#replaced?.get(seq) === json) this.#replaced.delete(seq)
    if (this.#replaced?.size === 0) this.#replaced = undefined
  }

  /** Undoes what the failed commit would have written. */
  rollBack(): void {
    this.pending.rollBack()
    this.#upcomingMessages = []
    this.upcoming = this.durable.copy()
  }

  /** Its first `count` pending entries are in `main` now. */
  forget(count: number): void {
    for (let i = 0; this.marks !== undefined && i < count; i++) this.marks.add(this.pending.hash(i))
    this.pending.forget(count)
    this.checkpointed += count
  }
}

/** An erased log that `main` still has. `times`: those that its rows in `sides` may have, in ms since the epoch. */
export interface ErasedLog {
  readonly number: number
  readonly times: readonly number[]
}

/** 60 random bits: whoever knows a log that was erased never takes the next one for it. */
const newEpoch = (): string => randomBytes(8).toString('base64url').slice(0, 10)

/** What tells a message from all others of its conversation. */
type Sent = Pick<Message, 'id' | 'from' | 'side'>

export const isSame = (a: Sent | undefined, b: Sent): boolean => a?.id === b.id && a.from === b.from && a.side === b.side

/** Who wrote a message. An agent and a customer may have the same id, so an agent's has the shop's side before it; no id contains a space. */
export const authorOf = ({ from, side }: { readonly from: string; readonly side: string }): string => (from === side ? from : `${side} ${from}`)

/** A message's JSON within its packet. */
export const jsonOf = ({ batch, start, end }: Part): Buffer => batch.subarray(start + PUSH.length, end - 1)
