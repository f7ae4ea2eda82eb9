import { conversationChannel, conversationSides, sideChannel } from '../../protocol/keys.ts'
import { messageStart } from '../../protocol/packets.ts'
import { inConversation } from './frames.ts'
import { conversationKeys, routeKey, type ConversationKeys } from './keys.ts'
import { hashOf, RecentIds } from './recent-ids.ts'
import { headAfter, NO_HEAD, parseHead, STAMP_LENGTH, type LogHead } from './log-head.ts'
import type { Place } from './ring.ts'

/** What is behind a stamp at a stored entry's beginning: seq, the link, and what identifies the entry. */
const ENTRY = /^(\d+),(?:"prev":("(?:[^"\\]|\\.)*"),)?("id":"(?:[^"\\]|\\.)*","from":"(?:[^"\\]|\\.)*","side":"(?:[^"\\]|\\.)*",)/s

export interface StoredEntry {
  readonly stamp: string
  readonly seq: number
  /** As JSON; undefined at the first. */
  readonly prev: string | undefined
  /** The JSON of id, sender and side. */
  readonly identity: string
}

/** What is enough of a packet for all that `ENTRY` reads. */
const ENTRY_BYTES = 2048

export function entryOf(stored: string): StoredEntry | undefined {
  const found = ENTRY.exec(stored.slice(STAMP_LENGTH))
  if (found === null) return undefined
  return { stamp: stored.slice(0, STAMP_LENGTH), seq: Number(found[1]), prev: found[2], identity: found[3]! }
}

const NONE: ReadonlySet<string> = new Set()

/**
 * What a node knows of one conversation's log: the head as Redis last confirmed it, the client ids of the newest entries, and the head as it will be when
 * the batch under way has been carried out.
 *
 *   cold ── refused ──→ known ── written ──→ known        the head that we wrote is the next one to expect
 *    ↑                   │  └─── refused, others wrote ──→ known, with their ids
 *    └── refused, and Redis has another log than we knew ─┘
 *
 * A log that lost entries (a failover) has another stamp at the same seq, or ends before it. Nothing of what was known is true then, above all
 * not the ids: a message that its sender offers again would be answered as a duplicate of an entry that is gone.
 */
export class KnownLog {
  readonly conversation: string
  readonly keys: ConversationKeys
  /** What an append reads and writes. */
  readonly headAndLog: readonly string[]
  /** What picks its server. */
  readonly channel: string
  readonly sideChannels: readonly [string, string]
  /** Of these channels. */
  readonly routes: readonly [string, string]
  /** As nodes' inboxes call it. */
  readonly name: string
  readonly sides: readonly [string, string]
  /** Display names by side that this node wrote, as JSON, and nobody else has written since. */
  names: readonly (readonly [side: string, name: string])[] = []
  /** When this node last set how long log and meta stay, by `performance.now()`. */
  keptAt = -Infinity
  /** Per side: what this node wrote into its list. */
  listed: (Listed | undefined)[] = []
  readonly #windowCount: number
  readonly #ids: RecentIds
  #start = { epoch: '', text: '', bytes: 0 }
  #head: LogHead = NO_HEAD
  #ahead: LogHead = NO_HEAD
  #batch: object | undefined
  /** Hash and seq, in turn, of what the batch under way writes. */
  #written: number[] = []
  #isFirst = true
  /** Stamps of the entries that a refusal of the batch under way told of: up to 60 kB, so they go with the batch. */
  #stamps = NONE

  constructor(conversation: string, { windowCount, place }: { windowCount: number; place: Place }) {
    const sides = conversationSides(conversation)
    if (sides === undefined) throw new TypeError(`Not a conversation: ${conversation}`)
    this.conversation = conversation
    this.sides = sides
    this.keys = conversationKeys(conversation)
    this.headAndLog = [this.keys.head, this.keys.log]
    this.channel = conversationChannel(conversation)
    this.sideChannels = [sideChannel(sides[0]), sideChannel(sides[1])]
    this.routes = [routeKey(place.start, this.sideChannels[0]), routeKey(place.start, this.sideChannels[1])]
    this.name = inConversation(conversation)
    this.#windowCount = windowCount
    this.#ids = new RecentIds(windowCount)
  }

  /** The beginning of the log's packets, up to the seq. */
  start(epoch: string): { readonly text: string; readonly bytes: number } {
    if (this.#start.epoch !== epoch) {
      const text = `2["messagePush",${messageStart(this.conversation, epoch)}`
      this.#start = { epoch, text, bytes: Buffer.byteLength(text) }
    }
    return this.#start
  }

  /** The head to expect for the next operation of this batch. What an earlier batch foretold and Redis has not confirmed is not believed. */
  in(batch: object): LogHead {
    this.#isFirst = this.#batch !== batch
    if (this.#isFirst) {
      if (this.#ahead !== this.#head) this.#forgetBeside()
      this.#batch = batch
      this.#ahead = this.#head
      this.#written = []
      this.#stamps = NONE
    }
    return this.#ahead
  }

  /** Whether the operation that asked last for its head is the first of the batch: no other can be refused that must come before it. */
  get isFirst(): boolean {
    return this.#isFirst
  }

  /** The newest entry below `before` that may be of this identity, with what the batch under way writes; 0: none is. */
  find(hash: number, before: number): number {
    for (let i = this.#written.length - 2; i >= 0; i -= 2) {
      const seq = this.#written[i + 1]!
      if (this.#written[i] === hash && seq < before) return seq
    }
    const seq = this.#ids.find(hash, before)
    return this.#ahead.seq - seq < this.#windowCount ? seq : 0
  }

  write(hash: number, next: Parameters<typeof headAfter>[1]): LogHead {
    this.#ahead = headAfter(this.#ahead, next)
    this.#written.push(hash, this.#ahead.seq)
    return this.#ahead
  }

  confirm(head: LogHead, hash: number): void {
    this.#head = head
    this.#ids.add(head.seq, hash)
  }

  /**
   * Redis refused: not `expected` is its head but this one, and these are the log's newest entries, from the expected head's own on if Redis takes it
   * for one of this log.
   */
  learn(expected: LogHead, text: string, stored: readonly string[]): void {
    const head = parseHead(text)
    const entries = stored.map(entryOf)
    this.#stamps = new Set(entries.map((entry) => entry?.stamp ?? ''))
    this.#batch = undefined
    this.#forgetBeside()
    if (head.text === this.#head.text) return
    const isContinued =
      expected.seq > 0 && head.epoch === expected.epoch && head.seq >= expected.seq && head.seq - expected.seq + 1 < this.#windowCount
    if (isContinued) {
      const [first] = entries
      const isOne = first === undefined ? head.stamp === expected.stamp : first.seq === expected.seq && first.stamp === expected.stamp
      if (!isOne || expected.text !== this.#head.text) return this.forget()
    } else {
      this.#ids.clear()
      if (this.#head.seq > 0) this.listed = []
    }
    for (const entry of isContinued ? entries.slice(1) : entries) if (entry !== undefined) this.#ids.add(entry.seq, hashOf(entry.identity))
    this.#head = this.#ahead = head
  }

  /**
   * Somebody's write was published: where it follows what is known here, it is known, too, and the next append of this node is not refused. Not while a
   * batch of this node is under way: its answer and the publish come on two connections.
   */
  hear(write: Buffer, packet: Buffer): void {
    const known = this.#head
    if (known.seq === 0 || this.#ahead !== known || !isAt(write, known.stamp)) return
    const head = parseHead(write.toString('utf8', STAMP_LENGTH + 1) + known.assignment.text)
    const { bytes } = this.start(known.epoch)
    const found = ENTRY.exec(packet.toString('utf8', bytes, bytes + ENTRY_BYTES))
    if (head.epoch !== known.epoch || head.seq !== known.seq + 1 || found === null || Number(found[1]) !== head.seq) return
    this.#ids.add(head.seq, hashOf(found[3]!))
    this.#batch = undefined
    this.#head = this.#ahead = head
    // its name may be another
    const by = this.sides.find((_, i) => head.written[i] === head.seq)
    if (this.names.length > 0) this.names = this.names.filter(([side]) => side !== by)
  }

  /** This node replaced the assignment; `lines` are what the head says of it. Where others wrote meanwhile, the next append is refused, and learns. */
  assigned(lines: string): void {
    const { text, assignment, seq } = this.#head
    if (seq === 0 || this.#ahead !== this.#head) return
    this.#head = this.#ahead = parseHead(text.slice(0, text.length - assignment.text.length) + lines)
  }

  /** Whether a refusal of the batch under way told of this write: it had been carried out, and its answer was lost. */
  wasWritten({ stamp }: LogHead): boolean {
    return this.#stamps.has(stamp)
  }

  /** All but what is under way: the next append is refused, and learns. */
  forget(): void {
    this.#head = this.#ahead = NO_HEAD
    this.#batch = undefined
    this.#ids.clear()
    this.listed = []
    this.#forgetBeside()
  }

  /** What this node wrote beside the log may not have been written, or somebody else has written since. */
  #forgetBeside(): void {
    this.names = []
    this.keptAt = -Infinity
  }
}

/** From its end: of the stamps of one node, the ends differ. */
function isAt(write: Buffer, stamp: string): boolean {
  for (let i = STAMP_LENGTH - 1; i >= 0; i--) if (write[i] !== stamp.charCodeAt(i)) return false
  return true
}

/** A side's list that this node entered the conversation into. */
export interface Listed {
  readonly second: number
  /** By `performance.now()`. */
  readonly at: number
  readonly isForGood: boolean
}
