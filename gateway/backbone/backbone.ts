/**
 * The ports behind the domain: a Store holds the logs, Records (records.ts) hold small values beside them, Images (images.ts) hold the
 * pictures that messages point at, a Bus relays publishes and stores nothing. Two implementations pass one contract suite
 * (test/gateway/backbone/contract.ts, one test a law): `embedded` (one process, files) and `redis`.
 *
 * Not here: who may do what, routing, presence rules, unread counts (head - read; whoever needs one subtracts) and how a message
 * looks. A backbone stores and relays, the domain decides.
 */
import type { Body, Cursor, Head, Message } from '../protocol/model.ts'
import type { PushHead } from '../protocol/packets.ts'
import type { Images } from './images.ts'
import type { Records } from './records.ts'

export interface Backbone {
  readonly store: Store
  readonly records: Records
  readonly images: Images
  readonly bus: Bus
  /** Ms since the epoch, the same for all nodes of one store however their machines' clocks are set. It steps when the store's clock steps. */
  readonly now: () => number
  /** Periodic work: whoever opened the backbone runs each job about every `everyMs`. A run rejects with Unavailable where the next run may succeed. */
  readonly jobs: readonly { readonly name: string; readonly everyMs: number; run(): Promise<unknown> }[]
  /**
   * Resolves when no byte of what was erased before the call is left in the files or servers that the backbone writes itself: messages, records that
   * were removed, pictures. What a server of others keeps beside its data (Redis: its append-only file, its snapshots) is not its.
   */
  scrub(): Promise<void>
  /** Why the backbone cannot serve right now, as a sentence; undefined when it can. Cheap: `/readyz` asks it. */
  unready(): string | undefined
  /** Finishes the work under way, then frees every file, timer and connection. */
  close(): Promise<void>
}

/** Every method rejects with it while the backbone cannot answer. The caller may retry; the first call may have been carried out or not. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

/** `append` rejects with it where the sender's side may not write now. Nothing was stored or published. */
export class Muted extends Error {
  override readonly name = 'Muted'
  /** When the mute ends, in ms since the epoch; absent: never. */
  readonly until: number | undefined
  /** The text of the stored assignment. */
  readonly assignment: string

  constructor(assignment: string, until: number | undefined) {
    super('This side is muted.')
    this.assignment = assignment
    this.until = until
  }
}

/** `append` rejects with it for a message that `isReply` in an empty conversation. Nothing was stored or published. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted'

  constructor() {
    super('Nobody has written in this conversation yet.')
  }
}

/** A message as the domain passes it; the store adds epoch, seq and prev. */
export interface NewMessage {
  readonly conversation: string
  /** The sender's client id. (conversation, side, from, id) identify a message, so that one sent twice is stored once. */
  readonly id: string
  readonly from: string
  readonly side: string
  readonly name?: string
  readonly guest?: true
  readonly kind: string
  readonly body: Body
  /** The body as JSON, where the caller has it. */
  readonly bodyJson?: string
  /** Ms since the epoch. Where a clock stepped back, the store uses the time of the entry before. */
  readonly at: number
  /** Id of the session that sent it, '' for none. It travels with the publish, so that the session gets no echo. */
  readonly origin: string
  /** The message must not be the conversation's first. */
  readonly isReply?: boolean
}

export interface Appended {
  readonly epoch: string
  readonly seq: number
  readonly prev?: string
  /** `at` of the stored entry, in ms since the epoch; never before that of the entry below. */
  readonly at: number
  /** The message was stored before; all fields describe that entry. */
  readonly duplicate: boolean
  /** The phase that `setAssignment` last stored, read with the append in one step; absent: none was stored. */
  readonly phase?: string
}

export interface ReadRange {
  /** Entries with seq < before, the newest `limit` of them. */
  readonly before?: number
  /** Entries with seq > after, the oldest `limit` of them. Not together with `before`; neither: the newest. */
  readonly after?: number
  readonly limit: number
  /** At most so many bytes of entries as JSON, but at least one entry; absent: `READ_BYTES`. */
  readonly bytes?: number
  /**
   * A channel to which this node has begun to subscribe, before the call: what was published on it and does not arrive there is in the page. So neither has
   * to wait for the other. Rejects with Unavailable where subscribing fails.
   */
  readonly behind?: string
}

