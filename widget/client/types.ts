/**
 * The headless client as the elements see it. Contracts only: the code is in client.ts, connection.ts, conversation.ts …
 * `timeline` is what the gateway confirmed, `outbox` what the person wants to send. An element renders the timeline and, below it, the outbox; they
 * meet nowhere else.
 */
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Blocked, Body, ConversationRow, Cursor, Identity, Message, Shop } from '../../gateway/protocol/model.ts'
import type { Command, CommandAnswer, CommandInput } from '../../gateway/protocol/commands.ts'
import type { PushData } from '../../gateway/protocol/pushes.ts'
import type { PageNotice } from './environment.ts'
import type { MessageLimits } from './limits.ts'
import type { Signal } from './signal.ts'

export type TransportName = 'websocket' | 'polling'

/** The state of the connection; each state carries only the data that is valid in it. Connected and caught up are separate states. */
export type ConnectionState =
  | { readonly name: 'idle' }
  | { readonly name: 'connecting'; readonly attempt: number }
  /** Welcome received; missed messages are still on their way. */
  | { readonly name: 'catching-up'; readonly transport: TransportName }
  | { readonly name: 'live'; readonly transport: TransportName }
  /** The connection was lost; the next attempt starts at `retryAt` (client clock, ms), or at once when the network is back. */
  /** `refusal`: a temporary refusal of the gateway caused it (too many at once, the store is down). */
  | {
      readonly name: 'waiting'
      readonly attempt: number
      readonly retryAt: number
      readonly reason: string
      readonly refusal?: WireRefusal
    }
  /** A final refusal (bad pass, foreign origin …): the person or the page has to act. */
  | { readonly name: 'refused'; readonly refusal: WireRefusal }
  | { readonly name: 'closed' }

export interface OutboxItem {
  /** Client id; the same in the timeline once the gateway confirmed it. */
  readonly id: string
  readonly kind: string
  readonly body: Body
  /** When the person pressed send, client clock, ms. */
  readonly at: number
  /** waiting: for the connection or for earlier items; sending: on its way; failed: refused for good, stored for retry or discard. */
  readonly state: 'waiting' | 'sending' | 'failed'
  /** Why it failed; while it waits: the temporary refusal that delayed it. */
  readonly refusal?: WireRefusal
  /** Nothing on this device has room for it: it is lost with this page. */
  readonly isOnlyHere?: boolean
}

export interface TimelineView {
  /** Ascending by seq. Holes, where any, are between two neighbours whose seqs are not successive. */
  readonly messages: readonly Message[]
  /** Older messages exist that are not loaded. */
  readonly hasOlder: boolean
  readonly isLoadingOlder: boolean
  /** False until the gateway or the local copy has told the messages, even if there are none. */
  readonly isLoaded: boolean
}

/** One conversation as this window sees it. Stays valid across lost connections. */
export interface Conversation {
  /** `shop:<id>` or a participant id. */
  readonly to: string
  /** Undefined until known from the gateway or the local copy. */
  readonly id: string | undefined
  readonly timeline: Signal<TimelineView>
  readonly outbox: Signal<readonly OutboxItem[]>
  /** How far this person's side has. */
  readonly mine: Cursor
  /** How far the other side has received and read. */
  readonly theirs: Signal<Cursor>
  readonly unread: Signal<number>
  /** Who of the other side is typing right now; undefined again after 6 s without news. */
  readonly typing: Signal<{ readonly from: string; readonly name?: string } | undefined>
  /** Last known name of the other side. */
  readonly name: Signal<string | undefined>
  /** What the other side, a shop, says about itself; undefined: nothing known. */
  readonly shop: Signal<Shop | undefined>
  /** The other side takes no messages from this person. Undefined: it does, or nothing is known yet. */
  readonly blocked: Signal<Blocked | undefined>
  /** Text not yet sent; stored where storage allows, shared by the windows of one person. */
  readonly draft: Signal<string>
  /** Of a message: what the gateway told in its last welcome, before that the protocol's own. */
  readonly limits: MessageLimits
  /** The gateway refused to show this conversation, for good. Each welcome asks again. */
  readonly refusal: Signal<WireRefusal | undefined>
  setDraft(text: string): void
  /**
   * Puts a message into the outbox and returns its client id at once. Returns undefined and does nothing if the text is empty or the person has
   * changed. A message that the gateway would refuse for its size or form throws a RefusalError with the same code (`text_too_long`, `too_large`,
   * `bad_request`, `forbidden`), `onRefused` is called, and the caller keeps the text.
   */
  send(text: string): string | undefined
  sendBody(kind: string, body: Body): string | undefined
  retry(id: string): void
  discard(id: string): void
  /** Whether this person may still take this message back, as far as the clocks tell. */
  mayWithdraw(message: Message): boolean
  /**
   * Takes back a message of this person by its client id: one that waits leaves the outbox, one that is on its way is withdrawn when it has arrived.
   * Rejects with a RefusalError.
   */
  withdraw(id: string): Promise<void>
  /** Loads one page of older messages; resolves when it is in the timeline or could not be loaded. */
  loadOlder(): Promise<void>
  /** The person has seen everything up to the newest message held. */
  markRead(): void
  /** The person is typing (throttled inside) or stopped. */
  setTyping(on: boolean): void
}

