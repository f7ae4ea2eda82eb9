import { conversationSides } from '../../protocol/keys.ts'
import type { Message } from '../../protocol/model.ts'
import type { ListRow } from '../backbone.ts'
import { authorOf, Conversation, jsonOf, type Row } from './conversation.ts'
import type { Files } from './files.ts'
import { entryKey, idKey, minuteOf, minuteOfKey, sideKey } from './keys-on-disk.ts'
import { lines } from './lines.ts'

/** Conversations held in memory although nothing of them is pending, so that the next message finds them. */
const HELD_COUNT = 20_000

type Author = Pick<Message, 'from' | 'side' | 'id'>

/** All conversations: those in memory, and behind them those in `main`. Reading, always of what is durable. */
export class Conversations {
  readonly #files: Files
  readonly #held = new Map<string, Conversation>()
  /** Those with something that is not in `main`, longest first. */
  readonly unfolded = new Set<Conversation>()
  /** The same by side, because `sides` knows nothing of them, or something old. */
  readonly #unfoldedBySide = new Map<string, Set<Conversation>>()

  constructor(files: Files) {
    this.#files = files
  }

  get(id: string): Conversation {
    const held = this.#held.get(id)
    if (held !== undefined) return held
    const row = this.#files.rows.get(Buffer.from(id))
    const conversation = new Conversation(id, this.#files.epoch, row === undefined ? undefined : JSON.parse(row) as Row)
    this.#held.set(id, conversation)
    if (this.#held.size > HELD_COUNT) this.#release()
    return conversation
  }

  /** The batch will hold something of the conversation. */
  touch(conversation: Conversation, batch: number): void {
    conversation.lastBatch = batch
    if (this.unfolded.has(conversation)) return
    conversation.firstBatch = batch
    this.unfolded.add(conversation)
    for (const side of conversationSides(conversation.id) ?? []) {
      const others = this.#unfoldedBySide.get(side)
      if (others === undefined) this.#unfoldedBySide.set(side, new Set([conversation]))
      else others.add(conversation)
    }
  }

  /** `main` holds all of it that the journal held up to and with `batch`. */
  folded(conversation: Conversation, batch: number): void {
    this.unfolded.delete(conversation)
    if (conversation.lastBatch > batch) {
      conversation.firstBatch = batch + 1
      this.unfolded.add(conversation)
      return
    }
    for (const side of conversationSides(conversation.id) ?? []) {
      const others = this.#unfoldedBySide.get(side)
      others?.delete(conversation)
      if (others?.size === 0) this.#unfoldedBySide.delete(side)
    }
  }

  /** The number that this author's client id has got already. */
  seqOf(conversation: Conversation, message: Author): number | undefined {
    const author = authorOf(message)
    const seq = conversation.seqOf(author, message.id)
    if (seq !== undefined || conversation.folded === 0) return seq
    const folded = this.#foldedSeqOf(conversation, author, message)
    // an agent's, filed when an author was known by id alone
    return folded === undefined && author !== message.from ? this.#foldedSeqOf(conversation, message.from, message) : folded
  }

  #foldedSeqOf(conversation: Conversation, author: string, { from, side, id }: Author): number | undefined {
    const folded = this.#files.ids.getBinaryFast(idKey(conversation.number, author, id))?.readUInt32BE(0)
    if (folded === undefined) return undefined
    // The key is a hash: only the entry itself is proof.
    const [entry] = this.entries(conversation, folded, folded)
    return entry?.from === from && entry.side === side && entry.id === id ? folded : undefined
  }

  /** The entries `from` … `to`, both of which exist. */
  entries(conversation: Conversation, from: number, to: number): Message[] {
    const { folded, pending } = conversation
    const entries: Message[] = []
    if (from <= folded) this.#collectFolded(conversation.number, { from, to: Math.min(to, folded) }, entries)
    for (let seq = Math.max(from, folded + 1); seq <= to; seq++) entries.push(parse(jsonOf(pending[seq - folded - 1]!)))
    return entries
  }

  #collectFolded(number: number, { from, to }: { from: number; to: number }, entries: Message[]): void {
    const { log } = this.#files
    // The run that holds `from` starts at or below it.
    const [start] = log.getKeys({ start: entryKey(number, from), end: entryKey(number, 0), reverse: true, limit: 1 })
    if (start === undefined) return
    for (const { key, value } of log.getRange({ start, end: entryKey(number, to + 1) })) {
      let seq = key.readUInt32BE(4)
      for (const line of lines(value)) {
        if (seq >= from && seq <= to) entries.push(parse(line))
        seq++
      }
    }
  }

  list(side: string, before: number, limit: number): ListRow[] {
    const unfolded = this.#unfoldedBySide.get(side) ?? new Set<Conversation>()
    const found = [...unfolded].filter(({ durable }) => durable.seq > 0 && durable.at < before)
    this.#collectFiled(side, { before, limit }, (conversation) => {
      if (unfolded.has(conversation) || conversation.durable.at >= before) return false
      found.push(conversation)
      return true
    })
    return found.sort((a, b) => b.durable.at - a.durable.at).slice(0, limit).map((conversation) => {
      const { seq, cursors, names } = conversation.durable
      const [last] = this.entries(conversation, seq, seq)
      const head = conversation.head(this.#files.epoch)
      return { conversation: conversation.id, head, last: last!, cursors, names, ...conversation.service }
    })
  }

  /** Offers the side's filed conversations, latest minute first, until `limit` were taken and their minute is complete. */
  #collectFiled(
    side: string, { before, limit }: { before: number; limit: number }, take: (conversation: Conversation) => boolean,
  ): void {
    let taken = 0
    let minute = -1
    const start = sideKey(side, before === Infinity ? 0xffff_ffff : minuteOf(before), 0xffff_ffff)
    for (const { key, value } of this.#files.sides.getRange({ start, end: sideKey(side, 0, 0), reverse: true })) {
      if (taken >= limit && minuteOfKey(key) !== minute) return
      minute = minuteOfKey(key)
      if (take(this.get(value))) taken++
    }
  }

  #release(): void {
    let looked = 0
    for (const [id, conversation] of this.#held) {
      if (++looked > 4) return
      this.#held.delete(id)
      if (this.unfolded.has(conversation)) this.#held.set(id, conversation)
    }
  }
}

const parse = (json: Buffer): Message => JSON.parse(json.toString()) as Message
