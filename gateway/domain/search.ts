/**
 * Finds conversations of one's side by name and id of the other side, numbers in cards, and words of recent messages. There is no
 * index: the newest conversations are read, a few at a time. So it is bounded in what it looks at and says whether that was all; and a
 * line that asks again ends its older search, which answers with what it has found.
 */
import type { Store } from '../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../protocol/commands.ts'
import { conversationId, isId, isShopSide } from '../protocol/keys.ts'
import { LIMITS } from '../protocol/limits.ts'
import type { ConversationRow, Message } from '../protocol/model.ts'
import type { Caller } from './access.ts'
import { rowFor, rowOfPage } from './conversations.ts'
import { Refusal } from './refusal.ts'

const CONVERSATION_COUNT = 300
const MESSAGE_COUNT = 30
/** Read at once; between two such the node does other things. */
const BATCH_COUNT = 10

type Answer = CommandAnswer<'search'>
type Hit = Answer['hits'][number]

export class Search {
  readonly #store: Store
  readonly #now: () => number
  /** The newest search of each line that has one. */
  readonly #newest = new Map<string, object>()

  constructor(options: { store: Store; now: () => number }) {
    this.#store = options.store
    this.#now = options.now
  }

  async find({ identity, sid }: Caller, { query }: CommandInput<'search'>): Promise<Answer> {
    const words = fold(query).split(/\s+/).filter((word) => word !== '')
    if (words.length === 0) throw new Refusal('bad_request', 'query has no word')
    const search = {}
    this.#newest.set(sid, search)
    try {
      return await this.#look(identity.side, { words, id: query.trim(), isWanted: () => this.#newest.get(sid) === search })
    } finally {
      if (this.#newest.get(sid) === search) this.#newest.delete(sid)
    }
  }

  async #look(side: string, { words, id, isWanted }: { words: readonly string[]; id: string; isWanted: () => boolean }): Promise<Answer> {
    const rows = (await this.#store.list(side, { limit: CONVERSATION_COUNT + 1 })).map((row) => rowFor(side, row, this.#now()))
    const hits: Hit[] = []
    let at = 0
    for (; at < Math.min(rows.length, CONVERSATION_COUNT) && hits.length < LIMITS.listCount && isWanted(); at += BATCH_COUNT) {
      const found = await Promise.all(rows.slice(at, at + BATCH_COUNT).map((row) => this.#match(row, words)))
      hits.push(...found.filter((hit) => hit !== undefined))
    }
    const isComplete = at >= rows.length && hits.length <= LIMITS.listCount
    // whoever has the whole id finds it, however old
    const old = isComplete || hits.some(({ row }) => row.to === id) ? undefined : await this.#byId(side, id)
    return { ok: true, hits: [...hits.slice(0, LIMITS.listCount), ...(old === undefined ? [] : [{ row: old }])], isComplete }
  }

  async #match(row: ConversationRow, words: readonly string[]): Promise<Hit | undefined> {
    const named = fold(`${row.name ?? ''} ${row.to}`)
    const others = words.filter((word) => !named.includes(word))
    if (others.length === 0) return { row }
    const { messages } = await this.#store.read(row.conversation, { limit: MESSAGE_COUNT })
    const message = messages.findLast((one) => {
      const text = fold(textOf(one))
      return others.every((word) => text.includes(word))
    })
    return message === undefined ? undefined : { row, message }
  }

  async #byId(side: string, id: string): Promise<ConversationRow | undefined> {
    if (!isId(id) || id === side || (isShopSide(id) && isShopSide(side))) return undefined
    const conversation = conversationId(side, id)
    return rowOfPage(side, { conversation, page: await this.#store.read(conversation, { limit: 1 }), now: this.#now() })
  }
}

/** Lower case, without accents, full-width forms made plain: what is typed finds what was meant. The same as in the page's own lists. */
const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** What a person wrote, or sees on a card: its number, title, status. Not the gateway's own words, nor addresses. */
function textOf({ kind, body }: Message): string {
  if (kind === 'system') return ''
  if (kind === 'text') return body.text
  const fields = Object.entries(body).filter(([name, value]) =>
    !['url', 'image'].includes(name) && (typeof value === 'string' || typeof value === 'number'))
  return fields.map(([, value]) => value).join('\n').slice(0, LIMITS.textLength)
}
