import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Cursor, Message } from '../../gateway/protocol/model.ts'
import type { PushData } from '../../gateway/protocol/pushes.ts'
import { ChatClient } from '../client/chat-client.ts'
import type { ClientOptions as HeadlessOptions } from '../client/client-options.ts'
import { NO_TIMELINE } from '../client/conversation.ts'
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
  /** The line changed its state or its transport. */
  readonly onConnection: (state: ConnectionState) => void
  readonly onUnread: (count: number) => void
  /** A "no" that a person may have to hear: of the line, or of one message (then with its id). */
  readonly onRefused: (refusal: WireRefusal, id: string | undefined) => void
  readonly onDraft: (text: string) => void
  /** The window is another person's. What the element itself holds of the first one has to go, at once. */
  readonly onPerson: (who: Person) => void
  /** Another window logged the person of the element's pass out. */
  readonly onLogout: () => void
  readonly onNotice: (notice: PushData<'noticePush'>) => void
}

const IDLE: ConnectionState = { name: 'idle' }
/** In a person's words: the chat is not set up correctly. */
const UNSET: WireRefusal = { code: 'bad_request', message: '', retry: false }
const NO_CURSOR: Cursor = { delivered: 0, read: 0 }

/**
 * Joins one Client and one of its conversations to an element: every signal asks for a render, some are told as events.
 * `use` may be called as often as the element likes; only a change does something. A client made here is closed here.
 * What the element sees as `client` is one person's: whoever holds on to it does so for that person only.
 */
export class ClientController implements ReactiveController {
  /** The element lacks what only its page can set. */
  isUnset = false
  readonly #host: ReactiveControllerHost
  readonly #options: ClientOptions
  #client: Client | undefined
  #person: OnePerson | undefined
  /** Whose things the element was last about; undefined: it has not begun. */
  #about: OnePerson | string | undefined
  #isOwn = false
  #address: ClientAddress | undefined
  #conversation: Conversation | undefined
  #stopClient: (() => void) | undefined
  #stopPerson: (() => void) | undefined
  #stopConversation: (() => void) | undefined
  #refused = new Set<string>()
  /** Messages put off, by which no. */
  #delayed = new Set<string>()
  /** The noes that the line has met since it was last there. */
  #connectionRefusals = new Set<string>()
  #unread = 0

