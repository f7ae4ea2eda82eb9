import { conversationChannel, conversationSides, sideChannel } from '../../protocol/keys.ts'
import { messageStart } from '../../protocol/packets.ts'
import { inConversation } from './frames.ts'
import { conversationKeys, routeKey, type ConversationKeys } from './keys.ts'
import { hashOf, RecentIds } from './recent-ids.ts'
import { headAfter, NO_HEAD, parseHead, STAMP_LENGTH, type LogHead } from './log-head.ts'
import type { Place } from './ring.ts'

/** How a stored entry goes on behind its stamp: seq, link, and what identifies the message. */
const ENTRY = /^(\d+),(?:"prev":("(?:[^"\\]|\\.)*"),)?("id":"(?:[^"\\]|\\.)*","from":"(?:[^"\\]|\\.)*","side":"(?:[^"\\]|\\.)*",)/s

export interface StoredEntry {
  readonly stamp: string
  readonly seq: number
  /** As JSON; undefined at the first. */
  readonly prev: string | undefined
  /** The JSON of id, sender and side. */
  readonly identity: string
}

/** `ENTRY` reads no more of a packet than this. */
const ENTRY_BYTES = 2048

export function entryOf(stored: string): StoredEntry | undefined {
  const found = ENTRY.exec(stored.slice(STAMP_LENGTH))
  if (found === null) return undefined
  return { stamp: stored.slice(0, STAMP_LENGTH), seq: Number(found[1]), prev: found[2], identity: found[3]! }
}

const NONE: readonly string[] = []

/**
 * What a node knows of one conversation's log: the head as Redis last confirmed it, the client ids of the newest entries, and the head as it will be when
 * the batch under way has been carried out.
 *
 *   cold ── refused ──→ known ── written ──→ known        the head that we wrote is the next one to expect
 *    ↑                   │  └─── refused, others wrote ──→ known, with their ids
 *    └── refused, and Redis has another log than we knew ─┘
 *
 * A log that lost entries (a failover) has another stamp at the same seq, or ends before it. Then nothing of what was known is true, above all not
 * the ids: a message that its sender offers again would be answered as a duplicate of an entry that is gone.
 */
export class KnownLog {
  readonly conversation: string
  readonly keys: ConversationKeys
  /** The keys that an append reads and writes. */
  readonly headAndLog: readonly string[]
  /** Picks the server. */
  readonly channel: string
  readonly sideChannels: readonly [string, string]
  /** Keys of the routes of both side channels. */
  readonly routes: readonly [string, string]
  /** The conversation as entries of inboxes name it. */
  readonly name: string
  readonly sides: readonly [string, string]
  /** Display names, as JSON, that this node has written and that nobody has replaced since. */
  names: readonly (readonly [side: string, name: string])[] = []
  /** When this node last set the expiry of log and meta, by `performance.now()`. */
  keptAt = -Infinity
  /** For each side: what this node wrote into its list. */
  listed: (Listed | undefined)[] = []
  /** So many appends more let Redis number them, because another node writes in this conversation at the same time. */
  insistsLeft = 0
  readonly #windowCount: number
  readonly #ids: RecentIds
  #start = { epoch: '', text: '', bytes: 0 }
  #head: LogHead = NO_HEAD
  #ahead: LogHead = NO_HEAD
  #batch: object | undefined
  /** Hash and seq of each entry that the batch under way writes, in turn. */
  #written: number[] = []
  /** Stamps of the entries in a refusal of the batch under way: up to 60 kB, so they are dropped with the batch. */
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

  /** The head that the next operation of this batch is to expect. What an earlier batch was to write and Redis has not confirmed does not count. */
  in(batch: object): LogHead {
    if (this.#batch !== batch) {
      if (this.#ahead !== this.#head) this.#forgetBeside()
      this.#batch = batch
      this.#ahead = this.#head
      this.#written = []
      this.#stamps = NONE
    }
    return this.#ahead
  }

  /** Whether the batch under way writes an entry already whose number is known: what insists may not come behind it. */
  get isWriting(): boolean {
    return this.#written.length > 0
  }

  /** Seq of the newest entry below `before` that may have this identity, entries of the batch under way included; 0: there is none. */
  find(hash: number, before: number): number {
    for (let i = this.#written.length - 2; i >= 0; i -= 2) {
      const seq = this.#written[i + 1]!
      if (this.#written[i] === hash && seq < before) return seq
    }
    const seq = this.#ids.find(hash, before)
    return this.#ahead.seq - seq < this.#windowCount ? seq : 0
  }

  /** Makes the head that the next entry of the batch under way will leave. */
  write(hash: number, next: Parameters<typeof headAfter>[1]): LogHead {
    this.#ahead = headAfter(this.#ahead, next)
    this.#written.push(hash, this.#ahead.seq)
    return this.#ahead
  }

  /** Redis has written the entry of this head. */
  confirm(head: LogHead, hash: number): void {
    this.#head = head
    this.#ids.add(head.seq, hash)
  }

  /**
   * Redis refused, because its head is not `expected` but `text`. `stored`: the log's newest entries, from the expected head's own on if that seems to be
   * of this log.
   */
  learn(expected: LogHead, text: string, stored: readonly string[]): void {
    const head = parseHead(text)
    this.#stamps = stored.map((entry) => entry.slice(0, STAMP_LENGTH))
    this.#batch = undefined
    this.#forgetBeside()
    if (head.text === this.#head.text) return
    let news = stored
    if (expected.seq > 0 && head.epoch === expected.epoch && head.seq >= expected.seq && head.seq - expected.seq + 1 < this.#windowCount) {
      // the known head may be behind the expected one, by what was heard since or an earlier reply of this batch told
      const { seq, stamp, epoch } = this.#head
      if (epoch === head.epoch && seq > head.seq) return
      const known = stored[seq - expected.seq]
      if (known === undefined ? stored.length > 0 || stamp !== head.stamp : !known.startsWith(`${stamp}${seq},`)) return this.forget()
      news = stored.slice(seq - expected.seq + 1)
    } else {
      this.#ids.clear()
      if (this.#head.seq > 0) this.listed = []
    }
    for (const one of news) {
      const entry = entryOf(one)
      if (entry !== undefined) this.#ids.add(entry.seq, hashOf(entry.identity))
    }
    this.#head = this.#ahead = head
  }

  /**
   * An append was published. Where it follows the known head, its own head is known from now on, and this node's next append is not refused. Ignored while a
   * batch of this node is under way, because the reply and the publish come on two connections.
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
    // it may have brought another name
    const by = this.sides.find((_, i) => head.written[i] === head.seq)
    if (this.names.length > 0) this.names = this.names.filter(([side]) => side !== by)
  }

  /**
   * This node replaced the assignment, of which the head now has `lines`. Where others have written meanwhile, the next append is refused, and the
   * node learns.
   */
  assigned(lines: string): void {
    const { text, assignment, seq } = this.#head
    if (seq === 0 || this.#ahead !== this.#head) return
    this.#head = this.#ahead = parseHead(text.slice(0, text.length - assignment.text.length) + lines)
  }

  /** Whether the entry of this head was in a refusal of the batch under way: it had been written, and the reply was lost. */
  wasWritten({ stamp }: LogHead): boolean {
    return this.#stamps.includes(stamp)
  }

  /** Forgets all but what is under way: the next append is refused, and the node learns. */
  forget(): void {
    this.#head = this.#ahead = NO_HEAD
    this.#batch = undefined
    this.#ids.clear()
    this.listed = []
    this.#forgetBeside()
  }

  /** What this node wrote beside the log may be lost, or replaced by somebody else. */
  #forgetBeside(): void {
    this.names = []
    this.keptAt = -Infinity
  }
}

/** Compares from the end, because the stamps of one node differ there. */
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
