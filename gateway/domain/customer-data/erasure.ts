/**
 * Erases what is stored about a person, conversation by conversation. Every step may be repeated: a conversation is listed until everything beside its
 * log is gone, so whoever erases again after a kill finishes what was begun.
 *
 * A block stays where the operator does not say otherwise: it protects the shop, and has no words of the person.
 */
import type { Backbone, Page } from '../../backbone/backbone.ts'
import { conversationSides, conversationTag, isId, isShopSide } from '../../protocol/keys.ts'
import { blockedBy, documentOf, toStored, UNSERVED } from '../assignment/assignment-document.ts'
import { assignableOf } from '../assignment/assignments.ts'
import type { OpenIndex } from '../assignment/open-index.ts'
import type { Report } from '../facts.ts'
import { imagesIn, type Images } from '../messaging/images.ts'
import { guestsMergedInto, mergeCollections } from '../messaging/merges.ts'
import { blocksOf, isShopConversation } from '../messaging/standing-block.ts'
import { pushToSide } from '../push-to-side.ts'
import { Refusal } from '../refusal.ts'
import { removeDeadLetters } from '../webhooks/dead-letters.ts'
import type { ErasedMarks } from './erased-marks.ts'
import { forgetNoted, noteConversation, notedConversations } from './noted-conversations.ts'
import type { Block } from '../../protocol/model.ts'

const PAGE_COUNT = 100
const LIST_COUNT = 50

export interface ErasureOptions extends Pick<Backbone, 'store' | 'records' | 'bus' | 'scrub'> {
  readonly images: Pick<Images, 'erase'>
  readonly index: OpenIndex
  readonly marks: ErasedMarks
  /** What this node remembers of people beside the store. */
  readonly caches: readonly { forget(customer: string): void }[]
  readonly now: () => number
  readonly report: Report
}

export interface Erased {
  readonly conversations: number
  readonly messages: number
  readonly pictures: number
}

interface Wanted {
  /** Whether blocks go, too. */
  readonly hasBlocks: boolean
}

/** A collection of what backends were answered about somebody, to be answered again. */
export const answersAbout = (person: string): string => `${person}/answers`

export class Erasure {
  readonly #options: ErasureOptions

  constructor(options: ErasureOptions) {
    this.#options = options
  }

  /**
   * Resolves when nothing of the person is left in the store's files or servers. `by`: the name of the key that asked for it. Rejects with `bad_request`
   * for what is not a customer's id, and with Unavailable; then it may be repeated.
   */
  async customer(customer: string, { by, ...wanted }: Wanted & { readonly by: string }): Promise<Erased> {
    if (!isId(customer) || isShopSide(customer)) throw new Refusal('bad_request', 'it is not the id of a customer')
    const { records, store, caches, scrub, report, now } = this.#options
    const sum = { conversations: 0, messages: 0, pictures: 0 }
    const done = new Set<string>()
    const eraseAll = async (conversations: readonly string[]): Promise<boolean> => {
      const fresh = conversations.filter((conversation) => !done.has(conversation))
      for (const conversation of fresh) {
        done.add(conversation)
        const { messages, pictures } = await this.conversation(conversation, wanted)
        sum.conversations++
        sum.messages += messages
        sum.pictures += pictures
      }
      return fresh.length > 0
    }
    // the guests that they were; the customer last, by whom a repeated erasure finds them
    for (const person of [...(await guestsMergedInto(records, customer, now())), customer]) {
      // one that is written again meanwhile stands in the list again
      while (await eraseAll((await store.list(person, { limit: LIST_COUNT + done.size })).rows.map(({ conversation }) => conversation)));
      await eraseAll(await notedConversations(records, person, now()))
      const collections = [answersAbout(person), `${person}/present`, ...mergeCollections(person), ...(wanted.hasBlocks ? [`${person}/blocked`] : [])]
      for (const collection of collections) await this.#empty(collection)
      for (const cache of caches) cache.forget(person)
    }
    await scrub()
    report({ fact: 'customerErased', customer, by, ...sum })
    return sum
  }

