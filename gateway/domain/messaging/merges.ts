/**
 * What a guest and shops wrote to each other becomes part of the chats of the customer that the guest turned out to be: each message is written again into
 * the customer's conversation with the same shop, by the same author (what the guest wrote, by the customer), with `body.earlier` to say what it is a copy of.
 * It has its own time where the log's order allows it, as it does in an empty one. See docs/decisions/0047.
 *
 * How far each log was copied is stored after every page, and a copy's client id is the guest's id and the number of what it copies: so a merge that was
 * interrupted goes on where it was, and what is repeated changes nothing. The same merge again copies what was written since.
 */
import type { Appended, NewMessage, Page, Store } from '../../backbone/backbone.ts'
import type { Records } from '../../backbone/records.ts'
import { conversationId, conversationSides, isGuestId, isShopSide } from '../../protocol/keys.ts'
import type { Body, Message } from '../../protocol/model.ts'
import { newestRows } from '../answer-size.ts'
import { documentOf, leftFor, opened, queued, settled, UNSERVED, type AssignmentDocument } from '../assignment/assignment-document.ts'
import { assignableOf, type Assignments } from '../assignment/assignments.ts'
import { KeyedQueue } from '../keyed-queue.ts'
import { Refusal } from '../refusal.ts'
import { imagesIn, type Images } from './images.ts'
import { blockOf } from './standing-block.ts'
import { isWithdrawn } from './tombstone.ts'

/** Of one guest, the latest. */
const CONVERSATION_COUNT = 200
/** In one of the guest's conversations, since the last merge. */
const MESSAGE_COUNT = 2000
const PAGE_COUNT = 100
/** The item of a guest's collection that says whose the guest is; no conversation has such an id. */
const INTO = 'into'

export interface MergeAsked {
  readonly guest: string
  readonly customer: string
  /** Which of the guest's conversations with shops, by the shop's side. */
  readonly mayMerge: (shop: string) => boolean
}

export interface Merged {
  /** The customer's conversations, and how many messages were copied into each now. */
  readonly conversations: { readonly conversation: string; readonly copied: number }[]
}

/** One of the guest's conversations, and the customer's that it becomes part of. */
interface Pair {
  readonly from: string
  readonly to: string
  readonly shop: string
  readonly guest: string
  readonly customer: string
  /** Up to which number it was copied before. */
  readonly after: number
}

export interface MergesOptions {
  readonly store: Store
  readonly records: Records
  readonly assignments: Assignments
  readonly images: Images
  readonly now: () => number
}

export class Merges {
  readonly #options: MergesOptions
  readonly #queue = new KeyedQueue()

  constructor(options: MergesOptions) {
    this.#options = options
  }

  /**
   * Rejects with `bad_request` for who is no guest, or a guest in place of the customer; with `conflict` where the guest is somebody else's already; with
   * `blocked` where a shop has blocked one of the two, so that nobody gets around a block by signing in; with `too_many` for a conversation that is too long. Then
   * nothing is copied.
   */
  merge(asked: MergeAsked): Promise<Merged> {
    const { guest, customer } = asked
    if (!isGuestId(guest)) throw new Refusal('bad_request', 'guest is not the id of a guest')
    if (isGuestId(customer)) throw new Refusal('bad_request', 'customer is a guest')
    return this.#queue.take(guest, () => this.#merge(asked))
  }

