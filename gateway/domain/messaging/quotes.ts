/**
 * A text may quote an earlier message of its conversation. The sender says which one; what it says is taken from the log, so that nobody puts words
 * into another's mouth. When the quoted message is withdrawn, its words leave the quotes, too.
 */
import type { Appended, Bus, NewMessage, Store } from '../../backbone/backbone.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { Body, Message } from '../../protocol/model.ts'
import { encodePacket } from '../../protocol/packet.ts'
import { Refusal } from '../refusal.ts'
import { isWithdrawn } from './tombstone.ts'

/** UTF-16 code units of the quoted text. */
const EXCERPT_LENGTH = 120
/** What can quote a message that may still be withdrawn was written within two minutes after it: more than a thousand are no conversation. */
const PAGE_COUNT = 100
const PAGES = 10

/** `body.quote` of a text, as it is stored. */
export interface Quote {
  readonly seq: number
  /** The quoted message's client id. */
  readonly id: string
  readonly from: string
  readonly side: string
  readonly name?: string
  readonly kind: string
  /** The start of its text; '' once it is withdrawn. */
  readonly text: string
}

type Named = Pick<Quote, 'seq' | 'id'>

export class Quotes {
  readonly #store: Store
  readonly #bus: Bus

  constructor(options: { store: Store; bus: Bus }) {
    this.#store = options.store
    this.#bus = options.bus
  }

  /** Which message this one quotes; undefined: none. Throws `bad_request`. */
  static of({ kind, body }: Pick<Message, 'kind' | 'body'>): Named | undefined {
    const { quote } = body as { readonly quote?: unknown }
    if (kind !== 'text' || quote === undefined) return undefined
    const { seq, id } = (typeof quote === 'object' && quote !== null ? quote : {}) as { readonly seq?: unknown; readonly id?: unknown }
    if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1 || typeof id !== 'string' || id.length > LIMITS.idLength) {
      throw new Refusal('bad_request', 'body.quote is {seq, id} of a message of this conversation')
    }
    return { seq, id }
  }

  /** The message with the quoted words as the log has them; without a quote where the log does not have that message (any more). */
  async filled(message: NewMessage, named: Named): Promise<NewMessage> {
    const { quote: _, ...rest } = message.body as NewMessage['body'] & { readonly quote?: unknown }
    const found = await this.#find(message.conversation, named)
    const body: Body = found === undefined ? rest : Object.assign(rest, { quote: quoteOf(found) })
    return { ...message, body, bodyJson: JSON.stringify(body) }
  }

  /** To be called after the append: the quoted message may have been withdrawn between the look at it and the append. */
  async settle(written: NewMessage, { epoch, seq, at, prev }: Appended): Promise<void> {
    const { conversation, id, from, side, name, guest, kind, body } = written
    const message = { conversation, epoch, seq, id, from, side, kind, body, at, ...(name && { name }), ...(guest && { guest }) }
    const { quote } = body as { readonly quote?: Quote }
    if (quote === undefined || quote.text === '') return
    const found = await this.#find(conversation, quote)
    if (found === undefined || !isWithdrawn(found)) return
    const wordless = without(prev === undefined ? message : { ...message, prev })
    await this.#store.replace(wordless)
    await this.#bus.publishIn(conversation, '', encodePacket({ type: 'event', name: 'withdrawPush', args: [wordless] }))
  }

  /**
   * Takes the words of a withdrawn message out of whatever quotes it. Resolves with the entries that have changed; again, with those that were left:
   * a repeated withdrawal costs its sender nothing, and would have all of them pushed to everybody again.
   */
  async forget({ conversation, seq, id }: Message): Promise<Message[]> {
    const changed: Message[] = []
    let after = seq
    for (let pages = 0; pages < PAGES; pages++) {
      const { messages, head } = await this.#store.read(conversation, { after, limit: PAGE_COUNT })
      for (const message of messages) {
        const { quote } = message.body as { readonly quote?: Partial<Quote> }
        if (message.kind !== 'text' || quote?.seq !== seq || quote.id !== id || quote.kind === WORDLESS) continue
        const wordless = without(message)
        if (await this.#store.replace(wordless)) changed.push(wordless)
      }
      const last = messages.at(-1)
      if (last === undefined || last.seq >= head.seq) break
      after = last.seq
    }
    return changed
  }

  async #find(conversation: string, { seq, id }: Named): Promise<Message | undefined> {
    const { messages } = await this.#store.read(conversation, { after: seq - 1, limit: 1 })
    const [found] = messages
    return found?.seq === seq && found.id === id ? found : undefined
  }
}

function quoteOf({ seq, id, from, side, name, kind, body }: Message): Quote {
  // do not cut a surrogate pair in half
  const text = isWithdrawn({ kind }) ? '' : body.text.slice(0, EXCERPT_LENGTH).replace(/[\ud800-\udbff]$/, '')
  return { seq, id, from, side, ...(name === undefined ? undefined : { name }), kind, text }
}

/** The kind of a quote that has lost its words. */
const WORDLESS = 'withdrawn'

function without(message: Message): Message {
  const { quote } = message.body as unknown as { readonly quote: Quote }
  return { ...message, body: Object.assign({ ...message.body }, { quote: { ...quote, kind: WORDLESS, text: '' } }) }
}

/** What the author of a message said, without the words of another that the gateway has put beside them. */
export function ownWords({ kind, body }: Pick<Message, 'kind' | 'body'>): object {
  const { quote: _, ...rest } = body as Body & { readonly quote?: unknown }
  return kind === 'text' ? rest : body
}
