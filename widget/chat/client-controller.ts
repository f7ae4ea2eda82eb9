import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Cursor, Message } from '../../gateway/protocol/model.ts'
import type { PushData } from '../../gateway/protocol/pushes.ts'
import { ChatClient } from '../client/chat-client.ts'
import type { ClientOptions as HeadlessOptions } from '../client/client-options.ts'
import { NO_TIMELINE } from '../client/no-timeline.ts'
import { PersonClient } from '../client/person-client.ts'
import { withoutEndSlashes } from '../client/ports.ts'
import type { Signal } from '../client/signal.ts'
import type { Client, ConnectionState, Conversation, OutboxItem, Person, PersonClient as OnePerson, TimelineView } from '../client/types.ts'
import { imageTrust } from './timeline/image-trust.ts'

export interface ClientAddress {
  readonly gateway: string
  readonly token: string
}

export interface ClientOptions {
  /** The connection changed its state or its transport. */
  readonly onConnection: (state: ConnectionState) => void
  readonly onUnread: (count: number) => void
  /** A refusal of the connection or a command, or of one message (then with its client id). */
  readonly onRefused: (refusal: WireRefusal, id: string | undefined) => void
  readonly onDraft: (text: string) => void
  /** The chat now belongs to another person. The element must drop everything of the previous person at once. */
  readonly onPerson: (who: Person) => void
  /** Another window logged out the person whose pass the element holds. */
  readonly onLogout: () => void
  readonly onNotice: (notice: PushData<'noticePush'>) => void
}

const IDLE: ConnectionState = { name: 'idle' }
/** Shown to the person as "the chat is not set up correctly". */
const UNSET: WireRefusal = { code: 'bad_request', message: '', retry: false }
const NO_CURSOR: Cursor = { delivered: 0, read: 0 }

/**
 * Connects one Client and one of its conversations to an element: every signal requests a render, some also become events. `use` may be called at any
 * time and acts only on a change. A client that was made here is closed here. `client` belongs to one person: hold on to it for that person only.
 */
export class ClientController implements ReactiveController {
  /** The page has not set `gateway` or `to`. */
  isUnset = false
  readonly #host: ReactiveControllerHost
  readonly #options: ClientOptions
  #client: Client | undefined
  #person: OnePerson | undefined
  /** The person whose content the element last showed; undefined: none yet. */
  #shownPerson: OnePerson | string | undefined
  #isOwn = false
  #address: ClientAddress | undefined
  #conversation: Conversation | undefined
  #stopClient: (() => void) | undefined
  #stopPerson: (() => void) | undefined
  #stopConversation: (() => void) | undefined
  #refused = new Set<string>()
  /** Messages that wait after a temporary refusal: `<client id> <code>`. */
  #delayed = new Set<string>()
  /** Codes of the refusals since the connection was last live. */
  #connectionRefusals = new Set<string>()
  #unread = 0

