import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { CommandAnswer, CommandInput } from '../../gateway/protocol/commands.ts'
import type { ConversationRow, Cursor, Message } from '../../gateway/protocol/model.ts'
import type { PushData } from '../../gateway/protocol/pushes.ts'
import type { Clock } from './clock.ts'
import { finalRefusal, type RefusalError } from './refusal-error.ts'
import { signal } from './signal.ts'
import type { Inbox as Contract } from './types.ts'

export interface InboxOptions {
  readonly clock: Clock
  /** The participant for whom unread messages are counted. */
  readonly side: () => string | undefined
  readonly list: (input: CommandInput<'conversations'>) => Promise<CommandAnswer<'conversations'>>
  /** This device has received a conversation up to `seq`, whether or not it is open. */
  readonly received: (conversation: string, seq: number) => void
}

const PAGE = 50
const RETRY_MS = 2000

interface LoadedPage {
  readonly more: boolean
  readonly lastAt: number
  /** Its last row was unknown or had changed. */
  readonly isNews: boolean
}

/** Conversations by last activity: read page by page from the gateway and kept up to date by pushes; each welcome reads the first page again. */
export class Inbox implements Contract {
  readonly rows = signal<readonly ConversationRow[]>([])
  readonly isLoaded = signal(false)
  readonly refusal = signal<WireRefusal | undefined>(undefined)
  readonly hasMore = signal(false)
  readonly unread = signal(0)
  readonly #options: InboxOptions
  readonly #received = new Map<string, number>()
  /** Every conversation with activity after this time is held; older ones only if a push or an answer brought them. */
  #floorAt = Infinity
  #turn: Promise<void> = Promise.resolve()
  #refreshing: Promise<void> | undefined
  #stopTimer = (): void => {}

  constructor(options: InboxOptions) {
    this.#options = options
  }

