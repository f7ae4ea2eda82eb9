/**
 * Finds a side's conversations by the other side's name and id, by numbers in cards, and by words in recent messages. There is no index: a search
 * reads the newest conversations, a few at a time. It is therefore bounded in conversations, characters and time, and says whether it is
 * complete. When its session starts another search or ends, the older search stops and answers with what it has found.
 *
 * The searches of a node take turns: one works for `SLICE_MS`, then the node does everything else that waits.
 */
import type { ListRow, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { conversationId, isId, isShopSide } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { ConversationRow, Message } from '../../protocol/model.ts'
import type { Caller } from './access.ts'
import { jsonBytes, preview, ROWS_BYTES } from '../answer-size.ts'
import { rowFor, rowOfPage } from './conversations.ts'
import type { ShopRecords } from './shop-records.ts'
import { Refusal } from '../refusal.ts'
import { isWithdrawn } from './tombstone.ts'

const CONVERSATION_COUNT = 300
/** Rows read at once. */
const PAGE_COUNT = 50
/** Conversations read at once. */
const BATCH_COUNT = 10
const MESSAGE_COUNT = 30
/** Of one conversation's recent messages. */
const MESSAGES_BYTES = 65_536
/** UTF-16 code units of messages that one search goes through. */
const LENGTH = 4_000_000
const LIMIT_MS = 1500
const SLICE_MS = 8
/** Searches under way at a node; further ones are refused with `afterMs`. */
const AT_ONCE = 32
const AGAIN_MS = 1000
/** A hit carries only the start of a larger message's text. */
const MESSAGE_BYTES = 16_384

type Answer = CommandAnswer<'search'>
type Hit = Answer['hits'][number]

interface Candidate {
  readonly row: ConversationRow
  /** The words of the query that are not in its name or id. */
  readonly otherWords: readonly string[]
  readonly messages: readonly Message[]
}

/** One search, and what it may still use up. */
interface Running {
  readonly side: string
  readonly words: readonly string[]
  readonly isWanted: () => boolean
  readonly endsAt: number
  pausedAt: number
  length: number
  bytes: number
}

export class Search {
  readonly #store: Store
  readonly #shops: Pick<ShopRecords, 'named'>
  readonly #now: () => number
  readonly #turn: () => Promise<void>
  /** Resolves when the last search that waits has its turn. */
  #queue: Promise<void> = Promise.resolve()
  #underWay = 0
  /** The newest search of each session that has one under way. */
  readonly #newest = new Map<string, object>()

  /** `turn` resolves once the process has done everything else that waits. */
  constructor(options: { store: Store; shops: Pick<ShopRecords, 'named'>; now: () => number; turn: () => Promise<void> }) {
    this.#store = options.store
    this.#shops = options.shops
    this.#now = options.now
    this.#turn = options.turn
  }

  async find({ identity, sid, isGone }: Caller, { query }: CommandInput<'search'>): Promise<Answer> {
    const words = fold(query)
      .split(/\s+/)
      .filter((word) => word !== '')
    if (words.length === 0) throw new Refusal('bad_request', 'query has no word')
    if (this.#underWay >= AT_ONCE) throw new Refusal('rate_limited', 'many are searching', AGAIN_MS)
    this.#underWay++
    const token = {}
    this.#newest.set(sid, token)
    const isWanted = (): boolean => this.#newest.get(sid) === token && isGone?.() !== true
    try {
      await this.#pause()
      const now = this.#now()
      const search: Running = { side: identity.side, words, isWanted, endsAt: now + LIMIT_MS, pausedAt: now, length: LENGTH, bytes: ROWS_BYTES }
      return await this.#look(search, query.trim())
    } finally {
      this.#underWay--
      if (this.#newest.get(sid) === token) this.#newest.delete(sid)
    }
  }

  async #look(search: Running, id: string): Promise<Answer> {
    const hits: Hit[] = []
    let isComplete = true
    let count = 0
    for await (const { row, otherWords, messages } of this.#candidates(search)) {
      isComplete = ++count <= CONVERSATION_COUNT && hits.length < LIMITS.listCount && this.#mayGoOn(search)
      if (!isComplete) break
      const message = otherWords.length === 0 ? undefined : await this.#find(messages, otherWords, search)
      if (otherWords.length > 0 && message === undefined) continue
      const hit = message === undefined ? { row } : { row, message }
      search.bytes -= jsonBytes(hit)
      isComplete = search.bytes >= 0 || hits.length === 0
      if (!isComplete) break
      hits.push(hit)
    }
    isComplete &&= this.#mayGoOn(search)
    // a whole id finds its conversation, however old
    const old = isComplete || hits.some(({ row }) => row.to === id) ? undefined : await this.#byId(search.side, id)
    return { ok: true, hits: [...hits, ...(old === undefined ? [] : [{ row: old }])], isComplete }
  }

  /** The side's list, newest first, read page by page as the caller iterates. */
  async *#rows(side: string): AsyncGenerator<ListRow> {
    const seen = new Set<string>()
    for (let before: number | undefined; ;) {
      const page = await this.#store.list(side, before === undefined ? { limit: PAGE_COUNT } : { before, limit: PAGE_COUNT })
      const fresh = page.rows.filter(({ conversation }) => !seen.has(conversation))
      for (const row of fresh) {
        seen.add(row.conversation)
        yield row
      }
      const last = page.rows.at(-1)
      if (last === undefined || (page.rows.length < PAGE_COUNT && page.isCut !== true)) return
      // a page may end between rows of the same millisecond
      before = fresh.length > 0 ? last.last.at + 1 : last.last.at
    }
  }

  /** Reads the recent messages of those whose name and id lack a word; `BATCH_COUNT` at once. */
  async *#candidates(search: Running): AsyncGenerator<Candidate> {
    let some: ListRow[] = []
    for await (const row of this.#rows(search.side)) {
      some.push(row)
      if (some.length < BATCH_COUNT) continue
      yield* await Promise.all(some.map((one) => this.#candidate(one, search)))
      some = []
    }
    yield* await Promise.all(some.map((one) => this.#candidate(one, search)))
  }

  async #candidate(found: ListRow, { side, words }: Running): Promise<Candidate> {
    const [row] = (await this.#shops.named([rowFor(side, found, this.#now())])) as [ConversationRow]
    const named = fold(`${row.name ?? ''} ${row.to}`)
    const otherWords = words.filter((word) => !named.includes(word))
    if (otherWords.length === 0) return { row, otherWords, messages: [] }
    const { messages } = await this.#store.read(row.conversation, { limit: MESSAGE_COUNT, bytes: MESSAGES_BYTES })
    return { row, otherWords, messages }
  }

  /** The newest message that contains all words. */
  async #find(messages: readonly Message[], words: readonly string[], search: Running): Promise<Message | undefined> {
    for (const message of messages.toReversed()) {
      const text = textOf(message)
      search.length -= text.length
      if (this.#now() - search.pausedAt >= SLICE_MS) {
        await this.#pause()
        search.pausedAt = this.#now()
      }
      if (!this.#mayGoOn(search)) return undefined
      const folded = fold(text)
      if (words.every((word) => folded.includes(word))) return jsonBytes(message.body) > MESSAGE_BYTES ? preview(message) : message
    }
    return undefined
  }

  #mayGoOn({ isWanted, endsAt, length }: Running): boolean {
    return length > 0 && this.#now() < endsAt && isWanted()
  }

  /** Waits until it is this search's turn: one search a turn, however many are under way. */
  #pause(): Promise<void> {
    this.#queue = this.#queue.then(this.#turn)
    return this.#queue
  }

  async #byId(side: string, id: string): Promise<ConversationRow | undefined> {
    if (!isId(id) || id === side || (isShopSide(id) && isShopSide(side))) return undefined
    const conversation = conversationId(side, id)
    const row = rowOfPage(side, { conversation, page: await this.#store.read(conversation, { limit: 1 }), now: this.#now() })
    return row && (await this.#shops.named([row]))[0]
  }
}

/** Text that NFKD does not change. */
const PLAIN = /^[\0-\x7f]*$/

/** Lower case, without accents, full-width forms made plain. The widget's lists compare in the same way. */
const fold = (text: string): string => (PLAIN.test(text) ? text : text.normalize('NFKD').replace(/\p{M}/gu, '')).toLowerCase()

/** What a person wrote, or reads on a card: its number, title, status. Not system messages, nor addresses. */
function textOf({ kind, body }: Message): string {
  if (kind === 'system' || isWithdrawn({ kind })) return ''
  if (kind === 'text') return body.text.slice(0, LIMITS.textLength)
  const fields = Object.entries(body).filter(
    ([name, value]) => !['url', 'image'].includes(name) && (typeof value === 'string' || typeof value === 'number'),
  )
  return fields
    .map(([, value]) => value)
    .join('\n')
    .slice(0, LIMITS.textLength)
}
