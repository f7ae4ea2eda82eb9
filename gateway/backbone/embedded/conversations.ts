import { conversationSides } from '../../protocol/keys.ts'
import type { Message } from '../../protocol/model.ts'
import type { ListPage, ListRow, Page } from '../backbone.ts'
import { Conversation, isSame, type Row } from './conversation.ts'
import type { Files } from './files.ts'
import { IdMarks } from './id-marks.ts'
import { entryKey, hashOfIdKey, idHash, idKey, minuteOf, minuteOfKey, sideKey, type IdHash } from './keys-on-disk.ts'
import { lines } from './log-rows.ts'
import { TurnBudget } from './turn-budget.ts'

/** So many conversations stay in memory although nothing of them is pending, because their next messages will need them. */
const HELD_COUNT = 5000

/** After so many looks for a client id, all ids of a log that is no longer than this are read once: about a millisecond. */
const LOOKS_BEFORE_MARKS = 16
const MARKED_AT_ONCE = 1_000

/** One call of `idle` looks at so many rows, which takes some milliseconds. */
const IDLE_ROWS = 2000

type Author = Pick<Message, 'from' | 'side' | 'id'>
/** `json` may be LMDB's own memory: parse it before asking for the next entry. */
interface Entry {
  readonly seq: number
  readonly json: Buffer
}

interface EntryRange {
  readonly first: number
  readonly last: number
  readonly bytes: number
  readonly isNewest: boolean
}

/** All conversations, in memory or in `main`. Reading shows durable entries only. */
export class Conversations {
  readonly #files: Files
  readonly #held = new Map<string, Conversation>()
  /** Those with something that is not in `main`, in the order in which they began to wait. */
  readonly pendingConversations = new Set<Conversation>()
  /** The same by side: `sides` has no row of them, or an old one. */
  readonly #pendingBySide = new Map<string, Set<Conversation>>()
  /** Where the next `idle` begins. */
  #idleFrom: Buffer = Buffer.alloc(0)
  /** Limits what all readers together read in one turn of the event loop. */
  readonly budget = new TurnBudget()

  constructor(files: Files) {
    this.#files = files
  }

  /** To be written to. */
  get(id: string): Conversation {
    return this.find(id) ?? this.#hold(new Conversation(id, this.#files.epoch))
  }

  /** Undefined: nothing was ever written, and a look at it leaves nothing behind. */
  find(id: string): Conversation | undefined {
    const held = this.#held.get(id)
    if (held !== undefined) return held
    const row = this.#files.rows.get(Buffer.from(id))
    return row === undefined ? undefined : this.#hold(new Conversation(id, this.#files.epoch, JSON.parse(row.toString()) as Row))
  }

  #hold(conversation: Conversation): Conversation {
    this.#held.set(conversation.id, conversation)
    if (this.#held.size > HELD_COUNT) this.#release()
    return conversation
  }

  /** Notes that the batch will contain something of the conversation. */
  touch(conversation: Conversation, batch: number): void {
    conversation.lastBatch = batch
    if (this.pendingConversations.has(conversation)) return
    conversation.firstBatch = batch
    this.pendingConversations.add(conversation)
    for (const side of conversationSides(conversation.id) ?? []) {
      const others = this.#pendingBySide.get(side)
      if (others === undefined) this.#pendingBySide.set(side, new Set([conversation]))
      else others.add(conversation)
    }
  }

  /** Notes that `main` has all of the conversation up to and including `batch`. */
  checkpointed(conversation: Conversation, batch: number): void {
    this.pendingConversations.delete(conversation)
    if (conversation.lastBatch > batch) {
      conversation.firstBatch = batch + 1
      this.pendingConversations.add(conversation)
      return
    }
    for (const side of conversationSides(conversation.id) ?? []) {
      const others = this.#pendingBySide.get(side)
      others?.delete(conversation)
      if (others?.size === 0) this.#pendingBySide.delete(side)
    }
  }