  /**
   * Reads from the top down to the first row that equals the held one: the list is by last activity, so nothing below it has changed. Rows held
   * further down stay.
   */
  refresh(): Promise<void> {
    this.#received.clear()
    this.#stopTimer()
    return (this.#refreshing ??= this.#inTurn(() => {
      this.#refreshing = undefined
      return this.#readTop()
    }))
  }

  loadMore(): Promise<void> {
    return this.#inTurn(() => this.#readOn())
  }

  /** The window belongs to another person: empties the list. */
  end(): void {
    this.#stopTimer()
    this.refusal.set(undefined)
    this.rows.set([])
    this.hasMore.set(false)
    this.unread.set(0)
    this.isLoaded.set(false)
  }

  onMessage(message: Message): void {
    const row = this.#find(message.conversation)
    if (!row) return void this.refresh()
    const { conversation, epoch, seq, id, side, name, at } = message
    if (epoch === row.head.epoch && seq <= row.head.seq) return this.onChanged(message)
    const known = row.cursors[side]
    const cursors = { ...row.cursors, [side]: { delivered: Math.max(seq, known?.delivered ?? 0), read: Math.max(seq, known?.read ?? 0) } }
    // in a shop's conversation it is an agent's name
    const label = side === row.to && name && !side.startsWith('shop:') ? { name } : {}
    this.#put([{ ...row, ...label, conversation, head: { epoch, seq, id }, last: message, at, cursors }])
  }

  /** Something else stands in an entry's place. */
  onChanged(message: Message): void {
    const row = this.#find(message.conversation)
    const { seq, epoch, kind } = message
    if (kind === 'withdrawn' && row?.last?.seq === seq && row.head.epoch === epoch && row.last.kind !== kind) this.#put([{ ...row, last: message }])
  }

  /** The conversation was erased. */
  remove(conversation: string): void {
    this.#received.delete(conversation)
    this.rows.set(this.rows.value.filter((row) => row.conversation !== conversation))
    this.unread.set(this.rows.value.reduce((sum, { unread }) => sum + unread, 0))
  }

  onCursor({ conversation, participant, delivered, read }: PushData<'cursorPush'>): void {
    const row = this.#find(conversation)
    if (row) this.#put([{ ...row, cursors: { ...row.cursors, [participant]: { delivered, read } } }])
  }

  /** A row older than a message already here is outdated except for its assignment. */
  onRow(row: ConversationRow): void {
    const held = this.#isOlder(row) ? this.#find(row.conversation) : undefined
    const { name, logo } = this.#find(row.conversation) ?? {}
    // pushes do not say what a shop is called
    const called = { ...(name === undefined ? {} : { name }), ...(logo === undefined ? {} : { logo }) }
    this.#put([held ? { ...held, ...(row.service ? { service: row.service } : {}) } : { ...called, ...row }])
  }

  add(rows: readonly ConversationRow[]): void {
    if (rows.length > 0) this.#put(rows.filter((row) => !this.#isOlder(row)))
  }

  #find(conversation: string): ConversationRow | undefined {
    return this.rows.value.find((row) => row.conversation === conversation)
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    return (this.#turn = this.#turn.then(run, run))
  }

  async #readTop(): Promise<void> {
    const isFirst = !this.isLoaded.value
    let page = await this.#load({ limit: PAGE })
    if (isFirst && page) this.hasMore.set(page.more)
    while (page?.more && page.isNews && !isFirst) page = await this.#load({ limit: PAGE, before: page.lastAt })
  }

  /** Rows of one millisecond may be split by the end of a page, so that millisecond is requested again. */
  async #readOn(): Promise<void> {
    const floorAt = this.#floorAt
    const isFirst = floorAt === Infinity
    let page = await this.#load(isFirst ? { limit: PAGE } : { limit: PAGE, before: floorAt + 1 })
    if (!isFirst && page?.more && page.lastAt === floorAt) page = await this.#load({ limit: PAGE, before: floorAt })
    if (page) this.hasMore.set(page.more)
  }

  async #load(input: CommandInput<'conversations'>): Promise<LoadedPage | undefined> {
    try {
      const { conversations, more } = await this.#options.list(input)
      const last = conversations[conversations.length - 1]
      const held = last && this.#find(last.conversation)
      this.#put(conversations.filter((row) => !this.#isOlder(row)))
      this.isLoaded.set(true)
      this.refusal.set(undefined)
      if (last) this.#floorAt = Math.min(this.#floorAt, last.at)
      return { more, lastAt: last?.at ?? 0, isNews: held?.head.id !== last?.head.id }
    } catch (error) {
      this.#refused(error as RefusalError)
      return undefined // The next welcome or the next scroll asks again.
    }
  }

  /** After a temporary refusal the list is requested again later. */
  #refused(error: RefusalError): void {
    const { afterMs, code, retry } = error
    this.refusal.set(finalRefusal(error))
    if (!retry || code === 'disconnected' || code === 'cut') return
    this.#stopTimer()
    this.#stopTimer = this.#options.clock.after(afterMs || RETRY_MS, () => void this.refresh())
  }

  /** The held row is newer: a push overtook the answer. */
  #isOlder({ conversation, head }: ConversationRow): boolean {
    const held = this.#find(conversation)?.head
    return held !== undefined && held.epoch === head.epoch && held.seq > head.seq
  }

  #put(news: readonly ConversationRow[]): void {
    const side = this.#options.side()
    const ids = new Set(news.map(({ conversation }) => conversation))
    const counted = news.map((row) => this.#forward(row)).map((row) => ({ ...row, unread: unreadOf(row, side) }))
    const rows = [...this.rows.value.filter(({ conversation }) => !ids.has(conversation)), ...counted]
    this.rows.set(rows.sort((a, b) => b.at - a.at))
    this.unread.set(rows.reduce((sum, { unread }) => sum + unread, 0))
    if (side !== undefined) for (const { conversation, head, cursors } of counted) this.#receive(conversation, head.seq, cursors[side])
  }

  /** Cursors only move forward; a row may be older than what is known here. */
  #forward(row: ConversationRow): ConversationRow {
    const held = this.#find(row.conversation)
    if (!held || held.head.epoch !== row.head.epoch) return row
    const cursors = { ...row.cursors }
    for (const [side, { delivered, read }] of Object.entries(held.cursors)) {
      const known = cursors[side]
      cursors[side] = { delivered: Math.max(delivered, known?.delivered ?? 0), read: Math.max(read, known?.read ?? 0) }
    }
    return { ...row, cursors }
  }

  /** Reports each seq once; after a lost connection the reload of the list finds what was missed. */
  #receive(conversation: string, seq: number, mine: Cursor | undefined): void {
    if (seq <= Math.max(mine?.delivered ?? 0, this.#received.get(conversation) ?? 0)) return
    this.#received.set(conversation, seq)
    this.#options.received(conversation, seq)
  }
}

/** A participant who never read has no cursor. */
function unreadOf({ head, cursors, unread }: ConversationRow, side: string | undefined): number {
  return side === undefined ? unread : Math.max(0, head.seq - (cursors[side]?.read ?? 0))
}
