import { cursorPacket, messageLink, messageTail } from '../../protocol/packets.ts'
import type { Cursor, Message } from '../../protocol/model.ts'
import {
  Muted,
  NotStarted,
  READ_BYTES,
  Unavailable,
  type Appended,
  type ListPage,
  type ListRange,
  type NewMessage,
  type NewAssignment,
  type Page,
  type ReadRange,
  type AssignmentSet,
  type Store,
} from '../backbone.ts'
import { authorOf, type Conversation } from './conversation.ts'
import type { Conversations } from './conversations.ts'
import type { GroupCommit, Part, QueuedWrite } from './group-commit.ts'
import type { Checkpoint } from './checkpoint.ts'
import { idHash } from './keys-on-disk.ts'
import type { LocalBus } from './local-bus.ts'
import { AssignmentWrite } from './assignment-write.ts'
import { EraseWrite } from './erase-write.ts'
import { ReplaceWrite } from './replace-write.ts'

type Move = Parameters<Store['advance']>[0]

/** What a queued write needs. */
export interface Parts {
  readonly conversations: Conversations
  readonly commit: GroupCommit
  readonly checkpoint: Checkpoint
  readonly bus: LocalBus
  /** Resolves when a start would know that something was being erased. */
  readonly noteErasing: () => Promise<void>
}

/** The laws are in backbone.ts. A write waits for the next group commit; a read shows durable entries only, and waits while this turn's budget is spent. */
export class EmbeddedStore implements Store {
  readonly #parts: Parts
  #isClosed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  append(message: NewMessage): Promise<Appended> {
    if (this.#isClosed) return Promise.reject(closed())
    return this.#parts.commit.add(new AppendWrite(this.#parts, message))
  }

