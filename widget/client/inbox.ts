import type { CommandAnswer, CommandInput } from '../../gateway/protocol/commands.ts'
import type { ConversationRow, Cursor, Message } from '../../gateway/protocol/model.ts'
import type { PushData } from '../../gateway/protocol/pushes.ts'
import { signal } from './signal.ts'
import type { Inbox as Contract } from './types.ts'

export interface InboxOptions {
  /** In whose name we read: unread is counted for this side. */
  readonly side: () => string | undefined
  readonly list: (input: CommandInput<'conversations'>) => Promise<CommandAnswer<'conversations'>>
}

const PAGE = 50

/** The list by last activity: a page from the gateway, then kept by pushes; each welcome reads the first page again. */
export class Inbox implements Contract {
  readonly rows = signal<readonly ConversationRow[]>([])
  readonly isLoaded = signal(false)
  readonly hasMore = signal(false)
  readonly unread = signal(0)
  readonly #options: InboxOptions
  #isLoading = false

  constructor(options: InboxOptions) {
    this.#options = options
  }

  /** Reads the newest page; rows held further down stay. */
  async refresh(): Promise<void> {
    const isFirst = !this.isLoaded.value
    const more = await this.#load({ limit: PAGE })
    if (isFirst && more !== undefined) this.hasMore.set(more)
  }

  async loadMore(): Promise<void> {
    const last = this.rows.value[this.rows.value.length - 1]
    const more = await this.#load(last ? { limit: PAGE, before: last.at } : { limit: PAGE })
    if (more !== undefined) this.hasMore.set(more)
  }

  onMessage(message: Message): void {
    const row = this.#find(message.conversation)
    if (!row) return void this.refresh()
    const { conversation, epoch, seq, id, side, name, at } = message
    if (epoch === row.head.epoch && seq <= row.head.seq) return
    const known = row.cursors[side]
    const cursors = { ...row.cursors, [side]: { delivered: Math.max(seq, known?.delivered ?? 0), read: Math.max(seq, known?.read ?? 0) } }
    const label = side === row.to && name ? { name } : {}
    this.#put([{ ...row, ...label, conversation, head: { epoch, seq, id }, last: message, at, cursors }])
  }

  onCursor({ conversation, participant, delivered, read }: PushData<'cursorPush'>): void {
    const row = this.#find(conversation)
    if (row) this.#put([{ ...row, cursors: { ...row.cursors, [participant]: { delivered, read } } }])
  }

  onRow(row: ConversationRow): void {
    this.#put([row])
  }

  #find(conversation: string): ConversationRow | undefined {
    return this.rows.value.find((row) => row.conversation === conversation)
  }

  async #load(input: CommandInput<'conversations'>): Promise<boolean | undefined> {
    if (this.#isLoading) return undefined
    this.#isLoading = true
    try {
      const { conversations, more } = await this.#options.list(input)
      this.#put(conversations)
      this.isLoaded.set(true)
      return more
    } catch {
      return undefined // The next welcome or the next scroll asks again.
    } finally {
      this.#isLoading = false
    }
  }

  #put(news: readonly ConversationRow[]): void {
    const side = this.#options.side()
    const ids = new Set(news.map(({ conversation }) => conversation))
    const counted = news.map((row) => ({ ...row, unread: unreadOf(row, side) }))
    const rows = [...this.rows.value.filter(({ conversation }) => !ids.has(conversation)), ...counted]
    this.rows.set(rows.sort((a, b) => b.at - a.at))
    this.unread.set(rows.reduce((sum, { unread }) => sum + unread, 0))
  }
}

function unreadOf({ head, cursors, unread }: ConversationRow, side: string | undefined): number {
  const mine: Cursor | undefined = side === undefined ? undefined : cursors[side]
  return mine ? Math.max(0, head.seq - mine.read) : unread
}