  /** Erases one conversation; its bytes are gone after the next `scrub`. */
  async conversation(conversation: string, { hasBlocks }: Wanted): Promise<Omit<Erased, 'conversations'>> {
    const { store, bus, marks, records, now } = this.#options
    const sides = conversationSides(conversation)
    if (sides === undefined) return { messages: 0, pictures: 0 }
    const at = await marks.mark(conversation)
    const { messages, pictures, page } = await this.#erasePictures(conversation)
    const keeping = hasBlocks ? undefined : await this.#blockOf(conversation, page)
    const stays = keeping !== undefined
    // so that a repeated erasure finds what has to be muted again
    if (stays) await noteConversation(records, conversation, { now: now() })
    await this.#removeBeside(conversation, { hasBlocks, stays })
    await store.erase(conversation)
    // what another node has stored meanwhile
    await this.#removeBeside(conversation, { hasBlocks, stays })
    await removeDeadLetters(records, (each) => each === conversation, now())
    if (stays) await store.setAssignment({ ...keeping, expect: '' })
    for (const side of sides) await pushToSide(bus, { side, origin: '' }, ['erasedPush', { conversation, at }])
    return { messages, pictures }
  }

  async #erasePictures(conversation: string): Promise<{ messages: number; pictures: number; page: Page }> {
    const { store, records, images, now } = this.#options
    let messages = 0
    let pictures = 0
    const notes = await records.items(`${conversation}/notes`, now())
    for (const { value } of notes) pictures += await images.erase(imagesIn(value))
    let page = await store.read(conversation, { after: 0, limit: PAGE_COUNT })
    for (let last = page.messages.at(-1); last !== undefined; last = page.messages.at(-1)) {
      messages += page.messages.length
      for (const { body } of page.messages) pictures += await images.erase(imagesIn(JSON.stringify(body)))
      if (last.seq >= page.head.seq) break
      page = await store.read(conversation, { after: last.seq, limit: PAGE_COUNT })
    }
    return { messages, pictures, page }
  }

  /** The assignment that is left where a block stays; a repeated erasure finds it in the shop's list of blocks. */
  async #blockOf(conversation: string, { assignment }: Page) {
    const { records, now } = this.#options
    const assignable = assignableOf(conversation)
    if (assignable === undefined) {
      const blocks = isShopConversation(conversation) ? [] : blocksOf(assignment)
      const [one, two] = conversationSides(conversation)!
      const muted = blocks.map(({ by }) => ({ side: by === one ? two : one }))
      return blocks.length === 0 ? undefined : { conversation, text: JSON.stringify({ blocks }), phase: 'direct', muted }
    }
    const { shop, customer } = assignable
    const collection = `${shop}/blocked`
    const item = (await records.items(collection, now())).find(({ key }) => key === conversation)
    const listed = item === undefined ? undefined : (JSON.parse(item.value) as Block & { readonly name?: string })
    const blocked = documentOf(assignment)?.service.blocked ?? listed
    if (blocked === undefined) return undefined
    const { by, reason, at, until } = blocked
    const block: Block = { by, reason, at, ...(until === undefined ? undefined : { until }) }
    // the list knew the person's name
    const value = JSON.stringify(block)
    await records.put({ collection, key: conversation, value, now: now(), ...(until === undefined ? undefined : { expiresAt: until }) })
    return toStored(blockedBy(UNSERVED, block), { conversation, customer, expect: '' })
  }

  /** `stays`: a block is left of the conversation. */
  async #removeBeside(conversation: string, { hasBlocks, stays }: Wanted & { readonly stays: boolean }): Promise<void> {
    const { records, index, now } = this.#options
    const sides = conversationSides(conversation)!
    for (const collection of [`${conversation}/notes`, `${conversation}/viewing`, `webhooks/of/${conversation}`]) await this.#empty(collection)
    await records.remove({ collection: `webhooks/marks/${conversationTag(conversation)}`, key: conversation, now: now() })
    if (hasBlocks) for (const side of sides) await records.remove({ collection: `${side}/blocked`, key: conversation, now: now() })
    if (isShopSide(sides[0])) await index.write(sides[0], conversation, undefined)
    if (!stays) await forgetNoted(records, conversation, now())
  }

  async #empty(collection: string): Promise<void> {
    const { records, now } = this.#options
    for (const { key } of await records.items(collection, now())) await records.remove({ collection, key, now: now() })
  }
}