/** The default size of one read: a limit of rows alone lets a few long messages fill a node's memory. */
export const READ_BYTES = 524_288

export interface Page {
  /** Ascending by seq. */
  readonly messages: readonly Message[]
  readonly head: Head
  /** Cursors by side, read in one step with the head. */
  readonly cursors: Readonly<Record<string, Cursor>>
  /** Last known display name by side. */
  readonly names: Readonly<Record<string, string>>
  /** The assignment that `setAssignment` last stored, read in one step with the head. */
  readonly assignment?: StoredAssignment
  /** The page is shorter than asked for, because `bytes` were used up. */
  readonly isCut?: true
}

/** A page of a side's list of conversations, newest first. */
export interface ListPage {
  readonly rows: readonly ListRow[]
  /** The page is shorter than asked for, because `bytes` were used up. */
  readonly isCut?: true
}

export interface ListRange {
  /** Rows with `last.at` < before, in ms since the epoch; absent: from the newest. */
  readonly before?: number
  readonly limit: number
  /** At most so many bytes of last messages as JSON, but at least one row; absent: `READ_BYTES`. */
  readonly bytes?: number
}

/** A conversation in a side's list. */
export interface ListRow {
  readonly conversation: string
  readonly head: Head
  readonly last: Message
  readonly cursors: Readonly<Record<string, Cursor>>
  readonly names: Readonly<Record<string, string>>
  readonly assignment?: StoredAssignment
}

/** A conversation's assignment, stored beside its log as a text that the store does not read. */
export interface StoredAssignment {
  readonly text: string
  /** Each change makes a new one. Never ''. */
  readonly version: string
}

export interface NewAssignment {
  readonly conversation: string
  readonly text: string
  /** The version to replace, '' where there is none yet. */
  readonly expect: string
  /** Every later append answers with this word, so that the usual append need not read the assignment. */
  readonly phase: string
  /** From now on the store refuses appends of these sides with an `at` before `until` (absent: all of them). */
  readonly muted?: readonly Mute[]
}

export interface Mute {
  readonly side: string
  readonly until?: number
}

/** Not set, because another version was there: `found`, absent where there was none. */
export type AssignmentSet = { readonly isSet: true; readonly version: string } | { readonly isSet: false; readonly found?: StoredAssignment }

export interface Store {
  /**
   * Appends one entry to its conversation's log and publishes it on the channels of both sides.
   *
   * - Idempotent: the same (conversation, side, from, id) again changes and publishes nothing and answers as the first time,
   *   with `duplicate`.
   * - Dense: the first seq is 1 and each next one is the head's seq + 1, however many appends run at once; none is skipped or given twice.
   * - Chained: `prev` is the client id of the entry before, absent at the first.
   * - Durable before it resolves: a process killed at any later moment finds the entry again.
   * - In order: two appends of one caller to one conversation, made one after the other without waiting, keep their order.
   * - Published after it is durable, in order of seq, exactly the `messagePacket` of the stored entry.
   * - The cursor of the sender's side moves to the new entry; a `name` in the message becomes the side's last known name.
   * - Both sides' lists contain the conversation from then on.
   * - Refused with `Muted` where the side is muted at the message's `at`, and with `NotStarted` where it `isReply` and the log is empty.
   *   A message that was stored before is never refused: it answers as the first time.
   */
  append(message: NewMessage): Promise<Appended>

  /**
   * Reads a page of a log in one atomic step. An empty conversation has no messages, head seq 0, and as epoch the one its first
   * entry will have, or ''.
   * A page that would be larger than `bytes` ends early, at the far end of its range, and says `isCut`; the caller reads on from there.
   */
  read(conversation: string, range: ReadRange): Promise<Page>

  /**
   * Moves a side's cursor forward and publishes `cursorPacket` if it moved.
   * A cursor never moves backwards and never past the head; what is read is delivered. Resolves with the stored cursor.
   */
  advance(cursor: {
    readonly conversation: string
    readonly side: string
    readonly delivered?: number
    readonly read?: number
    readonly origin: string
  }): Promise<Cursor>

