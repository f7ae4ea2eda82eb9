import type { ReactiveControllerHost } from 'lit'
import type { ConversationRow, Message } from '../../../gateway/protocol/model.ts'
import { markWords, type MarkedPiece } from './mark-words.ts'
import type { ListingPerson } from '../../client/types.ts'
import { ClientFollower } from '../../ui/client-follower.ts'

/** The delay after the last key, in ms. */
const PAUSE_MS = 250
const QUERY_LENGTH = 100

interface Answer {
  readonly query: string
  /** Whose conversations, newest first; the rows themselves are in the list from now on. */
  readonly tos: readonly string[]
  readonly messages: ReadonlyMap<string, Message>
  readonly isComplete: boolean
}

/**
 * What the gateway finds beyond the rows held: in older conversations and in the text of recent messages.
 * idle → pausing (keys come) → asking → answered; another query starts again, and an answer to an old one is dropped.
 */
export class WideSearch extends ClientFollower<ListingPerson> {
  #query = ''
  #answer: Answer | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #isAsking = false
  /** An older gateway does not know the command. */
  #isUnknown = false
  #merged: { shown: unknown; source: unknown; answer: Answer; rows: readonly ConversationRow[] } | undefined

  constructor(host: ReactiveControllerHost) {
    super(host)
  }

  get isAsking(): boolean {
    return this.#isAsking
  }

  get answer(): Answer | undefined {
    return this.#answer
  }

  /** Then only what is loaded can be searched. */
  get isUnknown(): boolean {
    return this.#isUnknown
  }

  /** The rows of `source` that stand in `shown` or were found by the gateway; the same array as long as both are. */
  readonly merge = (shown: readonly ConversationRow[], source: readonly ConversationRow[]): readonly ConversationRow[] => {
    const answer = this.#answer
    if (!answer) return shown
    const merged = this.#merged
    if (merged?.shown === shown && merged.source === source && merged.answer === answer) return merged.rows
    const known = new Set(shown.map(({ to }) => to))
    const rows = [...shown, ...answer.tos.flatMap((to) => (known.has(to) ? [] : (source.find((row) => row.to === to) ?? [])))]
    this.#merged = { shown, source, answer, rows }
    return rows
  }

  readonly mark = (text: string): readonly MarkedPiece[] => markWords(text, this.#query)

  about(text: string): void {
    const query = text.trim().slice(0, QUERY_LENGTH)
    if (query === this.#query) return
    this.#query = query
    clearTimeout(this.#timer)
    if (query === '') this.#answer = undefined
    this.#isAsking = query !== ''
    if (query !== '') this.#timer = setTimeout(() => this.ask(), PAUSE_MS)
    this.update()
  }

  override hostDisconnected(): void {
    clearTimeout(this.#timer)
    super.hostDisconnected()
  }

  protected override forget(): void {
    this.#answer = undefined
    this.#isUnknown = false
  }

  protected override ask(): void {
    const query = this.#query
    if (query === '' || !this.client) return
    void this.#look(this.client, query)
  }

  async #look(client: ListingPerson, query: string): Promise<void> {
    let answer: Answer | undefined
    try {
      answer = await this.#search(client, query)
    } catch (error) {
      this.#isUnknown = (error as { code?: string }).code === 'unknown_command'
    }
    if (query !== this.#query) return
    this.#isAsking = false
    this.#answer = answer
    this.update()
  }

  async #search(client: ListingPerson, query: string): Promise<Answer> {
    const { hits, isComplete } = await client.request('search', { query })
    client.inbox.add(hits.map(({ row }) => row))
    const found = hits.flatMap(({ message, row }) => (message ? [[row.to, message] as const] : []))
    return { query, isComplete, tos: hits.map(({ row }) => row.to), messages: new Map(found) }
  }
}
