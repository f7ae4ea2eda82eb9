/** All that is stored about a person, as pieces of one JSON document, read as they are asked for: whoever reads slowly holds one page here. */
import type { Backbone } from '../../backbone/backbone.ts'
import { conversationSides, isId, isShopSide } from '../../protocol/keys.ts'
import { documentOf } from '../assignment/assignment-document.ts'
import { imagesIn } from '../messaging/images.ts'
import { blocksOf } from '../messaging/standing-block.ts'
import { Refusal } from '../refusal.ts'
import { notedConversations } from './noted-conversations.ts'

const LIST_COUNT = 50
const PAGE_COUNT = 100

export class CustomerExport {
  readonly #options: Pick<Backbone, 'store' | 'records'> & { readonly now: () => number }

  constructor(options: Pick<Backbone, 'store' | 'records'> & { readonly now: () => number }) {
    this.#options = options
  }

  /** Throws `bad_request` for what is not a customer's id. Where the store fails half-way the pieces end with its error. */
  of(customer: string): AsyncGenerator<string> {
    if (!isId(customer) || isShopSide(customer)) throw new Refusal('bad_request', 'it is not the id of a customer')
    return this.#pieces(customer)
  }

  async *#pieces(customer: string): AsyncGenerator<string> {
    const { records, now } = this.#options
    const at = now()
    const blocked = (await records.items(`${customer}/blocked`, at)).map(({ key, value }) => ({
      conversation: key,
      ...(JSON.parse(value) as object),
    }))
    const isPresent = (await records.items(`${customer}/present`, at)).length > 0
    yield JSON.stringify({ customer, at, isPresent, blocked }).slice(0, -1) + ',"conversations":['
    let isFirst = true
    for await (const conversation of this.#conversations(customer)) {
      if (!isFirst) yield ','
      isFirst = false
      yield* this.#conversation(conversation, customer)
    }
    yield ']}\n'
  }

  /** Each once, the latest first. Rows of one millisecond may be on two pages, so that millisecond is read again, and more of it where that brings nothing. */
  async *#conversations(customer: string): AsyncGenerator<string> {
    const { store, records, now } = this.#options
    const seen = new Set<string>()
    let before: number | undefined
    let limit = LIST_COUNT
    for (;;) {
      const { rows, isCut } = await store.list(customer, { limit, ...(before === undefined ? undefined : { before }) })
      const last = rows.at(-1)
      if (last === undefined) break
      const fresh = rows.filter(({ conversation }) => !seen.has(conversation))
      for (const { conversation } of fresh) {
        seen.add(conversation)
        yield conversation
      }
      if (fresh.length === 0 && rows.length < limit && isCut !== true) break
      before = fresh.length === 0 && isCut === true ? last.last.at : last.last.at + 1
      limit = fresh.length === 0 ? limit * 2 : LIST_COUNT
    }
    for (const conversation of await notedConversations(records, customer, now())) if (!seen.has(conversation)) yield conversation
  }

  async *#conversation(conversation: string, customer: string): AsyncGenerator<string> {
    const { store, records, now } = this.#options
    const notes = (await records.items(`${conversation}/notes`, now())).map(({ key, value }) => ({ id: key, ...(JSON.parse(value) as object) }))
    let page = await store.read(conversation, { after: 0, limit: PAGE_COUNT })
    const { cursors, names, assignment } = page
    const other = conversationSides(conversation)!.find((side) => side !== customer)!
    const { blocked, rating, ...service } = isShopSide(other) ? (documentOf(assignment)?.service ?? {}) : { blocked: undefined, rating: undefined }
    const blocks = isShopSide(other) ? undefined : blocksOf(assignment)
    const about = { conversation, with: other, names, cursors, assignment: isShopSide(other) ? service : undefined, rating, blocked, blocks, notes }
    yield JSON.stringify(about).slice(0, -1) + ',"messages":['
    for (let isFirst = true, last = page.messages.at(-1); last !== undefined; last = page.messages.at(-1)) {
      for (const message of page.messages) {
        const pictures = imagesIn(JSON.stringify(message.body)).map((id) => `/v1/images/${id}`)
        yield (isFirst ? '' : ',') + JSON.stringify(pictures.length === 0 ? message : { ...message, pictures })
        isFirst = false
      }
      if (last.seq >= page.head.seq) break
      page = await store.read(conversation, { after: last.seq, limit: PAGE_COUNT })
    }
    yield ']}'
  }
}
