import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { ConversationRow } from '../../gateway/protocol/model.ts'
import {
  filterConversations,
  isOnShelf,
  type ConversationFilter,
  type ConversationQuestion,
  type ConversationShelf,
} from '../client/conversation-filter.ts'

/** How long the order is held after the pointer last moved over the list. */
const HOLD_MS = 2000

/** How many opened rows keep their place. */
const HELD_COUNT = 12

/**
 * What the list shows: the query (search, filter, order) and, for a while, a held order.
 *
 * moving → the list follows every message at once.
 * held   → the pointer is over the list and moved within the last two seconds: rows change in place, none moves, so that nobody
 *          clicks on a conversation that has just slid under the pointer. `waitingCount` says what will move. Ends when the pointer
 *          rests or leaves, or the query changes.
 */
export class Listing implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #question: ConversationQuestion = { query: '', filter: 'all', unreadFirst: true }
  #source: readonly ConversationRow[] | undefined
  #open = ''
  #answer: readonly ConversationRow[] = []
  #shown: readonly ConversationRow[] = []
  #order: readonly string[] | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  get query(): string {
    return this.#question.query
  }

  get filter(): ConversationFilter {
    return this.#question.filter
  }

  get unreadFirst(): boolean {
    return this.#question.unreadFirst
  }

  /** A search covers all shelves. */
  get shelf(): ConversationShelf {
    return this.query.trim() === '' ? (this.#question.shelf ?? 'all') : 'all'
  }

  /** How many of `rows` belong to a shelf. */
  count(rows: readonly ConversationRow[], shelf: ConversationShelf): number {
    return rows.reduce((count, row) => count + (isOnShelf(row, shelf, this.#question.me) ? 1 : 0), 0)
  }

  /** The shelf to look at, and whose conversations are `mine`. */
  know(me: string | undefined, shelf: ConversationShelf): void {
    if (me === this.#question.me && shelf === this.#question.shelf) return
    if (shelf !== this.#question.shelf) this.#release()
    this.#question = { ...this.#question, me, shelf }
    this.#source = undefined
  }

  /** More than the newest page is needed to answer. */
  get isSearching(): boolean {
    return this.#question.query.trim() !== '' || this.#question.filter !== 'all'
  }

  ask(change: Partial<Omit<ConversationQuestion, 'held'>>): void {
    this.#question = { ...this.#question, ...change, held: new Map() }
    this.#source = undefined
    this.#release()
    this.#host.requestUpdate()
  }

  /** Back to the initial state. */
  reset(): void {
    this.ask({ query: '', filter: 'all', unreadFirst: true })
  }

  /** `row` is being opened: it keeps its place, as do the few opened before it, until the query changes. */
  hold(to: string, isUnread: boolean): void {
    const held = new Map(this.#question.held)
    const wasUnread = held.get(to) === true || isUnread
    held.delete(to)
    held.set(to, wasUnread)
    for (const oldest of [...held.keys()].slice(0, -HELD_COUNT)) held.delete(oldest)
    this.#question = { ...this.#question, held }
    this.#source = undefined
    this.#host.requestUpdate()
  }

  /** The rows to show out of all rows held, and the open one whatever the shelf or filter; the same array as long as nothing changed. */
  rows(source: readonly ConversationRow[], open = ''): readonly ConversationRow[] {
    if (source === this.#source && open === this.#open) return this.#shown
    this.#source = source
    this.#open = open
    this.#answer = this.#withOpen(filterConversations(source, { ...this.#question, shelf: this.shelf }), source)
    this.#shown = this.#order ? this.#inOrder(this.#order) : this.#answer
    return this.#shown
  }

  /** How many of the rows shown or hidden will move up when the order is released. */
  get waitingCount(): number {
    if (!this.#order || this.#shown === this.#answer) return 0
    const place = new Map(this.#shown.map(({ to }, index) => [to, index]))
    return this.#answer.filter(({ to, unread }, index) => unread > 0 && index < (place.get(to) ?? Infinity)).length
  }

  /** Releases the order at once. */
  letGo(): void {
    if (!this.#order) return
    this.#release()
    this.#source = undefined
    this.#host.requestUpdate()
  }

  readonly onPointer = (event: Event): void => {
    if (event.type === 'pointerleave') return this.letGo()
    if (event instanceof PointerEvent && event.pointerType !== 'mouse') return
    this.#order ??= this.#shown.map(({ to }) => to)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.letGo(), HOLD_MS)
  }

  hostDisconnected(): void {
    this.#release()
  }

  /** A search shows what it found and nothing else. */
  #withOpen(rows: readonly ConversationRow[], source: readonly ConversationRow[]): readonly ConversationRow[] {
    if (this.#open === '' || this.query.trim() !== '' || rows.some(({ to }) => to === this.#open)) return rows
    return [...source.filter(({ to }) => to === this.#open), ...rows]
  }

  #inOrder(order: readonly string[]): readonly ConversationRow[] {
    const rows = new Map(this.#answer.map((row) => [row.to, row]))
    return this.#withOpen(
      order.flatMap((to) => rows.get(to) ?? []),
      this.#answer,
    )
  }

  #release(): void {
    clearTimeout(this.#timer)
    this.#order = undefined
  }
}
