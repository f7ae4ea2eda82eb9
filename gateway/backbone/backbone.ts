/**
 * The ports behind the domain: a Store remembers logs, Records (records.ts) what stands beside them, Images (images.ts) the
 * pictures they point at, a Bus relays and may forget. Two implementations pass one contract suite
 * (test/gateway/backbone/contract.ts, one test a law): `embedded` (one process, files) and `redis`.
 *
 * Deliberately not here: who may do what, routing, presence rules, unread counts (= head - read, computed by whoever
 * asks), rendering of a message to a person. A backbone has no opinion.
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
  /** Ms since the epoch, the same for all nodes of one store however their machines' clocks are set. May step where the store's does. */
  readonly now: () => number
  /** What whoever opened it must run again and again, each about every `everyMs`. A run rejects with Unavailable where it can only be tried again. */
  readonly jobs: readonly { readonly name: string; readonly everyMs: number; run(): Promise<unknown> }[]
  /** Why it cannot serve right now, or undefined when it can. Cheap; `/readyz` asks it. */
  unready(): string | undefined
  /** Lets what is under way finish, then frees every file, timer and connection. */
  close(): Promise<void>
}

/** Thrown (rejected) by every method while the backbone cannot answer: retryable, nothing is known about the outcome. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

/** Thrown (rejected) by an append of a side that may not write here now. Nothing was stored or published. */
export class Muted extends Error {
  override readonly name = 'Muted'
  /** Ms since the epoch; absent: for ever. */
  readonly until: number | undefined
  /** The assignment as it is stored. */
  readonly service: string

  constructor(service: string, until: number | undefined) {
    super('This side is muted.')
    this.service = service
    this.until = until
  }
}

/** Thrown (rejected) by an append that may not be a conversation's first, where nothing was written. Nothing was stored or published. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted'

  constructor() {
    super('Nothing was written in this conversation yet.')
  }
}

/** A message as the domain hands it in; the store adds epoch, seq and prev. */
export interface NewMessage {
  readonly conversation: string
  /** The sender's client id: with `side` and `from` it is the key of idempotency. */
  readonly id: string
  readonly from: string
  readonly side: string
  readonly name?: string
  readonly guest?: true
  readonly kind: string
  readonly body: Body
  /** Ms since the epoch. Where the entry before is later, because a clock stepped, that one's is stored. */
  readonly at: number
  /** The line that sent it; travels with the publish so that it is not echoed there. */
  readonly origin: string
  /** It may not be the conversation's first. */
  readonly isReply?: boolean
}

export interface Appended {
  readonly epoch: string
  readonly seq: number
  readonly prev?: string
  /** `at` of the stored entry, never before the one below it: of the first append, where this was a duplicate. */
  readonly at: number
  readonly duplicate: boolean
  /** The phase that `setAssignment` last gave, as of the same moment; absent: none was ever given. */
  readonly phase?: string
}

export interface ReadRange {
  /** Entries with seq < before, the newest `limit` of them. */
  readonly before?: number
  /** Entries with seq > after, the oldest `limit` of them. Not together with `before`; neither: the newest. */
  readonly after?: number
  readonly limit: number
  /** Bytes of all entries as JSON at most, but never less than one entry; absent: `READ_BYTES`. */
  readonly bytes?: number
}

/** What a reading may bring where its asker names no other size: limits of rows alone let a few long messages fill a node's memory. */
export const READ_BYTES = 524_288

export interface Page {
  /** Ascending by seq. */
  readonly messages: readonly Message[]
  readonly head: Head
  /** The log's cursors by side, as of the same moment as the head. */
  readonly cursors: Readonly<Record<string, Cursor>>
  /** Last known display name by side. */
  readonly names: Readonly<Record<string, string>>
  /** The assignment that `setAssignment` last stored, as of the same moment. */
  readonly service?: StoredAssignment
  /** `bytes` ended it before `limit` or the log did. */
  readonly isCut?: true
}

/** A page of an owner's list. */
export interface ListPage {
  readonly rows: readonly ListRow[]
  /** `bytes` ended it before `limit` or the list did. */
  readonly isCut?: true
}

export interface ListRange {
  /** Rows whose `last.at` is below; absent: from the newest. */
  readonly before?: number
  readonly limit: number
  /** Bytes of all rows' last messages at most, but never less than one row; absent: `READ_BYTES`. */
  readonly bytes?: number
}

/** One row of an owner's list. */
export interface ListRow {
  readonly conversation: string
  readonly head: Head
  readonly last: Message
  readonly cursors: Readonly<Record<string, Cursor>>
  readonly names: Readonly<Record<string, string>>
  readonly service?: StoredAssignment
}