/** The person that a pass names, unchecked. A guest's id comes from the gateway and is in `identity` after the welcome. */
export interface Person {
  readonly id?: string
  readonly role: 'guest' | 'customer' | 'agent'
  /** Agents only. */
  readonly shop?: string
}

/**
 * The chat of one person in one window. When the window changes to another person it is over for good: its connection is closed, its signals are
 * empty, its methods do nothing, and its stored data waits for the person's return.
 */
export interface PersonClient {
  readonly who: Person
  /** Equal for two passes of one person, and for no others. */
  readonly scope: string
  readonly connection: Signal<ConnectionState>
  readonly identity: Signal<Identity | undefined>
  /** Hosts beside the gateway whose pictures may be shown without asking: names, or `*.` and a name. */
  readonly imageHosts: Signal<readonly string[]>
  /** What the shops say about themselves of which the last welcome told, by side: an agent's own. */
  readonly shops: Signal<Readonly<Record<string, Shop>>>
  /** The other side of the conversation in focus in this person's windows; follows `changeUser` here and `syncChangeUserPush` from other windows. */
  readonly focus: Signal<string | undefined>
  /** The conversation with `to`; the same object for the same `to`. */
  conversation(to: string): Conversation
  changeUser(to: string): void
  /**
   * Sends any command; waits for a connection within its time limit (10 s). Rejects with a `RefusalError`: the gateway's refusal, or `timeout`,
   * `disconnected`, `cut` if no answer came and the outcome is unknown.
   */
  request<C extends Command>(command: C, input: CommandInput<C>): Promise<CommandAnswer<C>>
  /** Listens to any push, for what has no signal above. Returns a function that stops listening. */
  onPush<P extends keyof PushMap>(push: P, listener: (data: PushMap[P]) => void): () => void
  /**
   * A refusal of any command; each code of a command once per connection. Refusals of messages are in their outbox items, those of the connection in
   * `connection`.
   */
  onRefused(listener: (refusal: WireRefusal, command: Command) => void): () => void
  /**
   * The device went offline or online, or a person looks at the page again (`wake`): for who knows it before the window's own events do.
   * A connection that is in doubt is tried at once.
   */
  notice(type: PageNotice): void
  /** Starts (or starts again after `refused` / `closed`). */
  connect(): void
}

/** A person with a list of conversations: what an inbox and a desk show. */
export interface ListingPerson extends PersonClient {
  /** By last activity, kept up to date by pushes; loads at first use. */
  readonly inbox: Inbox
  /** What is being written to `to` in this browser and not sent; '' for nothing. */
  draftOf(to: string): string
}

/**
 * One window's chat. `connection`, `identity`, `focus` and push listeners survive a change of person; conversations and the inbox belong to one
 * person: get them again when `person` changes.
 */
export interface Client extends Omit<PersonClient, 'who' | 'scope' | 'onRefused'> {
  /** The current person; changes when the chat becomes another person's. */
  readonly person: Signal<PersonClient>
  /** Disconnects and frees everything; outbox and timeline stay in storage. */
  close(): void
  /**
   * A fresh pass of the same person (equal `src`, `sub`, `role`, `shop`) renews the open connection; if the gateway refuses it, the client reconnects
   * with it, so that the hello is refused with the reason. A pass of anybody else changes the person: see `person`. '' is a guest.
   */
  setToken(token: string): void
  /**
   * Ends the connection and removes this person's messages, drafts and outbox and this device's guest from the storage, in all windows. Afterwards
   * the client is a disconnected guest until `setToken` or `connect`.
   */
  logout(): void
}

/** What `createClient` returns. A phone's chat makes itself a Client without the list, to save its code. */
export interface ListingClient extends Client {
  readonly person: Signal<ListingPerson>
  /** The current person's list. */
  readonly inbox: Inbox
}

export type PushMap = { [P in keyof typeof import('../../gateway/protocol/pushes.ts').PUSHES]: PushData<P> }

export interface Inbox {
  readonly rows: Signal<readonly ConversationRow[]>
  readonly isLoaded: Signal<boolean>
  /** The gateway refused to list conversations, for good. Each welcome asks again. */
  readonly refusal: Signal<WireRefusal | undefined>
  readonly hasMore: Signal<boolean>
  /** Sum of unread over the rows held. */
  readonly unread: Signal<number>
  loadMore(): Promise<void>
  /** Adds rows from the answer to another command; from then on they are kept up to date as well. */
  add(rows: readonly ConversationRow[]): void
}