  /** The seq of the message that this author has already sent with this client id, whose hash is `hash`; undefined where there is none. */
  seqOf(conversation: Conversation, message: Author, hash: IdHash): number | undefined {
    const seq = conversation.seqOf(message, hash)
    if (seq !== undefined || conversation.checkpointed === 0) return seq
    const checkpointed = this.#checkpointedSeqOf(conversation, message, hash)
    if (checkpointed !== undefined || message.from === message.side) return checkpointed
    // older builds filed an agent's message under the agent's id alone
    return this.#checkpointedSeqOf(conversation, message, idHash(message.from, message.id))
  }

  #checkpointedSeqOf(conversation: Conversation, message: Author, hash: IdHash): number | undefined {
    if (this.#marksOf(conversation)?.mayHave(hash) === false) return undefined
    const checkpointed = this.#files.ids.get(idKey(conversation.number, hash))?.readUInt32BE(0)
    if (checkpointed === undefined) return undefined
    // the key is a hash, so the entry itself is compared
    return isSame(this.entry(conversation, checkpointed), message) ? checkpointed : undefined
  }

  /** Of a log of an earlier process only once it is busy: a single message does not pay for reading all ids. */
  #marksOf(conversation: Conversation): IdMarks | undefined {
    const { marks, number, checkpointed } = conversation
    if (marks !== undefined || checkpointed > MARKED_AT_ONCE || ++conversation.lookCount < LOOKS_BEFORE_MARKS) return marks
    const read = new IdMarks()
    const range = { start: idKey(number, { high: 0, low: 0 }), end: idKey(number + 1, { high: 0, low: 0 }) }
    for (const key of this.#files.ids.raw.getKeys(range)) read.add(hashOfIdKey(key))
    return (conversation.marks = read)
  }

  entry(conversation: Conversation, seq: number): Message | undefined {
    return this.page(conversation, { first: seq, last: seq, bytes: 0, isNewest: true }).messages[0]
  }

  /** Reads entries from `first` to `last`, ascending: as many of the newest, or of the oldest, as fit into `bytes`, and at least one. */
  page(conversation: Conversation, { first, last, bytes, isNewest }: EntryRange): Pick<Page, 'messages' | 'isCut'> {
    const messages: Message[] = []
    if (first > last) return { messages }
    let left = bytes
    let isCut = false
    for (const { seq, json } of isNewest ? this.#descending(conversation, last) : this.#ascending(conversation, first)) {
      if (isNewest ? seq < first : seq > last) break
      this.budget.spend(json.length)
      left -= json.length
      isCut = left < 0 && messages.length > 0
      if (isCut) break
      messages.push(parse(json))
    }
    if (isNewest) messages.reverse()
    return isCut ? { messages, isCut } : { messages }
  }