/** How a conversation is served: a text beside its log, on which the store has no opinion. */
export interface StoredAssignment {
  readonly text: string
  /** Another one after each change. Never ''. */
  readonly version: string
}

export interface NewAssignment {
  readonly conversation: string
  readonly text: string
  /** The version that is to be replaced, '' where there is none yet. */
  readonly expect: string
  /** A word that every later append answers with, so that the usual one need not look at the service. */
  readonly phase: string
  /** From now on the appends of these sides are refused whose `at` is before `until` (absent: all). */
  readonly muted?: readonly Mute[]
}

export interface Mute {
  readonly side: string
  readonly until?: number
}

/** Refused: `found` is what is there instead, absent where there is nothing. */
export type AssignmentSet = { readonly isSet: true; readonly version: string } | { readonly isSet: false; readonly found?: StoredAssignment }

export interface Store {
  /**
   * Appends one entry to its conversation's log and publishes it on the conversation's channel.
   *
   * - Idempotent: the same (conversation, side, from, id) again changes and publishes nothing and answers as the first time,
   *   with `duplicate`.
   * - Dense: seq is the head's seq + 1, from 1, whatever runs at once; no number is skipped or given twice.
   * - Chained: `prev` is the client id of the entry before, absent at the first.
   * - Durable before it resolves: a process killed at any later moment finds the entry again.
   * - In order: two appends of one caller to one conversation, made one after the other without waiting, keep their order.
   * - Published after it is durable, in order of seq, exactly the `messagePacket` of the stored entry.
   * - The sender's side has then read and received up to the new entry; its name, where given, becomes the side's last
   *   known name.
   * - Both sides' lists hold the conversation from then on.
   * - Refused with `Muted` where the side is muted at the message's `at`, and with `NotStarted` where it `isReply` and the log is empty; but
   *   what was stored before answers as the first time.
   */
  append(message: NewMessage): Promise<Appended>

  /**
   * Reads a page of a log. A conversation nobody wrote to: no messages, head seq 0, and the epoch its first
   * entry will have or ''.
   * `head`, `messages` and `cursors` are of one moment.
   * Never more than `bytes`, counted where the log is: a page that would be larger ends early, at the far end of its range,
   * and says `isCut`. What was left out is read from there on.
   */
  read(conversation: string, range: ReadRange): Promise<Page>

  /**
   * Moves a side's cursor forward and publishes `cursorPacket` if it moved.
   * Monotone: never backwards; clipped to the head; reading implies receiving. Resolves with the cursor as it is then.
   */
  advance(cursor: {
    readonly conversation: string
    readonly side: string
    readonly delivered?: number
    readonly read?: number
    readonly origin: string
  }): Promise<Cursor>

  /**
   * Replaces a conversation's service, phase and muted sides together.
   *
   * - Only in the version expected: of several that expect the same, at once and from any node, one succeeds.
   * - Durable before it resolves; kept as long as the conversation's cursors. The log may be empty.
   * - An append that begins after it resolved meets it, an append that resolved before did not.
   * - Idempotent: a driver may send it twice. What was set, and replaced before the second time, answers `isSet: false`.
   * - Publishes nothing.
   */
  setAssignment(service: NewAssignment): Promise<AssignmentSet>

  /**
   * A side's conversations by time of the last message, newest first, only those with `last.at < before` where given.
   * It may lag behind an append that has not resolved yet; it never loses a member.
   */
  list(side: string, range: ListRange): Promise<ListPage>
}

/**
 * What travels on a channel. `origin` is the session that caused it ('' = none), `packet` the text for clients, as bytes, and `push` says
 * what kind of push it is. On a user's channel a backend publishes, too: then `origin` is '', `packet` its own JSON object, whose first
 * byte is `{` (a packet's is a digit), and `push` is absent; whoever listens makes a push of it. An origin has no newline and does
 * not start with `{`.
 */
export interface Relayed {
  readonly channel: string
  readonly origin: string
  readonly packet: Buffer
  readonly push?: PushHead | undefined
}

export interface Bus {
  /**
   * From when the promise resolves, every publish on the channel that any node makes later reaches `listener`, in
   * publishing order per publisher, while the connection holds. Subscribing again with another listener is independent.
   */
  subscribe(channel: string, listener: (relayed: Relayed) => void): Promise<Subscription>

  /** Tells whoever is subscribed now; nobody else will ever know. Does not wait for receivers. */
  publish(channel: string, origin: string, packet: string): Promise<void>

  /**
   * Called whenever publishes may have been missed (a lost and regained connection, a moved slot) on `channels`,
   * after they are subscribed again: whoever needs certainty reads. Returns the way to stop.
   */
  onGap(listener: (channels: readonly string[]) => void): () => void
}

export interface Subscription {
  /** No call to the listener follows once this resolved. Idempotent. */
  close(): Promise<void>
}
