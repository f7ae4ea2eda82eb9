/**
 * Lists of conversations for backends, page by page. A cursor is the place of the last row: its time and id. So a page goes on where the one before
 * ended, whatever is written meanwhile; a conversation whose time changes moves to another place of the list.
 *
 * Waiting and open ones are listed by the time since when they are so, longest first; all and closed ones by their last message, newest first.
 * A page may be shorter than asked for, or empty, and still not be the last: only a page without `next` is.
 */
import type { ListRow, Store } from '../../backbone/backbone.ts'
import { conversationSides, isGuestId } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { ConversationRow } from '../../protocol/model.ts'
import { firstThatFit, preview } from '../answer-size.ts'
import { assignmentAt, UNSERVED } from '../assignment/assignment-document.ts'
import { assignableOf, type Assignments } from '../assignment/assignments.ts'
import { Refusal } from '../refusal.ts'
import { nameIn, rowFor, rowOfPage } from './conversations.ts'

export type ListState = 'waiting' | 'open' | 'closed' | 'all'

export interface PageAsked {
  readonly cursor?: string | undefined
  readonly limit?: number | undefined
}

export interface ConversationPage {
  readonly conversations: ConversationRow[]
  readonly next?: string
}

export interface CustomerRow {
  readonly customer: string
  readonly name?: string
  readonly guest?: true
  /** Time of the last message. */
  readonly at: number
}

/** Rows of a list that one request looks at for those that it wants. */
const LOOKED_COUNT = 500
const ROWS_AT_ONCE = 16
/** Conversations whose last messages are of one millisecond: more are skipped. */
const TIED_COUNT = 3200

type Place = readonly [at: number, conversation: string]
type Kind = 'age' | 'last'

export class ConversationPages {
  readonly #store: Store
  readonly #assignments: Assignments
  readonly #now: () => number

  constructor(options: { store: Store; assignments: Assignments; now: () => number }) {
    this.#store = options.store
    this.#assignments = options.assignments
    this.#now = options.now
  }

  /** As its first side sees it, which is the shop where there is one. Rejects with `unknown_conversation` where nobody has written. */
  async one(conversation: string): Promise<ConversationRow> {
    const row = await this.#row(conversation)
    if (row === undefined) throw new Refusal('unknown_conversation')
    return row
  }

  /** Of a shop's side. */
  ofShop(side: string, { state, ...asked }: PageAsked & { state: ListState }): Promise<ConversationPage> {
    if (state === 'waiting' || state === 'open') return this.#ofIndex(side, state, asked)
    return this.#ofList(side, asked, ({ service }) => state === 'all' || service?.phase === 'closed')
  }

  /** Of a person, as far as `mayRead` says. */
  ofPerson(side: string, asked: PageAsked, mayRead: (sides: readonly [string, string]) => boolean): Promise<ConversationPage> {
    return this.#ofList(side, asked, ({ conversation }) => mayRead(conversationSides(conversation)!))
  }

  /** The customers of a shop, who wrote or were written to last first. */
  async customersOf(side: string, asked: PageAsked): Promise<{ readonly customers: CustomerRow[]; readonly next?: string }> {
    const { conversations, ...rest } = await this.ofShop(side, { ...asked, state: 'all' })
    return { customers: conversations.map(customerOf), ...rest }
  }

  /** Undefined where there is no conversation that `mayRead` allows. */
  async customer(side: string, mayRead: (sides: readonly [string, string]) => boolean): Promise<CustomerRow | undefined> {
    let cursor: string | undefined
    do {
      const page = await this.ofPerson(side, { cursor, limit: LIMITS.listCount }, mayRead)
      const [row] = page.conversations
      if (row !== undefined) return this.#asCustomer(side, row.conversation)
      cursor = page.next
    } while (cursor !== undefined)
    return undefined
  }