  /**
   * Replaces a conversation's assignment, phase and muted sides together.
   *
   * - Only where the stored version is the expected one: of several callers that expect the same version, on any node, one succeeds.
   * - Durable before it resolves; stored as long as the conversation's cursors. The log may be empty.
   * - Appends that begin after it resolved see it; appends that resolved before it began did not.
   * - Idempotent: a driver may send it twice. If another change came between the two, the second answers `isSet: false`.
   * - Publishes nothing.
   */
  setAssignment(assignment: NewAssignment): Promise<AssignmentSet>

  /**
   * Puts another kind and body in an entry's place, so that its words are gone; number, link, author, id and time stay. Resolves with whether the
   * entry of this epoch, number and id was there.
   *
   * - Durable before it resolves; from then on no read and no list has the words.
   * - Idempotent. Of two at once the later one stands.
   * - A message that was replaced is still known: sent again it answers as the first time.
   * - Publishes nothing.
   */
  replace(message: Omit<Message, 'prev'>): Promise<boolean>

  /**
   * Removes a conversation: log, cursors, names, assignment, and its rows in both sides' lists. From then on it reads as if nobody had ever written.
   * Resolves with whether there was anything.
   *
   * - Durable before it resolves. Idempotent.
   * - What was appended before is gone; what is appended from then on begins a new log, with seq 1 and another epoch. A message that was stored
   *   before and is sent again is a new one.
   * - Bounded: however long the log was, it holds up nobody else.
   * - Publishes nothing.
   */
  erase(conversation: string): Promise<boolean>

  /**
   * Some conversations in which nobody has written since `before` (ms since the epoch), at most `limit`; call after call all of them come, in turn.
   * A store that forgets by itself what is old answers none.
   */
  idle(before: number, limit: number): Promise<readonly string[]>

  /**
   * Lists a side's conversations by the time of their last message, newest first, from below `before` where given; those of one millisecond by id,
   * descending.
   * An append that has not resolved yet may be missing from the order; no conversation is ever missing from the list.
   */
  list(side: string, range: ListRange): Promise<ListPage>
}

/**
 * One publish. `origin` is the id of the session that caused it ('' = none), `packet` the bytes for clients, and `push` says which push
 * they are. Backends publish on a user's channel, too: then `origin` is '', `packet` is the backend's JSON object, whose first byte is `{`
 * (a packet starts with a digit), and `push` is absent; the listener makes a push of it. An origin contains no newline and does not
 * start with `{`.
 */
export interface Relayed {
  readonly channel: string
  /** The conversation in which it was published; absent: on the channel alone. */
  readonly conversation?: string
  readonly origin: string
  /** Part of a larger buffer: whoever keeps it copies it. */
  readonly packet: Buffer
  readonly push?: PushHead | undefined
}

export interface Bus {
  /**
   * Once the promise has resolved, every later publish on the channel, by any node, reaches `listener`, in the order of its
   * publisher, while the connection holds. A second subscription to the channel is independent of the first.
   */
  subscribe(channel: string, listener: (relayed: Relayed) => void): Promise<Subscription>

  /** Sends to the current subscribers and stores nothing. Resolves without waiting for them. */
  publish(channel: string, origin: string, packet: string): Promise<void>

  /** The same to whoever subscribes to the channel of one of the conversation's sides, as an append does; in order with what this node publishes so. */
  publishIn(conversation: string, origin: string, packet: string): Promise<void>

  /**
   * Calls `listener` when publishes on `channels` may have been missed, after the channels are subscribed again: the connection was lost and is back,
   * a slot moved, or a publish was lost although nothing broke, which is noticed some seconds later. A subscriber that must miss nothing reads the log
   * then. Returns a function that stops the calls.
   */
  onGap(listener: (channels: readonly string[]) => void): () => void
}

export interface Subscription {
  /** Ends the subscription: once it has resolved, the listener is not called any more. Idempotent. */
  close(): Promise<void>
}