  advance(move: Move): Promise<Cursor> {
    if (this.#isClosed) return Promise.reject(closed())
    return this.#parts.commit.add(new AdvanceWrite(this.#parts, move))
  }

  setAssignment(assignment: NewAssignment): Promise<AssignmentSet> {
    if (this.#isClosed) return Promise.reject(closed())
    return this.#parts.commit.add(new AssignmentWrite(this.#parts, assignment))
  }

  replace(message: Omit<Message, 'prev'>): Promise<boolean> {
    if (this.#isClosed) return Promise.reject(closed())
    return this.#parts.commit.add(new ReplaceWrite(this.#parts, message))
  }

  async erase(conversation: string): Promise<boolean> {
    if (this.#isClosed) throw closed()
    await this.#parts.noteErasing()
    return this.#parts.commit.add(new EraseWrite(this.#parts, conversation))
  }

  async idle(before: number, limit: number): Promise<readonly string[]> {
    while (this.#mustWait) await this.#parts.conversations.budget.next
    return this.#parts.conversations.idle(before, limit)
  }

  async read(id: string, { before = Infinity, after, limit, bytes = READ_BYTES }: ReadRange): Promise<Page> {
    const { conversations } = this.#parts
    while (this.#mustWait) await conversations.budget.next
    const conversation = conversations.find(id)
    if (conversation === undefined) return EMPTY
    const { seq, cursors, names } = conversation.durable
    const last = Math.min(seq, after === undefined ? before - 1 : after + limit)
    const first = after === undefined ? Math.max(1, last - limit + 1) : after + 1
    return {
      ...conversations.page(conversation, { first, last, bytes, isNewest: after === undefined }),
      head: conversation.head,
      cursors,
      names,
      ...conversation.assignmentField,
    }
  }

  async list(side: string, { before = Infinity, limit, bytes = READ_BYTES }: ListRange): Promise<ListPage> {
    const { conversations } = this.#parts
    while (this.#mustWait) await conversations.budget.next
    return conversations.list(side, { before, limit, bytes })
  }

  close(): void {
    this.#isClosed = true
  }

  /** To be asked again after each wait, right before the read: others have waited for the same turn. Throws once closed. */
  get #mustWait(): boolean {
    if (this.#isClosed) throw closed()
    return this.#parts.conversations.budget.isSpent
  }
}

const closed = (): Unavailable => new Unavailable('The store is closed.')
const EMPTY: Page = { messages: [], head: { epoch: '', seq: 0 }, cursors: {}, names: {} }

class AppendWrite implements QueuedWrite<Appended> {
  readonly #parts: Parts
  #message: NewMessage
  #conversation: Conversation | undefined
  #seq = 0
  #prev: string | undefined
  #phase: string | undefined
  #refused: Muted | NotStarted | undefined

  constructor(parts: Parts, message: NewMessage) {
    this.#parts = parts
    this.#message = message
  }

  prepare(batch: number): string | undefined {
    const { conversations } = this.#parts
    const message = this.#message
    const conversation = (this.#conversation = conversations.get(message.conversation))
    const hash = idHash(authorOf(message), message.id)
    const known = conversations.seqOf(conversation, message, hash)
    this.#phase = conversation.upcoming.assignment?.phase
    if (known !== undefined) {
      this.#seq = known
      return undefined
    }
    this.#refused = refusalOf(conversation, message)
    if (this.#refused !== undefined) return undefined
    // times in a log never go back, even if the clock does
    if (message.at < conversation.upcoming.at) this.#message = { ...message, at: conversation.upcoming.at }
    const tail = messageTail(this.#message)
    conversation.beginUnlessBegun()
    this.#prev = conversation.upcoming.id
    conversation.upcoming.append(this.#message)
    this.#seq = conversation.upcoming.seq
    conversation.note(this.#message, hash)
    conversations.touch(conversation, batch)
    return conversation.packetStart + messageLink(this.#seq, this.#prev) + tail + ']'
  }

  settle(part: Part | undefined): Appended {
    const conversation = this.#conversation!
    if (this.#refused !== undefined) throw this.#refused
    if (part === undefined) {
      const { at, prev } = this.#parts.conversations.entry(conversation, this.#seq)!
      return this.#appended(at, prev, true)
    }
    const { batch, start, end } = part
    const { at, origin } = this.#message
    conversation.durable.append(this.#message)
    conversation.settle(part)
    this.#parts.checkpoint.grew(conversation, end - start)
    const packet = batch.subarray(start, end)
    this.#parts.bus.relayIn(conversation.channels, { conversation: conversation.id, origin, packet, push: { kind: 'messagePush', seq: this.#seq } })
    return this.#appended(at, this.#prev, false)
  }

  rollBack(): void {
    this.#conversation?.rollBack()
  }

  #appended(at: number, prev: string | undefined, duplicate: boolean): Appended {
    // one field after the other: spreading objects into it takes longer than all the rest
    const appended: { -readonly [Field in keyof Appended]: Appended[Field] } = { epoch: this.#conversation!.epoch, seq: this.#seq, at, duplicate }
    if (prev !== undefined) appended.prev = prev
    if (this.#phase !== undefined) appended.phase = this.#phase
    return appended
  }
}

function refusalOf({ upcoming }: Conversation, { side, at, isReply }: NewMessage): Muted | NotStarted | undefined {
  const muted = upcoming.mutedAt(side, at)
  if (muted !== undefined) return new Muted(muted.text, muted.until)
  return isReply === true && upcoming.seq === 0 ? new NotStarted() : undefined
}

class AdvanceWrite implements QueuedWrite<Cursor> {
  readonly #parts: Parts
  readonly #move: Move
  #conversation: Conversation | undefined
  #moved: Cursor | undefined

  constructor(parts: Parts, move: Move) {
    this.#parts = parts
    this.#move = move
  }

  prepare(batch: number): string | undefined {
    const { conversation: id, side, delivered = 0, read = 0 } = this.#move
    const conversation = (this.#conversation = this.#parts.conversations.get(id))
    const moved = (this.#moved = conversation.upcoming.moved(side, delivered, read))
    if (moved === undefined) return undefined
    conversation.upcoming.place(side, moved.delivered, moved.read)
    this.#parts.conversations.touch(conversation, batch)
    return cursorPacket(id, side, moved)
  }

  settle(part: Part | undefined): Cursor {
    const { side, origin } = this.#move
    const { id, durable, channels } = this.#conversation!
    if (part !== undefined && this.#moved !== undefined) {
      const { batch, start, end } = part
      durable.place(side, this.#moved.delivered, this.#moved.read)
      this.#parts.checkpoint.grew(this.#conversation!, end - start)
      this.#parts.bus.relayIn(channels, { conversation: id, origin, packet: batch.subarray(start, end), push: { kind: 'cursorPush' } })
    }
    return durable.cursor(side)
  }

  rollBack(): void {
    this.#conversation?.rollBack()
  }
}
