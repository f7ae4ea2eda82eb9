import { conversationSides } from '../../protocol/keys.ts'
import type { Message } from '../../protocol/model.ts'
import type { ListRow } from '../backbone.ts'
import { Conversation, type Row } from './conversation.ts'
import type { Files } from './files.ts'
import { entryKey, idKey, minuteOf, minuteOfKey, sideKey } from './keys-on-disk.ts'

/** Conversations held in memory although nothing of them is pending, so that the next message finds them. */
const HELD_COUNT = 20_000

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
    const conversation = new Conversation(id, row === undefined ? undefined : JSON.parse(row) as Row)
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

  /** The number that this sender's client id has got already. */
  seqOf(conversation: Conversation, sender: string): number | undefined {
    const seq = conversation.seqs.get(sender)
    if (seq !== undefined || conversation.folded === 0) return seq
    return this.#files.ids.get(idKey(conversation.number, sender))?.readUInt32BE(0)
  }

  /** The entries `from` … `to`, both of which exist. */
  entries(conversation: Conversation, from: number, to: number): Message[] {
    const { folded, number, pending } = conversation
    const entries: Message[] = []
    if (from <= folded) {
      const range = { start: entryKey(number, from), end: entryKey(number, Math.min(to, folded) + 1) }
      for (const { value } of this.#files.log.getRange(range)) entries.push(parse(value))
    }
    for (let seq = Math.max(from, folded + 1); seq <= to; seq++) entries.push(parse(pending[seq - folded - 1]!.json))
    return entries
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
      return {
        conversation: conversation.id,
        head: conversation.head(this.#files.epoch),
        last: this.entries(conversation, seq, seq)[0]!,
        cursors: Object.fromEntries(cursors),
        names: Object.fromEntries(names),
      }
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
