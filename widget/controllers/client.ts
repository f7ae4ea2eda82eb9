import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Cursor, Message } from '../../gateway/protocol/model.ts'
import type { PushData } from '../../gateway/protocol/pushes.ts'
import { ChatClient } from '../client/chat-client.ts'
import type { ClientOptions as HeadlessOptions } from '../client/client-options.ts'
import type { Signal } from '../client/signal.ts'
import type { Client, ConnectionState, Conversation, OutboxItem, TimelineView } from '../client/types.ts'
import { withoutEndSlashes } from '../client/without-end-slashes.ts'
import { imageTrust } from './image-trust.ts'

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
  readonly onNotice: (notice: PushData<'noticePush'>) => void
}

const IDLE: ConnectionState = { name: 'idle' }
const NO_TIMELINE: TimelineView = { messages: [], hasOlder: false, isLoadingOlder: false, isLoaded: false }
const NO_CURSOR: Cursor = { delivered: 0, read: 0 }

/**
 * Joins one Client and one of its conversations to an element: every signal asks for a render, some are told as events.
 * `use` may be called as often as the element likes; only a change does something. A client made here is closed here.
 */
export class ClientController implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: ClientOptions
  #client: Client | undefined
  #isOwn = false
  #address: ClientAddress | undefined
  #conversation: Conversation | undefined
  #stopLine: (() => void) | undefined
  #stopConversation: (() => void) | undefined
  #refused = new Set<string>()
  /** The noes that the line has met since it was last there. */
  #lineNoes = new Set<string>()
  #unread = 0

  constructor(host: ReactiveControllerHost, options: ClientOptions) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostConnected(): void {}

  /** Without a list of conversations; MailboxLine has one. */
  protected create(options: HeadlessOptions): Client {
    return new ChatClient(options)
  }

  get client(): Client | undefined {
    return this.#client
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
    return this.#client?.connection.value ?? IDLE
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

  /** `given` is somebody else's client, used and never closed; without it and with a gateway one is made. */
  use(given: Client | undefined, address: ClientAddress, to: string): void {
    if (given) this.#take(given, false)
    else if (address.gateway === '') this.#drop()
    else if (!this.#isOwn || this.#address?.gateway !== address.gateway) this.#take(this.create(optionsOf(address, to)), true)
    else if (this.#address.token !== address.token) this.#client?.setToken(address.token)
    this.#address = address
    this.#talkTo(to)
  }

  /** The mounted life is over: nothing listens any more and an own client is closed. `use` begins the next. */
  stop(): void {
    this.#drop()
  }

  #take(client: Client, isOwn: boolean): void {
    if (client === this.#client) return
    this.#drop()
    this.#client = client
    this.#isOwn = isOwn
    const stops = [client.onPush('noticePush', this.#options.onNotice), client.connection.subscribe((state) => {
      this.#onLine(state)
      this.#host.requestUpdate()
    })]
    this.#stopLine = () => stops.forEach((stop) => stop())
    this.#lineNoes.clear()
    this.#onLine(client.connection.value)
    if (isOwn) client.connect()
    this.#host.requestUpdate()
  }

  /** A no that passes is told once, however often it is met before the line is there. */
  #onLine(state: ConnectionState): void {
    this.#options.onConnection(state)
    if (state.name === 'live') this.#lineNoes.clear()
    if (state.name !== 'refused' && state.name !== 'waiting') return
    const { refusal } = state
    if (!refusal || (state.name === 'waiting' && this.#lineNoes.has(refusal.code))) return
    this.#lineNoes.add(refusal.code)
    this.#options.onRefused(refusal, undefined)
  }

  #drop(): void {
    this.#leave()
    this.#stopLine?.()
    this.#stopLine = undefined
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
  }

  #talkTo(to: string): void {
    const conversation = to === '' ? undefined : this.#client?.conversation(to)
    if (conversation === this.#conversation) return
    this.#leave()
    this.#conversation = conversation
    if (!conversation) return
    const update = (): void => this.#host.requestUpdate()
    const { timeline, outbox, theirs, typing, name, unread, draft } = conversation
    for (const { id, state } of outbox.value) if (state === 'failed') this.#refused.add(id)
    const stops = [
      ...[timeline, theirs, typing, name].map((each: Signal<unknown>) => each.subscribe(update)),
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

const optionsOf = ({ gateway, token }: ClientAddress, to: string): HeadlessOptions =>
  ({ gateway: absolute(gateway), token: token || undefined, to: to || undefined })