  async #asCustomer(side: string, conversation: string): Promise<CustomerRow> {
    const { names, messages } = await this.#store.read(conversation, { limit: 1 })
    const name = nameIn(names, side)
    return {
      customer: side,
      ...(name === undefined ? undefined : { name }),
      ...(isGuestId(side) ? { guest: true as const } : undefined),
      at: messages.at(-1)?.at ?? 0,
    }
  }

  async #ofIndex(side: string, state: 'waiting' | 'open', { cursor, limit = LIMITS.listCount }: PageAsked): Promise<ConversationPage> {
    const [since, last] = placeOf('age', cursor) ?? [-Infinity, '']
    const entries = await this.#assignments.index.of(side, true)
    const rows: ConversationRow[] = []
    let looked = 0
    let place: Place | undefined
    let some: Place[] = []
    const take = async (): Promise<boolean> => {
      const found = await Promise.all(some.map(([, conversation]) => this.#row(conversation)))
      for (const [at, row] of found.entries()) {
        place = some[at]
        if (row?.service?.phase === state) rows.push(row)
        if (rows.length >= limit) return true
      }
      some = []
      return looked >= LOOKED_COUNT
    }
    for (const each of entries.oldest.after(since, last)) {
      if (entries.get(each[1])?.phase !== state) continue
      looked++
      some.push(each)
      if (some.length === ROWS_AT_ONCE && (await take())) return pageOf('age', rows, place)
    }
    const isFull = await take()
    return isFull ? pageOf('age', rows, place) : pageOf('age', rows, undefined)
  }

  async #ofList(
    side: string,
    { cursor, limit = LIMITS.listCount }: PageAsked,
    isWanted: (row: ConversationRow) => boolean,
  ): Promise<ConversationPage> {
    let place = placeOf('last', cursor)
    const rows: ConversationRow[] = []
    for (let looked = 0; looked < LOOKED_COUNT && rows.length < limit;) {
      const { found, isLast } = await this.#below(side, place)
      looked += Math.max(1, found.length)
      for (const row of found) {
        place = [row.last.at, row.conversation]
        const shown = this.#shown({ ...row, last: preview(row.last) })
        if (isWanted(shown)) rows.push(shown)
        if (rows.length >= limit) break
      }
      if (isLast && rows.length < limit) return pageOf('last', rows, undefined)
    }
    return pageOf('last', rows, place)
  }

  /** The next rows of the list below a place. Those of its own millisecond are read again, and left out as far as they stand above it. */
  async #below(side: string, place: Place | undefined): Promise<{ found: readonly ListRow[]; isLast: boolean }> {
    for (let limit: number = LIMITS.listCount; ; limit *= 2) {
      const { rows, isCut } = await this.#store.list(side, place === undefined ? { limit } : { before: place[0] + 1, limit })
      const isLast = rows.length < limit && isCut !== true
      const found = rows.filter(({ last: { at }, conversation }) => place === undefined || at < place[0] || conversation < place[1])
      if (found.length > 0 || isLast) return { found, isLast }
      if (limit >= TIED_COUNT || isCut === true) {
        const under = await this.#store.list(side, { before: place![0], limit: LIMITS.listCount })
        return { found: under.rows, isLast: under.rows.length < LIMITS.listCount && under.isCut !== true }
      }
    }
  }

  async #row(conversation: string): Promise<ConversationRow | undefined> {
    const [side] = conversationSides(conversation)!
    const row = rowOfPage(side, { conversation, page: await this.#store.read(conversation, { limit: 1 }), now: this.#now() })
    return row && withAssignment(row)
  }

  #shown(row: ListRow): ConversationRow {
    const [side] = conversationSides(row.conversation)!
    return withAssignment(rowFor(side, row, this.#now()))
  }
}

/** A conversation that nobody was ever assigned to is closed. */
const withAssignment = (row: ConversationRow): ConversationRow =>
  row.service === undefined && assignableOf(row.conversation) !== undefined ? { ...row, service: assignmentAt(UNSERVED, 0) } : row

const customerOf = ({ to, name, guest, at }: ConversationRow): CustomerRow => ({
  customer: to,
  ...(name === undefined ? undefined : { name }),
  ...(guest && { guest }),
  at,
})

/** What does not fit is on the next page. */
function pageOf(kind: Kind, rows: readonly ConversationRow[], place: Place | undefined): ConversationPage {
  const conversations = firstThatFit(rows)
  const last = conversations.at(-1)
  const end: Place | undefined =
    conversations.length < rows.length ? [kind === 'age' ? (last!.service?.since ?? 0) : last!.at, last!.conversation] : place
  return { conversations, ...(end === undefined ? undefined : { next: Buffer.from(JSON.stringify([kind, ...end])).toString('base64url') }) }
}

/** Undefined: from the start. Throws for a text that no list of this kind has given. */
function placeOf(kind: Kind, cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined
  try {
    const [of, at, conversation] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as readonly unknown[]
    if (of === kind && typeof at === 'number' && Number.isFinite(at) && typeof conversation === 'string') return [at, conversation]
  } catch {
    // not JSON, or not a list
  }
  throw new Refusal('bad_request', 'cursor is not one of this list')
}