  /** The entries from `from` on. A row is read only when its first entry is asked for. */
  *#ascending(conversation: Conversation, from: number): Generator<Entry> {
    const { number, checkpointed, pending } = conversation
    if (from <= checkpointed) {
      const { log } = this.#files
      // the row that contains `from` starts at or below it
      const [start] = log.raw.getKeys({ start: entryKey(number, from), end: entryKey(number, 0), reverse: true, limit: 1 })
      if (start === undefined) return
      for (const { key, value } of log.getRange({ start, end: entryKey(number, checkpointed + 1) })) {
        let seq = key.readUInt32BE(4)
        for (const json of lines(value)) {
          if (seq >= from) yield { seq, json: conversation.replacementOf(seq) ?? json }
          seq++
        }
      }
    }
    for (let seq = Math.max(from, checkpointed + 1); seq <= checkpointed + pending.length; seq++) {
      yield { seq, json: conversation.json(seq - checkpointed - 1) }
    }
  }

  /** The entries from `from` down. */
  *#descending(conversation: Conversation, from: number): Generator<Entry> {
    const { number, checkpointed } = conversation
    for (let seq = from; seq > checkpointed; seq--) yield { seq, json: conversation.json(seq - checkpointed - 1) }
    if (checkpointed === 0) return
    const start = entryKey(number, Math.min(from, checkpointed))
    for (const { key, value } of this.#files.log.getRange({ start, end: entryKey(number, 0), reverse: true })) {
      const run = [...lines(value)]
      for (let seq = key.readUInt32BE(4) + run.length - 1; run.length > 0; seq--) {
        const json = run.pop()!
        if (seq <= from) yield { seq, json: conversation.replacementOf(seq) ?? json }
      }
    }
  }

  list(side: string, { before, limit, bytes }: { before: number; limit: number; bytes: number }): ListPage {
    const pendingConversations = this.#pendingBySide.get(side) ?? NONE
    const { found, after } = newest(pendingConversations, { before, limit })
    this.#collectFiled(side, { before, after, limit }, (conversation) => {
      if (pendingConversations.has(conversation) || conversation.durable.at >= before) return false
      found.push(conversation)
      return true
    })
    const rows: ListRow[] = []
    let left = bytes
    for (const conversation of found.sort(byTime).slice(0, limit)) {
      const { seq, cursors, names } = conversation.durable
      const [entry] = this.#descending(conversation, seq)
      this.budget.spend(entry!.json.length)
      left -= entry!.json.length
      if (left < 0 && rows.length > 0) return { rows, isCut: true }
      rows.push({ conversation: conversation.id, head: conversation.head, last: parse(entry!.json), cursors, names, ...conversation.assignmentField })
    }
    return { rows }
  }

  /**
   * Calls `take` with the side's conversations in `sides`, latest minute first, until it has taken `limit` and all others of the last minute, or until
   * they are older than `after`.
   */
  #collectFiled(
    side: string,
    { before, after, limit }: { before: number; after: number; limit: number },
    take: (conversation: Conversation) => boolean,
  ): void {
    let taken = 0
    let minute = -1
    const last = after === -Infinity ? 0 : minuteOf(after)
    const start = sideKey(side, before === Infinity ? 0xffff_ffff : minuteOf(before), 0xffff_ffff)
    for (const { key, value } of this.#files.sides.getRange({ start, end: sideKey(side, 0, 0), reverse: true })) {
      if (taken >= limit && minuteOfKey(key) !== minute) return
      minute = minuteOfKey(key)
      if (minute < last) return
      if (take(this.get(value.toString()))) taken++
    }
  }

  /**
   * Conversations whose last message is older than `before`. Looks at a few thousand rows of `sides` a call and goes on there at the next; what is not
   * in `main` yet is looked at each time.
   */
  idle(before: number, limit: number): string[] {
    const found = new Set<string>()
    for (const { id, durable } of this.pendingConversations) {
      if (found.size >= limit) return [...found]
      if (durable.seq > 0 && durable.at < before) found.add(id)
    }
    let looked = 0
    for (const key of this.#files.sides.raw.getKeys({ start: this.#idleFrom })) {
      this.#idleFrom = key
      if (found.size >= limit || ++looked > IDLE_ROWS) return [...found]
      if (minuteOfKey(key) > minuteOf(before)) continue
      const { id, durable } = this.get(this.#files.sides.get(key)!.toString())
      if (durable.seq > 0 && durable.at < before) found.add(id)
    }
    this.#idleFrom = Buffer.alloc(0)
    return [...found]
  }

  #release(): void {
    let looked = 0
    for (const [id, conversation] of this.#held) {
      if (++looked > 4) return
      this.#held.delete(id)
      if (this.pendingConversations.has(conversation)) this.#held.set(id, conversation)
    }
  }
}

const NONE: ReadonlySet<Conversation> = new Set()

const byTime = (a: Conversation, b: Conversation): number => b.durable.at - a.durable.at || (a.id < b.id ? 1 : -1)

/**
 * At least the newest `limit` that were written to before `before`. `after`: all others are older. Thousands wait for a checkpoint in a busy shop, so only
 * what may be among the newest is sorted.
 */
function newest(all: Iterable<Conversation>, { before, limit }: { before: number; limit: number }): { found: Conversation[]; after: number } {
  const found: Conversation[] = []
  let after = -Infinity
  for (const conversation of all) {
    const { seq, at } = conversation.durable
    if (seq === 0 || at >= before || at < after) continue
    found.push(conversation)
    if (found.length < limit * 4) continue
    found.sort(byTime)
    found.length = limit
    after = found.at(-1)!.durable.at
  }
  return { found, after }
}

const parse = (json: Buffer): Message => JSON.parse(json.toString()) as Message
