/**
 * Finds conversations of one's side by name and id of the other side, numbers in cards, and words of recent messages. There is no
 * index: the newest conversations are read, a few at a time. So it is bounded in what it looks at, in characters and in time, and
 * says whether that was all; and a line that asks again, or ends, ends its older search, which answers with what it has found.
 *
 * All searches of a node take turns: one of them works for `SLICE_MS`, then everything else that waits for the node comes first.
 */
import type { ListRow, Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { conversationId, isId, isShopSide } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { ConversationRow, Message } from '../../protocol/model.ts'
import type { Caller } from './access.ts'
import { jsonBytes, preview, ROWS_BYTES } from '../answer-size.ts'
import { rowFor, rowOfPage } from './conversations.ts'
import { Refusal } from '../refusal.ts'

const CONVERSATION_COUNT = 300
/** Rows read at once. */
const PAGE_COUNT = 50
/** Conversations read at once. */
const BATCH_COUNT = 10
const MESSAGE_COUNT = 30
/** Of one conversation's recent messages. */
const MESSAGES_BYTES = 65_536
const LENGTH = 4_000_000
const LIMIT_MS = 1500
const SLICE_MS = 8
/** Searches under way at a node; whoever comes then comes again. */
const AT_ONCE = 32
const AGAIN_MS = 1000
/** A message that is larger is told by the start of its text. */
const MESSAGE_BYTES = 16_384

type Answer = CommandAnswer<'search'>
type Hit = Answer['hits'][number]

interface Candidate {
  readonly row: ConversationRow
  /** Words that are not in its name or id. */
  readonly others: readonly string[]
  readonly messages: readonly Message[]
}

/** One search: what it may still use up. */
interface Looking {
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
  readonly #now: () => number
  readonly #turn: () => Promise<void>
  /** Resolves when the last search that waits has its turn. */
  #queue: Promise<void> = Promise.resolve()
  #underWay = 0
  /** The newest search of each line that has one. */
  readonly #newest = new Map<string, object>()

  /** `turn` resolves when everything else that the process has to do has been done. */
  constructor(options: { store: Store; now: () => number; turn: () => Promise<void> }) {
    this.#store = options.store
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
    const search = {}
    this.#newest.set(sid, search)
    const isWanted = (): boolean => this.#newest.get(sid) === search && isGone?.() !== true
    try {
      await this.#pause()
      const now = this.#now()
      const looking: Looking = { side: identity.side, words, isWanted, endsAt: now + LIMIT_MS, pausedAt: now, length: LENGTH, bytes: ROWS_BYTES }
      return await this.#look(looking, query.trim())
    } finally {
      this.#underWay--
      if (this.#newest.get(sid) === search) this.#newest.delete(sid)
    }
  }

  async #look(looking: Looking, id: string): Promise<Answer> {
    const hits: Hit[] = []
    let isComplete = true
    let count = 0
    for await (const { row, others, messages } of this.#candidates(looking)) {
      isComplete = ++count <= CONVERSATION_COUNT && hits.length < LIMITS.listCount && this.#mayGoOn(looking)
      if (!isComplete) break
      const message = others.length === 0 ? undefined : await this.#find(messages, others, looking)
      if (others.length > 0 && message === undefined) continue
      const hit = message === undefined ? { row } : { row, message }
      looking.bytes -= jsonBytes(hit)
      isComplete = looking.bytes >= 0 || hits.length === 0
      if (!isComplete) break
      hits.push(hit)
    }
    isComplete &&= this.#mayGoOn(looking)
    // whoever has the whole id finds it, however old
    const old = isComplete || hits.some(({ row }) => row.to === id) ? undefined : await this.#byId(looking.side, id)
    return { ok: true, hits: [...hits, ...(old === undefined ? [] : [{ row: old }])], isComplete }
  }

  /** The list, newest first, as far as somebody goes through it. */
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
      // the rows of one millisecond may be torn apart by the page's end
      before = fresh.length > 0 ? last.last.at + 1 : last.last.at
    }
  }

  /** With the recent messages of those whose name and id do not have all words; some are read at once. */
  async *#candidates(looking: Looking): AsyncGenerator<Candidate> {
    let some: ListRow[] = []
    for await (const row of this.#rows(looking.side)) {
      some.push(row)
      if (some.length < BATCH_COUNT) continue
      yield* await Promise.all(some.map((one) => this.#candidate(one, looking)))
      some = []
    }
    yield* await Promise.all(some.map((one) => this.#candidate(one, looking)))
  }

  async #candidate(found: ListRow, { side, words }: Looking): Promise<Candidate> {
    const row = rowFor(side, found, this.#now())
    const named = fold(`${row.name ?? ''} ${row.to}`)
    const others = words.filter((word) => !named.includes(word))
    if (others.length === 0) return { row, others, messages: [] }
    const { messages } = await this.#store.read(row.conversation, { limit: MESSAGE_COUNT, bytes: MESSAGES_BYTES })
    return { row, others, messages }
  }

  /** The newest message that has all words. */
  async #find(messages: readonly Message[], words: readonly string[], looking: Looking): Promise<Message | undefined> {
    for (const message of messages.toReversed()) {
      const text = textOf(message)
      looking.length -= text.length
      if (this.#now() - looking.pausedAt >= SLICE_MS) {
        await this.#pause()
        looking.pausedAt = this.#now()
      }
      if (!this.#mayGoOn(looking)) return undefined
      const folded = fold(text)
      if (words.every((word) => folded.includes(word))) return jsonBytes(message.body) > MESSAGE_BYTES ? preview(message) : message
    }
    return undefined
  }

  #mayGoOn({ isWanted, endsAt, length }: Looking): boolean {
    return length > 0 && this.#now() < endsAt && isWanted()
  }

  /** One search a turn, however many there are. */
  #pause(): Promise<void> {
    this.#queue = this.#queue.then(this.#turn)
    return this.#queue
  }

  async #byId(side: string, id: string): Promise<ConversationRow | undefined> {
    if (!isId(id) || id === side || (isShopSide(id) && isShopSide(side))) return undefined
    const conversation = conversationId(side, id)
    return rowOfPage(side, { conversation, page: await this.#store.read(conversation, { limit: 1 }), now: this.#now() })
  }
}

// all of it is as NFKD leaves it
const PLAIN = /^[\0-\x7f]*$/

/** Lower case, without accents, full-width forms made plain: what is typed finds what was meant. The same as in the page's own lists. */
const fold = (text: string): string => (PLAIN.test(text) ? text : text.normalize('NFKD').replace(/\p{M}/gu, '')).toLowerCase()

/** What a person wrote, or sees on a card: its number, title, status. Not the gateway's own words, nor addresses. */
function textOf({ kind, body }: Message): string {
  if (kind === 'system') return ''
  if (kind === 'text') return body.text.slice(0, LIMITS.textLength)
  const fields = Object.entries(body).filter(
    ([name, value]) => !['url', 'image'].includes(name) && (typeof value === 'string' || typeof value === 'number'),
  )
  return fields
    .map(([, value]) => value)
    .join('\n')
    .slice(0, LIMITS.textLength)
}
