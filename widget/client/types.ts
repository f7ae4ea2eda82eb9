/**
 * What elements see of the headless client. Contracts only: the code is in client.ts, connection.ts, conversation.ts …
 * Confirmed and unconfirmed live apart: `timeline` is what the gateway said, `outbox` what the person wants;
 * an element draws the timeline and below it the outbox, and never mixes them anywhere else.
 */
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Body, ConversationRow, Cursor, Identity, Message } from '../../gateway/protocol/model.ts'
import type { Command, CommandAnswer, CommandInput } from '../../gateway/protocol/commands.ts'
import type { PushData } from '../../gateway/protocol/pushes.ts'
import type { Signal } from './signal.ts'

export type TransportName = 'websocket' | 'polling'

/** The state of the connection; each state carries only what is true in it. "connected" and "caught up" are told apart. */
export type ConnectionState =
  | { readonly name: 'idle' }
  | { readonly name: 'connecting'; readonly attempt: number }
  /** Welcome received; missed messages are still on their way. */
  | { readonly name: 'catching-up'; readonly transport: TransportName }
  | { readonly name: 'live'; readonly transport: TransportName }
  /** Lost; the next attempt starts at `retryAt` (client clock, ms) or at once when the network says it is back. */
  /** `refusal`: it was lost to the gateway's own no, which passes (too many at once, the store is away). */
  | {
      readonly name: 'waiting'
      readonly attempt: number
      readonly retryAt: number
      readonly reason: string
      readonly refusal?: WireRefusal
    }
  /** The gateway said a final no (bad pass, foreign origin …): a person or the page has to act. */
  | { readonly name: 'refused'; readonly refusal: WireRefusal }
  | { readonly name: 'closed' }

export interface OutboxItem {
  /** Client id; the same in the timeline once the gateway confirmed it. */
  readonly id: string
  readonly kind: string
  readonly body: Body
  /** When the person pressed send, client clock, ms. */
  readonly at: number
  /** waiting: for the line or for those before it; sending: on its way; failed: refused for good, stored for retry or discard. */
  readonly state: 'waiting' | 'sending' | 'failed'
  /** Why it failed; while it waits: the no that put it off, and passes. */
  readonly refusal?: WireRefusal
}

export interface TimelineView {
  /** Ascending by seq. Holes, where any, are between two neighbours whose seqs are not successive. */
  readonly messages: readonly Message[]
  /** Older messages exist that are not held yet. */
  readonly hasOlder: boolean
  readonly isLoadingOlder: boolean
  /** False until the gateway or the local copy has said what there is (even if it is nothing). */
  readonly isLoaded: boolean
}

/** One conversation as this window sees it. Stays valid over every loss and return of the line. */
export interface Conversation {
  /** `shop:<id>` or a participant id. */
  readonly to: string
  /** Known once the gateway or the local copy told it. */
  readonly id: string | undefined
  readonly timeline: Signal<TimelineView>
  readonly outbox: Signal<readonly OutboxItem[]>
  /** How far the other side has come. */
  readonly theirs: Signal<Cursor>
  readonly unread: Signal<number>
  /** Who of the other side is typing right now; undefined again after 6 s without news. */
  readonly typing: Signal<{ readonly from: string; readonly name?: string } | undefined>
  /** Last known name of the other side. */
  readonly name: Signal<string | undefined>
  /** Text not yet sent; stored where storage allows, shared by the windows of one person. */
  readonly draft: Signal<string>
  /** The gateway refused to show this conversation, for good. Each welcome asks again. */
  readonly refusal: Signal<WireRefusal | undefined>
  setDraft(text: string): void
  /**
   * Puts a message into the outbox and returns its client id at once. Undefined, and nothing happens: the text is empty, or the person has
   * gone. What the gateway would refuse for its size or form is refused at once: a RefusalError of the same code is thrown (`text_too_long`,
   * `too_large`, `bad_request`, `forbidden`), and `onRefused` hears of it; whoever sends keeps the text.
   */
  send(text: string): string | undefined
  sendBody(kind: string, body: Body): string | undefined
  retry(id: string): void
  discard(id: string): void
  /** Loads one page of older messages; resolves when it is in the timeline or could not be had. */
  loadOlder(): Promise<void>
  /** The person has seen everything up to the newest message held. */
  markRead(): void
  /** The person is typing (throttled inside) or stopped. */
  setTyping(on: boolean): void
}

