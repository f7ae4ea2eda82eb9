import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { ConversationRow, Identity, Message } from '../../gateway/protocol/model.ts'
import { unreadConversationCount } from '../client/conversation-filter.ts'
import type { Signal } from '../client/signal.ts'
import type { ListingPerson } from '../client/types.ts'

export interface MailboxOptions {
  /** The open conversation changed: by a click here, or because another window of the same person switched. */
  readonly onFocus: (to: string | undefined) => void
  /** The other side wrote. */
  readonly onMessage: (message: Message) => void
  readonly onWithdrawn: (message: Message) => void
  /** The number of conversations with something unread changed. */
  readonly onUnread: (count: number) => void
}

const NO_ROWS: readonly ConversationRow[] = []

/** How many rows a search loads at most before it answers from what it has. */
const SEARCH_COUNT = 5000

/** Connects a client's list of conversations and its focus to an element: each change requests a render. */
export class Mailbox implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: MailboxOptions
  #client: ListingPerson | undefined
  #stop: (() => void) | undefined
  #unreadCount = 0
  #isLoading = false

  constructor(host: ReactiveControllerHost, options: MailboxOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostConnected(): void {}

  get rows(): readonly ConversationRow[] {
    return this.#client?.inbox.rows.value ?? NO_ROWS
  }

  get isLoaded(): boolean {
    return this.#client?.inbox.isLoaded.value ?? false
  }

  get refusal(): WireRefusal | undefined {
    return this.#client?.inbox.refusal.value
  }

  get focus(): string | undefined {
    return this.#client?.focus.value
  }

  get identity(): Identity | undefined {
    return this.#client?.identity.value
  }

  get unreadCount(): number {
    return this.#unreadCount
  }

  /** The client to follow from now on; undefined: none. */
  use(client: ListingPerson | undefined): void {
    if (client === this.#client) return
    this.#stop?.()
    this.#client = client
    this.#stop = client && this.#follow(client)
    this.#count()
    if (client?.focus.value !== undefined) this.#options.onFocus(client.focus.value)
    this.#host.requestUpdate()
  }

  /** The reader nears the end of the rows held, or searches for something that may lie beyond them. */
  needMore(): void {
    const inbox = this.#client?.inbox
    if (!inbox || this.#isLoading || !inbox.hasMore.value || inbox.rows.value.length >= SEARCH_COUNT) return
    this.#isLoading = true
    void inbox.loadMore().finally(() => {
      this.#isLoading = false
      this.#host.requestUpdate()
    })
  }

  #follow(client: ListingPerson): () => void {
    const { focus, identity, inbox } = client
    const update = (): void => this.#host.requestUpdate()
    const stops = [
      ...[identity, inbox.isLoaded, inbox.hasMore, inbox.refusal].map((each: Signal<unknown>) => each.subscribe(update)),
      inbox.rows.subscribe(() => this.#count()),
      focus.subscribe((to) => this.#options.onFocus(to)),
      client.onPush('withdrawPush', (message) => this.#options.onWithdrawn(message)),
      client.onPush('messagePush', (message) => {
        if (message.side !== this.identity?.side && message.kind !== 'system') this.#options.onMessage(message)
      }),
    ]
    return () => stops.forEach((stop) => stop())
  }

  #count(): void {
    const count = unreadConversationCount(this.rows)
    if (count !== this.#unreadCount) this.#options.onUnread(count)
    this.#unreadCount = count
    this.#host.requestUpdate()
  }
}