  constructor(host: ReactiveControllerHost, options: ClientOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostConnected(): void {}

  /** Without a list of conversations; MailboxClient has one. */
  protected create(options: HeadlessOptions): Client {
    return new ChatClient(options, (person) => new PersonClient(person))
  }

  get client(): OnePerson | undefined {
    return this.#person
  }

  /** Absolute; '' where the client is somebody else's. */
  get gateway(): string {
    return this.#address?.gateway ? absolute(this.#address.gateway) : ''
  }

  /** Whether a picture of somebody else may be loaded without being asked for. */
  isTrusted(address: string): boolean {
    return imageTrust(this.gateway, this.#client?.imageHosts.value ?? [])(address)
  }

  get conversation(): Conversation | undefined {
    return this.#conversation
  }

  get connection(): ConnectionState {
    return this.#person?.connection.value ?? IDLE
  }

  /** What a person sees of the line: a final no to the conversation is as good as one at the door, and so is a page that says not whom to. */
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
   * `given` is somebody else's client, used and never closed; without it and with a gateway one is made. `to` is asked for last: for
   * another person it is another one.
   */
  use(given: Client | undefined, address: ClientAddress, to: () => string): void {
    const old = this.#address
    this.#address = address
    if (given) this.#take(given, undefined)
    else if (address.gateway === '') this.#dismiss()
    else if (!this.#isOwn || old?.gateway !== address.gateway) this.#take(this.create(optionsOf(address, to())), address)
    else if (old.token !== address.token) this.#client?.setToken(address.token)
    this.#talkTo(to())
  }

  /** The mounted life is over: nothing listens any more and an own client is closed. `use` begins the next. */
  stop(): void {
    this.#drop()
  }

  logout(): void {
    this.#client?.logout()
  }

  /** Somebody means to talk: who was logged out goes on as a guest. */
  wake(): void {
    const { name } = this.connection
    if (this.#isOwn && (name === 'closed' || name === 'idle')) this.#client?.connect()
  }

  /** `own`: where it was made for, if it was made here. */
  #take(client: Client, own: ClientAddress | undefined): void {
    if (client === this.#client) return
    this.#drop()
    this.#client = client
    this.#isOwn = own !== undefined
    const stops = [client.onPush('noticePush', this.#options.onNotice), client.person.subscribe(() => this.#begin())]
    this.#stopClient = () => stops.forEach((stop) => stop())
    this.#begin()
    if (own) client.connect()
  }

  #begin(): void {
    const person = this.#client!.person.value
    if (person === this.#person) return
    this.#part()
    this.#person = person
    const { connection, who } = person
    const stops = [
      connection.subscribe((state) => {
        this.#onLine(state)
        this.#host.requestUpdate()
      }),
      person.onRefused((refusal) => this.#options.onRefused(refusal, undefined)),
    ]
    this.#stopPerson = () => stops.forEach((stop) => stop())
    this.#connectionRefusals.clear()
    this.#onLine(connection.value)
    this.#tellOf(this.#isOwn ? `${this.gateway} ${person.scope}` : person, who)
    if (this.#isOwn && this.#address?.token && who.role === 'guest') this.#options.onLogout()
    this.#host.requestUpdate()
  }

  /** A no that passes is told once, however often it is met before the line is there. */
  #onLine(state: ConnectionState): void {
    this.#options.onConnection(state)
    if (state.name === 'live') this.#connectionRefusals.clear()
    if (state.name !== 'refused' && state.name !== 'waiting') return
    const { refusal } = state
    if (!refusal || (state.name === 'waiting' && this.#connectionRefusals.has(refusal.code))) return
    this.#connectionRefusals.add(refusal.code)
    this.#options.onRefused(refusal, undefined)
  }

  /** Nobody is to be here. */
  #dismiss(): void {
    const wasThere = this.#client !== undefined
    this.#drop()
    if (wasThere) this.#tellOf('', { role: 'guest' })
  }

  /** Put into the page again for the same person, the element goes on where it was. */
  #tellOf(about: OnePerson | string, who: Person): void {
    const isOther = this.#about !== undefined && this.#about !== about
    this.#about = about
    if (!isOther) return
    this.#onUnread(0)
    this.#options.onPerson(who)
  }

  #part(): void {
    this.#leave()
    this.#stopPerson?.()
    this.#stopPerson = undefined
    this.#person = undefined
  }

  #drop(): void {
    this.#part()
    this.#stopClient?.()
    this.#stopClient = undefined
    const client = this.#client
    this.#client = undefined
    if (client && this.#isOwn) client.close()
    this.#isOwn = false
    if (client) this.#options.onConnection(IDLE)
  }

  #leave(): void {
    this.#stopConversation?.()
    this.#stopConversation = undefined
    this.#conversation = undefined
    this.#refused.clear()
    this.#delayed.clear()
  }

  #talkTo(to: string): void {
    const conversation = to === '' ? undefined : this.#client?.conversation(to)
    if (conversation === this.#conversation) return
    this.#leave()
    this.#conversation = conversation
    if (!conversation) return
    const update = (): void => this.#host.requestUpdate()
    const { timeline, outbox, theirs, typing, name, unread, draft, refusal } = conversation
    for (const { id, state } of outbox.value) if (state === 'failed') this.#refused.add(id)
    const stops = [
      ...[timeline, theirs, typing, name, refusal].map((each: Signal<unknown>) => each.subscribe(update)),
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

/** Absolute, so that `/` works and every page of a site keeps its things in one place. */
const absolute = (gateway: string): string => withoutEndSlashes(new URL(gateway, document.baseURI).href)

const optionsOf = ({ gateway, token }: ClientAddress, to: string): HeadlessOptions => ({
  gateway: absolute(gateway),
  token: token || undefined,
  to: to || undefined,
})