/** Who a pass says it is, unchecked. A guest's id is the gateway's and is in `identity` once welcomed. */
export interface Person {
  readonly id?: string
  readonly role: 'guest' | 'customer' | 'agent'
  /** An agent's. */
  readonly shop?: string
}

/**
 * The chat of one person in one window. When the window becomes another person's it is over for good: its line is closed, its signals are
 * empty, nothing it is asked to do is done, and what it kept waits in storage for the return of that person.
 */
export interface PersonClient {
  readonly who: Person
  /** Equal for two passes of one person, and for no others. */
  readonly scope: string
  readonly connection: Signal<ConnectionState>
  readonly identity: Signal<Identity | undefined>
  /** Hosts beside the gateway whose pictures may be shown without asking: names, or `*.` and a name. */
  readonly imageHosts: Signal<readonly string[]>
  /** Whom the windows of this person talk to; follows `changeUser` here and `syncChangeUserPush` from the others. */
  readonly focus: Signal<string | undefined>
  /** The conversation with `to`; the same object for the same `to`. */
  conversation(to: string): Conversation
  changeUser(to: string): void
  /**
   * Any command; waits for a line within its time limit (10 s). Rejects with a `RefusalError` that carries the wire refusal, or
   * `timeout`, `disconnected`, `cut` where no answer came and nothing is known about the outcome.
   */
  request<C extends Command>(command: C, input: CommandInput<C>): Promise<CommandAnswer<C>>
  /** Any push, for what has no signal above. Returns the way to stop. */
  onPush<P extends keyof PushMap>(push: P, listener: (data: PushMap[P]) => void): () => void
  /** A no to a command, whoever sent it; each code of a command once a line. Noes to messages are in their outbox, the line's in `connection`. */
  onRefused(listener: (refusal: WireRefusal, command: Command) => void): () => void
  /** Starts (or starts again after `refused` / `closed`). */
  connect(): void
}

/** A person with a list of conversations: what an inbox and a desk show. */
export interface ListingPerson extends PersonClient {
  /** By last activity, kept up to date by pushes; loads at first use. */
  readonly inbox: Inbox
}

/**
 * A window's chat, whoever the person is. `connection`, `identity`, `focus` and listeners of pushes go on over a change of person;
 * conversations and the inbox are one person's: ask for them again when `person` tells of another.
 */
export interface Client extends Omit<PersonClient, 'who' | 'scope' | 'onRefused'> {
  /** Whose chat it is now; tells when it becomes another person's. */
  readonly person: Signal<PersonClient>
  /** Says goodbye and frees everything; outbox and timeline stay in storage. */
  close(): void
  /**
   * A fresh pass of the same person (`src`, `sub`, `role`, `shop` are equal) is put on the open line and everything stays; where the gateway
   * refuses it, the line is opened anew with it, so that the door says why. A pass of anybody else is another person: see `person`. '' is the guest.
   */
  setToken(token: string): void
  /**
   * Ends the line and takes this person's messages, drafts, outbox and the guest of this device out of the storage, in all windows.
   * What follows is a guest without a line, until `setToken` or `connect`.
   */
  logout(): void
}

/** What `createClient` returns. A phone's chat makes itself a Client without the list, whose code it does not load. */
export interface ListingClient extends Client {
  readonly person: Signal<ListingPerson>
  /** The list of whoever the person is now. */
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
  /** Rows that an answer to another question brought; from now on they are kept up to date as well. */
  add(rows: readonly ConversationRow[]): void
}