  constructor(host: ReactiveControllerHost, options: ClientOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostConnected(): void {}

  /** A client without a list of conversations; MailboxClient overrides it with one that has it. */
  protected create(options: HeadlessOptions): Client {
    return new ChatClient(options, (person) => new PersonClient(person))
  }

  get client(): OnePerson | undefined {
    return this.#person
  }

  /** Absolute; '' if the page made the client. */
  get gateway(): string {
    return this.#address?.gateway ? absolute(this.#address.gateway) : ''
  }

  /** Whether a picture sent by another person may be loaded without asking the reader. */
  isTrusted(address: string): boolean {
    return imageTrust(this.gateway, this.#client?.imageHosts.value ?? [])(address)
  }

  get conversation(): Conversation | undefined {
    return this.#conversation
  }

  get connection(): ConnectionState {
    return this.#person?.connection.value ?? IDLE
  }

  /** The connection state to show. A final refusal of the conversation, or a `to` that the page did not set, shows as `refused`. */
  get shown(): ConnectionState {
    const { name } = this.connection
    const refusal = this.isUnset ? UNSET : this.#conversation?.refusal.value
    return refusal && (this.isUnset ? name !== 'refused' : name === 'live' || name === 'catching-up') ? { name: 'refused', refusal } : this.connection
  }

  get timeline(): TimelineView {
    return this.#conversation?.timeline.value ?? NO_TIMELINE
  }

  get messages(): readonly Message[] {
    return this.timeline.messages
  }

  get outbox(): readonly OutboxItem[] {
    return this.#conversation?.outbox.value ?? []
  }

  get theirs(): Cursor {
    return this.#conversation?.theirs.value ?? NO_CURSOR
  }

  get unread(): number {
    return this.#conversation?.unread.value ?? 0
  }

  /**
   * Uses `given`, a client that the page made and closes, or makes one for `address` if it has a gateway. `to` is called last, because a change of
   * person may change it.
   */
  use(given: Client | undefined, address: ClientAddress, to: () => string): void {
    const old = this.#address
    this.#address = address
    if (given) this.#adoptClient(given, undefined)
    else if (address.gateway === '') this.#removeClient()
    else if (!this.#isOwn || old?.gateway !== address.gateway) this.#adoptClient(this.create(optionsOf(address, to())), address)
    else if (old.token !== address.token) this.#client?.setToken(address.token)
    this.#openConversation(to())
  }

  /** The element was removed: unsubscribes, and closes a client that was made here. The next `use` starts again. */
  stop(): void {
    this.#releaseClient()
  }

  logout(): void {
    this.#client?.logout()
  }

  /** The person wants to write: after a logout the connection is opened again, as a guest. */
  wake(): void {
    const { name } = this.connection
    if (this.#isOwn && (name === 'closed' || name === 'idle')) this.#client?.connect()
  }

  /** `own`: the address of a client that was made here. */
  #adoptClient(client: Client, own: ClientAddress | undefined): void {
    if (client === this.#client) return
    this.#releaseClient()
    this.#client = client
    this.#isOwn = own !== undefined
    const stops = [client.onPush('noticePush', this.#options.onNotice), client.person.subscribe(() => this.#onPersonChange())]
    this.#stopClient = () => stops.forEach((stop) => stop())
    this.#onPersonChange()
    if (own) client.connect()
  }

  #onPersonChange(): void {
    const person = this.#client!.person.value
    if (person === this.#person) return
    this.#unfollowPerson()
    this.#person = person
    const { connection, who } = person
    const stops = [
      connection.subscribe((state) => {
        this.#onConnection(state)
        this.#host.requestUpdate()
      }),
      person.onRefused((refusal) => this.#options.onRefused(refusal, undefined)),
    ]
    this.#stopPerson = () => stops.forEach((stop) => stop())
    this.#connectionRefusals.clear()
    this.#onConnection(connection.value)
    this.#announcePerson(this.#isOwn ? `${this.gateway} ${person.scope}` : person, who)
    if (this.#isOwn && this.#address?.token && who.role === 'guest') this.#options.onLogout()
    this.#host.requestUpdate()
  }

  /** A temporary refusal is reported once until the connection is live again. */
  #onConnection(state: ConnectionState): void {
    this.#options.onConnection(state)
    if (state.name === 'live') this.#connectionRefusals.clear()
    if (state.name !== 'refused' && state.name !== 'waiting') return
    const { refusal } = state
    if (!refusal || (state.name === 'waiting' && this.#connectionRefusals.has(refusal.code))) return
    this.#connectionRefusals.add(refusal.code)
    this.#options.onRefused(refusal, undefined)
  }

  /** The page took the gateway away. */
  #removeClient(): void {
    const wasThere = this.#client !== undefined
    this.#releaseClient()
    if (wasThere) this.#announcePerson('', { role: 'guest' })
  }

  /** Nothing to announce if the element was inserted again for the same person. */
  #announcePerson(about: OnePerson | string, who: Person): void {
    const isOther = this.#shownPerson !== undefined && this.#shownPerson !== about
    this.#shownPerson = about
    if (!isOther) return
    this.#onUnread(0)
    this.#options.onPerson(who)
  }

  #unfollowPerson(): void {
    this.#leaveConversation()
    this.#stopPerson?.()
    this.#stopPerson = undefined
    this.#person = undefined
  }

  #releaseClient(): void {
    this.#unfollowPerson()
    this.#stopClient?.()
    this.#stopClient = undefined
    const client = this.#client
    this.#client = undefined
    if (client && this.#isOwn) client.close()
    this.#isOwn = false
    if (client) this.#options.onConnection(IDLE)
  }

  #leaveConversation(): void {
    this.#stopConversation?.()
    this.#stopConversation = undefined
    this.#conversation = undefined
    this.#refused.clear()
    this.#delayed.clear()
  }

  #openConversation(to: string): void {
    const conversation = to === '' ? undefined : this.#client?.conversation(to)
    if (conversation === this.#conversation) return
    this.#leaveConversation()
    this.#conversation = conversation
    if (!conversation) return
    const update = (): void => this.#host.requestUpdate()
    const { blocked, timeline, outbox, theirs, typing, name, shop, unread, draft, refusal } = conversation
    for (const { id, state } of outbox.value) if (state === 'failed') this.#refused.add(id)
    const stops = [
      ...[blocked, timeline, theirs, typing, name, shop, refusal].map((each: Signal<unknown>) => each.subscribe(update)),
      outbox.subscribe((items) => this.#onOutbox(items)),
      unread.subscribe((count) => this.#onUnread(count)),
      draft.subscribe((text) => this.#options.onDraft(text)),
    ]
    this.#stopConversation = () => stops.forEach((stop) => stop())
    this.#onUnread(unread.value)
    this.#options.onDraft(draft.value)
    update()
  }

  #onOutbox(items: readonly OutboxItem[]): void {
    for (const { id, state, refusal } of items) {
      const delay = `${id} ${refusal?.code}`
      if (state === 'waiting' && refusal && !this.#delayed.has(delay)) {
        this.#delayed.add(delay)
        this.#options.onRefused(refusal, id)
      }
      if (state !== 'failed') this.#refused.delete(id)
      else if (refusal && !this.#refused.has(id)) {
        this.#refused.add(id)
        this.#options.onRefused(refusal, id)
      }
    }
    this.#host.requestUpdate()
  }

  #onUnread(count: number): void {
    if (count !== this.#unread) this.#options.onUnread(count)
    this.#unread = count
    this.#host.requestUpdate()
  }
}

/** Absolute, so that `/` works and all pages of a site share one storage key. */
const absolute = (gateway: string): string => withoutEndSlashes(new URL(gateway, document.baseURI).href)

const optionsOf = ({ gateway, token }: ClientAddress, to: string): HeadlessOptions => ({
  gateway: absolute(gateway),
  token: token || undefined,
  to: to || undefined,
})