  async #merge(asked: MergeAsked): Promise<Merged> {
    const pairs = await this.#pairs(asked)
    const { guest, customer } = asked
    if (pairs.length === 0) return { conversations: [] }
    const { records, now } = this.#options
    // first, so that an erasure of the customer finds the guest whatever comes between
    await records.put({ collection: guestsOf(customer), key: guest, value: '', now: now() })
    const claim = await records.put({ ...this.#item(guest, INTO), value: customer, expect: '' })
    if (!claim.isPut && claim.found?.value !== customer) throw new Refusal('conflict', 'this guest is part of another customer')
    const conversations: { conversation: string; copied: number }[] = []
    for (const pair of pairs) conversations.push({ conversation: pair.to, copied: await this.#copy(pair) })
    return { conversations }
  }

  /** Checks everything before anything is written. */
  async #pairs({ guest, customer, mayMerge }: MergeAsked): Promise<Pair[]> {
    const { store, records, now } = this.#options
    const [rows, items] = await Promise.all([newestRows(store, guest, CONVERSATION_COUNT), records.items(collectionOf(guest), now())])
    const done = new Map(items.map(({ key, value }) => [key, value]))
    const into = done.get(INTO)
    if (into !== undefined && into !== customer) throw new Refusal('conflict', 'this guest is part of another customer')
    const pairs: Pair[] = []
    for (const { conversation: from, head, assignment } of rows) {
      const shop = conversationSides(from)?.[0]
      if (shop === undefined || !isShopSide(shop) || !mayMerge(shop)) continue
      const to = conversationId(shop, customer)
      const { assignment: theirs } = await store.read(to, { limit: 1 })
      const isBlocked =
        blockOf({ conversation: from, side: guest, assignment }, now()) !== undefined ||
        blockOf({ conversation: to, side: customer, assignment: theirs }, now()) !== undefined
      if (isBlocked) throw new Refusal('blocked', `${shop} has blocked the guest or the customer; unblock first`)
      const progress = JSON.parse(done.get(from) ?? '{}') as { readonly epoch?: string; readonly seq?: number }
      const after = progress.epoch === head.epoch ? (progress.seq ?? 0) : 0
      if (head.seq - after > MESSAGE_COUNT) throw new Refusal('too_many', `${from} has more than ${MESSAGE_COUNT} messages to copy`)
      pairs.push({ from, to, shop, guest, customer, after })
    }
    return pairs
  }

  /** Resolves with how many messages were copied. */
  async #copy(pair: Pair): Promise<number> {
    const { store, records } = this.#options
    const numbers = new Map<number, Appended>()
    let page: Page | undefined
    for (let after = pair.after; ; after = page.messages.at(-1)!.seq) {
      page = await store.read(pair.from, { after, limit: PAGE_COUNT })
      if (page.messages.length === 0) break
      await this.#copyPage(pair, page.messages, numbers)
      const progress = { epoch: page.head.epoch, seq: page.messages.at(-1)!.seq }
      await records.put({ ...this.#item(pair.guest, pair.from), value: JSON.stringify(progress) })
    }
    await this.#takeOver(pair, documentOf(page.assignment) ?? UNSERVED)
    return numbers.size
  }

  /** In order: the store keeps that of appends that do not wait for each other, and what names images or quotes others waits for those before it. */
  async #copyPage(pair: Pair, messages: readonly Message[], numbers: Map<number, Appended>): Promise<void> {
    let underWay: Promise<unknown>[] = []
    for (const message of messages) {
      if (isWithdrawn(message)) continue
      const ids = imagesIn(JSON.stringify(message.body))
      const isPlain = ids.length === 0 && !('quote' in message.body)
      if (!isPlain) {
        await Promise.all(underWay)
        underWay = []
      }
      const appending = this.#append(copyOf(pair, message, numbers), ids).then((appended) => numbers.set(message.seq, appended))
      if (isPlain) underWay.push(appending)
      else await appending
    }
    await Promise.all(underWay)
  }

  /** Rejects with `blocked` where the shop has blocked the customer meanwhile. */
  #append(copy: NewMessage, ids: readonly string[]): Promise<Appended> {
    const { store, images } = this.#options
    const append = (): Promise<Appended> =>
      store.append(copy).catch((error: unknown) => {
        throw error instanceof Error && error.name === 'Muted' ? new Refusal('blocked') : error
      })
    return ids.length === 0 ? append() : images.withReferences(ids, undefined, append, ({ duplicate }) => duplicate)
  }

  /** Whoever serves the guest, or whether it waits, is so in the customer's conversation from now on, unless that is served already. */
  async #takeOver({ from, to }: Pair, source: AssignmentDocument): Promise<void> {
    const { assignments } = this.#options
    const { phase, agent } = source.service
    if (phase === 'closed') return
    await assignments.change(assignableOf(to)!, ({ document, now }) => {
      if (document.service.phase !== 'closed') return undefined
      const asked = source.asked === undefined ? document : { ...document, asked: source.asked }
      return phase === 'open' && agent !== undefined ? opened(asked, agent, now) : queued(asked, now)
    })
    await assignments.change(assignableOf(from)!, ({ document, now }) =>
      document.service.phase === 'closed' ? undefined : leftFor(settled(document, false, now), now),
    )
  }

  #item(guest: string, key: string) {
    return { collection: collectionOf(guest), key, now: this.#options.now() }
  }
}

const collectionOf = (guest: string): string => `${guest}/merged`
const guestsOf = (customer: string): string => `${customer}/guests`

/** The guests who became part of a customer. */
export async function guestsMergedInto(records: Pick<Records, 'items'>, customer: string, now: number): Promise<string[]> {
  const asked = (await records.items(guestsOf(customer), now)).map(({ key }) => key)
  const owners = await Promise.all(asked.map(async (guest) => (await records.items(collectionOf(guest), now)).find(({ key }) => key === INTO)?.value))
  return asked.filter((_, i) => owners[i] === customer)
}

/** What is stored about merging a participant, as guest or as customer. */
export const mergeCollections = (participant: string): readonly string[] => [collectionOf(participant), guestsOf(participant)]

/** The customer's name stays as it is: a guest chose the other. A quote points to the copy of what it quotes. */
function copyOf({ from, to, guest, customer }: Pair, message: Message, numbers: ReadonlyMap<number, Appended>): NewMessage {
  const { seq, side, kind, at, name } = message
  const { quote, ...rest } = message.body as Body & { readonly quote?: { readonly seq?: number; readonly from?: string } }
  const isGuests = side === guest
  const quoted = quote?.seq === undefined ? undefined : numbers.get(quote.seq)
  const theirs = quote?.from === guest ? { from: customer, side: customer, name: undefined } : undefined
  const moved = quoted && { ...quote, ...theirs, seq: quoted.seq, id: idOf(guest, quote!.seq!) }
  return {
    conversation: to,
    id: idOf(guest, seq),
    from: isGuests ? customer : message.from,
    side: isGuests ? customer : side,
    ...(isGuests || name === undefined ? undefined : { name }),
    kind,
    body: Object.assign(rest, moved && { quote: moved }, { earlier: { conversation: from, seq, at } }),
    at,
    origin: '',
  }
}

const idOf = (guest: string, seq: number): string => `${guest}.${seq}`
