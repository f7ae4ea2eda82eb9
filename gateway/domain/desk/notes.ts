/**
 * Notes of agents about a conversation. They are stored beside the log, not in it: the customer's log has no gaps, and no command or push of a
 * customer leads here. One record a note; only its author may change it.
 */
import type { Bus } from '../../backbone/backbone.ts'
import type { Item, Records } from '../../backbone/records.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { Note } from '../../protocol/model.ts'
import { noteConversation } from '../customer-data/noted-conversations.ts'
import { access, type Caller } from '../messaging/access.ts'
import { firstThatFit } from '../answer-size.ts'
import { checkKey, isInvisible } from '../untrusted-text.ts'
import { imagesIn, type Images } from '../messaging/images.ts'
import { pushToSide } from '../push-to-side.ts'
import { Refusal } from '../refusal.ts'
import { KeyedQueue } from '../keyed-queue.ts'

/** One author may save through two nodes at once. */
const ATTEMPTS = 3

export interface NotesOptions {
  readonly records: Records
  readonly bus: Bus
  readonly images: Images
  readonly now: () => number
  /** How long a note is stored, in ms; 0: as long as its conversation. */
  readonly keepMs: number
}

export class Notes {
  readonly #options: NotesOptions
  readonly #queue = new KeyedQueue()

  constructor(options: NotesOptions) {
    this.#options = options
  }

  async of(caller: Caller, input: CommandInput<'notes'>): Promise<CommandAnswer<'notes'>> {
    const { conversation } = access(caller.identity, input)
    const items = await this.#options.records.items(collectionOf(conversation), this.#options.now())
    // of more than an answer has room for, the newest
    return { ok: true, notes: firstThatFit(items.map(noteOf).sort(byTime).reverse()).toReversed() }
  }

  async save(caller: Caller, input: CommandInput<'saveNote'>): Promise<CommandAnswer<'saveNote'>> {
    const { identity, sid } = caller
    const { conversation } = access(identity, input)
    const { id, text } = input
    checkKey(id)
    if (text !== '' && isInvisible(text)) throw new Refusal('text_empty')
    const { name } = identity
    const fresh: Note = { id, by: name === undefined ? { id: identity.id } : { id: identity.id, name }, text, at: this.#options.now() }
    await noteConversation(this.#options.records, conversation, { now: fresh.at, ...this.#expiry(fresh.at) })
    const note = await this.#queue.take(conversation, () =>
      this.#options.images.withReferences(imagesIn(text), undefined, () => this.#write(conversation, fresh)),
    )
    await pushToSide(this.#options.bus, { side: identity.side, origin: sid }, ['notePush', { conversation, note }])
    return text === '' ? { ok: true } : { ok: true, note }
  }

  async #write(conversation: string, fresh: Note): Promise<Note> {
    const collection = collectionOf(conversation)
    const { id: key, by, text } = fresh
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const now = this.#options.now()
      const items = await this.#options.records.items(collection, now)
      const found = items.find((item) => item.key === key)
      const known = found === undefined ? undefined : noteOf(found)
      if (known !== undefined && known.by.id !== by.id) throw new Refusal('forbidden', "a note is its author's")
      const note = { ...fresh, at: known?.at ?? fresh.at }
      const expect = found?.version ?? ''
      const isDone =
        text === ''
          ? await this.#options.records.remove({ collection, key, now, expect })
          : (await this.#options.records.put({ collection, key, value: valueOf(note), now, expect, ...this.#expiry(now) })).isPut
      if (!isDone) continue
      if (text !== '') await this.#dropOldest(collection, [...items.map(noteOf).filter(({ id }) => id !== key), note])
      return note
    }
    throw new Refusal('conflict')
  }

  #expiry(now: number): { readonly expiresAt?: number } {
    const { keepMs } = this.#options
    return keepMs === 0 ? {} : { expiresAt: now + keepMs }
  }

  /** Removes the oldest notes above `limits.noteCount` or the size of an answer. */
  async #dropOldest(collection: string, notes: readonly Note[]): Promise<void> {
    const newest = [...notes].sort(byTime).reverse()
    const oldest = newest.slice(firstThatFit(newest.slice(0, LIMITS.noteCount)).length)
    if (oldest.length === 0) return
    await Promise.all(oldest.map(({ id }) => this.#options.records.remove({ collection, key: id, now: this.#options.now() })))
  }
}

const collectionOf = (conversation: string): string => `${conversation}/notes`
const valueOf = ({ by, text, at }: Note): string => JSON.stringify({ by, text, at })
const noteOf = ({ key, value }: Item): Note => ({ id: key, ...(JSON.parse(value) as Omit<Note, 'id'>) })
const byTime = (a: Note, b: Note): number => a.at - b.at || (a.id < b.id ? -1 : 1)
