import { ChatClient } from './chat-client.ts'
import type { ClientOptions } from './client-options.ts'
import { Inbox } from './inbox.ts'
import { MAILBOX_CHECKS } from './incoming-mailbox.ts'
import { DRAFT_LENGTH } from './limits.ts'
import { PersonClient, type PersonOptions } from './person-client.ts'
import { ScopedStorage } from './scoped-storage.ts'
import { text } from './shape.ts'
import type { ListingClient as ClientContract, ListingPerson as PersonContract } from './types.ts'

export type { Body, ConversationRow, Cursor, Identity, Message } from '../../gateway/protocol/model.ts'
export type { WireRefusal } from '../../gateway/protocol/codes.ts'
export type { ClientOptions } from './client-options.ts'
export type { RefusalError } from './refusal-error.ts'
export type { Signal } from './signal.ts'
export type { TransportPort } from './transport.ts'
export type * from './types.ts'

/**
 * The headless client of one window at one gateway. Everything it needs from its environment is an option with a default (client-options.ts), so it
 * runs in Node, in a worker, without storage, and in tests under a fake clock. Before `connect()` it only shows the local copy.
 */
export function createClient(options: ClientOptions): ClientContract {
  return new ListingClient(options, (person) => new ListingPerson(person))
}

class ListingClient extends ChatClient<ListingPerson> implements ClientContract {
  get inbox(): Inbox {
    return this.person.value.inbox
  }
}

/** A person with a list of conversations. */
class ListingPerson extends PersonClient implements PersonContract {
  #inbox: Inbox | undefined
  readonly #drafts: ScopedStorage

  constructor(options: PersonOptions) {
    super({ ...options, checks: MAILBOX_CHECKS })
    this.#drafts = new ScopedStorage(options.ports.storage, `im-chat~${options.gateway}~${this.scope}~draft~`)
    // The gateway does not push this window's own messages and cursors back to it; the list learns them here.
    this.onOpen = (conversation) => {
      conversation.timeline.subscribe(({ messages }) => {
        const last = messages[messages.length - 1]
        if (last) this.#inbox?.onMessage(last)
      })
      conversation.unread.subscribe(() => {
        const { id, mine } = conversation
        const participant = this.identity.value?.side
        if (id !== undefined && participant !== undefined) this.#inbox?.onCursor({ conversation: id, participant, ...mine })
      })
    }
    this.onPush('messagePush', (message) => this.#inbox?.onMessage(message))
    this.onPush('withdrawPush', (message) => this.#inbox?.onChanged(message))
    this.onPush('erasedPush', ({ conversation }) => this.#inbox?.remove(conversation))
    this.onPush('cursorPush', (cursor) => this.#inbox?.onCursor(cursor))
    this.onPush('conversationPush', (row) => this.#inbox?.onRow(row))
    this.connection.subscribe(({ name }) => {
      if (name === 'catching-up') void this.#inbox?.refresh()
    })
  }

  get inbox(): Inbox {
    return (this.#inbox ??= this.#open())
  }

  /** Without opening the conversation, which would ask the gateway for it. */
  draftOf(to: string): string {
    const opened = this.conversations.find((each) => each.to === to)
    return opened ? opened.draft.value : (this.#drafts.get(to, text)?.slice(0, DRAFT_LENGTH) ?? '')
  }

  protected override leave(): void {
    super.leave()
    this.#drafts.end()
    this.#inbox?.end()
  }

  #open(): Inbox {
    const inbox = new Inbox({
      clock: this.clock,
      side: () => this.identity.value?.side,
      list: (input) => this.request('conversations', input),
      received: (conversation, seq) => {
        // An opened conversation sends this itself. A failure is ignored: the next connection sends it again.
        if (!this.conversations.some(({ id }) => id === conversation)) this.request('delivered', { conversation, seq }).catch(() => {})
      },
    })
    if (this.isWelcomed) void inbox.refresh()
    return inbox
  }
}
