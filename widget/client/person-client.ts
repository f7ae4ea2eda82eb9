import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Command, CommandAnswer, CommandInput, Welcome } from '../../gateway/protocol/commands.ts'
import type { Body, Identity, Shop } from '../../gateway/protocol/model.ts'
import { connectPacket } from '../../gateway/protocol/packet.ts'
import { PROTOCOL_VERSION } from '../../gateway/protocol/version.ts'
import { clientId } from './client-id.ts'
import type { Clock } from './clock.ts'
import { Connection } from './connection.ts'
import { Conversation } from './conversation.ts'
import { CHAT_CHECKS, deviceFrom, identityFrom, type Checks } from './incoming.ts'
import type { EnvironmentEvent, PageNotice } from './environment.ts'
import { limitsFrom, MESSAGE_LIMITS, type MessageLimits } from './limits.ts'
import { ScopedStorage } from './scoped-storage.ts'
import { Logouts } from './logouts.ts'
import { GUEST_KEY, Pass } from './pass.ts'
import { plainJson } from './plain-json.ts'
import type { Ports } from './ports.ts'
import { RefusalError, wireRefusalOf } from './refusal-error.ts'
import { personOf, scopeOf } from './scope.ts'
import { signal } from './signal.ts'
import { SocketRecord } from './socket-record.ts'
import type { Person, PersonClient as Contract, PushMap } from './types.ts'
import { uploadOnDemand } from './upload-on-demand.ts'

export interface PersonOptions {
  /** The chat's own where nothing else is said. */
  readonly checks?: Checks
  readonly ports: Ports
  readonly gateway: string
  /** Undefined: this device's guest. */
  readonly token: string | undefined
  readonly device: string | undefined
  readonly to: string | undefined
  /** Every push, after it was applied. */
  readonly onPush: (name: string, data: unknown) => void
  /** Another window logged this person out. */
  readonly onLogout: () => void
}

const RESUME_COUNT = 100
const COMPARE_EVERY_MS = 40_000
/** Commands whose refusals `onRefused` does not report: messages and passes report theirs elsewhere, and the others carry news that may be lost. */
const UNREPORTED: ReadonlySet<Command> = new Set(['send', 'renew', 'typing', 'viewing', 'read', 'delivered', 'place'])
/** Another window may write after a logout and before it learns of it; within this time that is erased as well. */
const LOGOUT_ECHO_MS = 2000

/** A page may hold several clients, and storage events do not reach other clients of the same page. */
const connected = new Set<PersonClient>()
/**
 * The chat of one person without the list of conversations, which a phone's chat does not show or load. It owns everything of that person: scope,
 * pass, connection, conversations with their outboxes and drafts. The person never changes: for another person it is ended and a new one is made, so
 * no field can keep anything of the previous person.
 *
 *   resting ⇄ connected (connect, close) → over (end, forget)
 */
export class PersonClient implements Contract {
  readonly who: Person
  readonly scope: string
  readonly identity = signal<Identity | undefined>(undefined)
  readonly imageHosts = signal<readonly string[]>([])
  readonly shops = signal<Readonly<Record<string, Shop>>>({})
  readonly focus = signal<string | undefined>(undefined)
  readonly conversations: Conversation[] = []
  /** Called once for each conversation, when it is created. */
  onOpen: ((conversation: Conversation) => void) | undefined
  readonly #options: PersonOptions
  readonly #shared: ScopedStorage
  readonly #pass: Pass
  readonly #storage: ScopedStorage
  readonly #logouts: Logouts
  readonly #logout: string | undefined
  readonly #device: string
  readonly #connection: Connection
  readonly #listeners = new Map<string, Set<(data: never) => void>>()
  readonly #refusalListeners = new Set<(refusal: WireRefusal, command: Command) => void>()
  /** Refusals already reported on this connection: `<command> <code>`. */
  readonly #reportedRefusals = new Set<string>()
  /** The pass of the last hello or renewal. */
  #connectedPass: string | undefined
  #hasRefetched = false
  /** The gateway's clock less ours. */
  #skewMs = 0
  #limits: MessageLimits = MESSAGE_LIMITS
  #stopCompare = (): void => {}
  #stopEnvironment: (() => void) | undefined

  constructor(options: PersonOptions) {
    this.#options = options
    const { checks = CHAT_CHECKS, gateway, ports, token, to } = options
    const { clock, random, environment, storage } = ports
    const shared = (this.#shared = new ScopedStorage(storage, `im-chat~${gateway}~`))
    this.who = personOf(token)
    this.scope = scopeOf(token)
    this.#pass = new Pass(token, { storage: shared, fetchGuest: ports.fetchGuest })
    this.#storage = new ScopedStorage(storage, `${shared.prefix}${this.scope}~`)
    this.#logouts = new Logouts(shared)
    this.#logout = this.#logouts.last(this.scope)?.id
    this.#device = options.device || deviceName(shared, random)
    this.identity.set(this.#storage.get('me', identityFrom))
    this.focus.set(to)
    this.#connection = new Connection({
      ports: ports.transports,
      checks,
      clock,
      random,
      isOnline: () => environment.isOnline(),
      record: new SocketRecord(shared, clock),
      pass: () => this.#pass.token(),
      hello: () => this.#hello(),
      readyHello: () => this.#readyHello(),
      hasNewPass: () => this.#hasNewPass,
      onWelcome: (welcome) => this.#welcome(welcome),
      onPush: (name, data) => this.#push(name, data),
      isCaughtUp: () => this.conversations.every(({ isCaughtUp }) => isCaughtUp),
      onRefused: (refusal) => this.#onRefused(refusal),
    })
  }

  get connection(): Contract['connection'] {
    return this.#connection.state
  }

  protected get clock(): Clock {
    return this.#options.ports.clock
  }

  get isWelcomed(): boolean {
    return this.#connection.isWelcomed
  }

  conversation(to: string): Conversation {
    const count = this.conversations.length
    const conversation = this.#open(to)
    if (this.conversations.length > count) conversation.ask()
    return conversation
  }

  #open(to: string): Conversation {
    const known = this.conversations.find((each) => each.to === to)
    if (known) return known
    const { clock, pictures, random } = this.#options.ports
    const conversation = new Conversation({
      to,
      storage: this.#storage,
      pictures,
      clock,
      random,
      identity: this.identity,
      limits: () => this.#limits,
      isConnected: () => this.#connection.isWelcomed,
      gatewayNow: () => clock.now() + this.#skewMs,
      request: (command, input, limitMs) => this.#ask(command, input, limitMs),
      upload: ({ body }, onProgress) => this.#upload(body, onProgress),
      onRefused: (refusal) => this.#announce(refusal, 'send'),
      onSend: () => this.#connection.hurry(),
      onTimeout: () => this.#connection.suspect(),
      onChange: () => this.#connection.checkCaughtUp(),
    })
    this.conversations.push(conversation)
    this.onOpen?.(conversation)
    return conversation
  }

  #upload(body: Body, onProgress: (part: number) => boolean): Promise<Body> | undefined {
    const {
      gateway,
      ports: { clock },
    } = this.#options
    return uploadOnDemand(body, {
      gateway,
      clock,
      token: () => this.#pass.token(),
      isConnected: () => this.#connection.isWelcomed,
      onProgress: (part) => !this.#storage.isOver && onProgress(part),
    })
  }

  changeUser(to: string): void {
    if (to === this.focus.value) return
    this.focus.set(to)
    // A failure is ignored: the next hello carries `to`, and the history and the first send say whether `to` may be written to.
    if (this.isWelcomed) this.request('changeUser', { toid: to }).catch(() => {})
  }

  request<C extends Command>(command: C, input: CommandInput<C>): Promise<CommandAnswer<C>> {
    return this.#storage.isOver ? Promise.reject(new RefusalError({ code: 'disconnected' })) : this.#ask(command, input)
  }

  onRefused(listener: (refusal: WireRefusal, command: Command) => void): () => void {
    this.#refusalListeners.add(listener)
    return () => void this.#refusalListeners.delete(listener)
  }

  #ask<C extends Command>(command: C, input: CommandInput<C>, limitMs?: number): Promise<CommandAnswer<C>> {
    const asked = this.#connection.request(command, input, limitMs)
    if (!UNREPORTED.has(command)) asked.catch((error: unknown) => this.#reportRefusal(command, error)) // the caller handles it; this only reports it
    return asked
  }

  #reportRefusal(command: Command, error: unknown): void {
    const refusal = wireRefusalOf(error)
    const key = `${command} ${refusal?.code}`
    if (!refusal || this.#storage.isOver || this.#reportedRefusals.has(key)) return
    this.#reportedRefusals.add(key)
    this.#announce(refusal, command)
  }

  #announce(refusal: WireRefusal, command: Command): void {
    for (const listener of [...this.#refusalListeners]) listener(refusal, command)
  }

  onPush<P extends keyof PushMap>(push: P, listener: (data: PushMap[P]) => void): () => void {
    const listeners = this.#listeners.get(push) ?? new Set()
    this.#listeners.set(push, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  connect(): void {
    if (this.#storage.isOver) return
    connected.add(this)
    this.#stopEnvironment ??= this.#options.ports.environment.subscribe((event) => this.#notice(event))
    this.#connection.connect()
  }

  close(): void {
    connected.delete(this)
    this.#stopEnvironment?.()
    this.#stopEnvironment = undefined
    this.#stopCompare()
    this.#connection.close()
    for (const conversation of this.conversations) conversation.stop()
  }

  /** Ends for good: the window belongs to another person. Unsent messages and drafts wait in storage. */
  end(): void {
    if (this.#storage.isOver) return
    for (const conversation of this.conversations) conversation.saveCopy()
    this.#storage.end()
    this.leave()
  }

  /** Ends for good and deletes everything of this person and of the device's guest from the device; other windows learn of it. */
  forget(): void {
    const { clock, random } = this.#options.ports
    this.#storage.end()
    this.#erase()
    this.#logouts.add([...new Set([this.scope, 'guest'])], clientId(random), clock.now())
    this.#erase()
    this.leave()
    for (const other of connected) if (other.#shared.isSame(this.#shared)) other.#checkLogout()
  }

  protected leave(): void {
    this.#pass.end()
    this.close()
    for (const conversation of this.conversations) conversation.end()
    this.identity.set(undefined)
  }

  #erase(): void {
    const { pictures, storage } = this.#options.ports
    for (const erased of [this.#storage, new ScopedStorage(storage, `${this.#shared.prefix}guest~`)]) {
      erased.erase()
      pictures?.remove(erased.prefix).catch(() => {}) // where there is no such store there is nothing in it
    }
    this.#shared.remove(GUEST_KEY)
  }

  /** A fresh pass of the same person. */
  renew(token: string): void {
    if (token === '' || token === this.#pass.given) return
    this.#pass.set(token)
    if (this.#connection.isWelcomed) void this.#renew(token)
    else if (this.connection.value.name === 'refused') this.connect()
  }

  /** If the gateway refuses the pass, reconnects with it, so that the refusal of the hello tells the person and the page why. */
  async #renew(token: string): Promise<void> {
    try {
      const { identity } = await this.request('renew', { token })
      this.#connectedPass = token
      this.identity.set(identity)
    } catch (error) {
      const { code } = error as RefusalError
      // The connection is gone, and the next hello carries the pass; or a newer pass was set.
      if (code === 'disconnected' || code === 'cut' || token !== this.#pass.given) return
      this.#connection.restart()
    }
  }

  get #hasNewPass(): boolean {
    return this.#pass.given !== undefined && this.#pass.given !== this.#connectedPass
  }

  notice(type: PageNotice): void {
    this.#notice({ type })
  }

  #notice(event: EnvironmentEvent): void {
    const { type } = event
    const { prefix } = this.#storage
    if (type === 'wake' || (type === 'storage' && event.key === this.#shared.prefix + Logouts.KEY)) this.#checkLogout()
    this.#connection.notice(type)
    if (type === 'leave') for (const conversation of this.conversations) conversation.saveCopy()
    if (type === 'storage' && event.key?.startsWith(prefix)) {
      for (const conversation of this.conversations) conversation.onStorage(event.key.slice(prefix.length), event.value)
    }
  }

  #checkLogout(): void {
    const logout = this.#logouts.last(this.scope)
    if (!logout || logout.id === this.#logout) return
    if (Math.abs(this.#options.ports.clock.now() - logout.at) < LOGOUT_ECHO_MS) this.#erase()
    this.#storage.end()
    this.leave()
    this.#options.onLogout()
  }

  /** Compares the focused conversation with its log from time to time, even if the connection looks healthy. */
  #compare(): void {
    this.#stopCompare()
    this.#stopCompare = this.#options.ports.clock.after(COMPARE_EVERY_MS, () => {
      this.conversations.find(({ to }) => to === this.focus.value)?.compare()
      this.#compare()
    })
  }

  async #hello(): Promise<string> {
    return this.#helloWith(await this.#pass.token())
  }

  #readyHello(): string | undefined {
    const { ready } = this.#pass
    return ready ? this.#helloWith(ready) : undefined
  }

  /** The packet. */
  #helloWith(token: string): string {
    this.#connectedPass = token
    const cursors = this.conversations.map(({ resumeCursor }) => resumeCursor).filter(Boolean)
    // JSON omits undefined fields.
    const hello = { token, device: this.#device, v: PROTOCOL_VERSION, to: this.focus.value, resume: { cursors: cursors.slice(-RESUME_COUNT) } }
    return plainJson(() => connectPacket(hello))
  }

  #welcome(welcome: Welcome): void {
    this.#hasRefetched = false
    this.#reportedRefusals.clear()
    this.#limits = limitsFrom(welcome.limits)
    this.#skewMs = (welcome.at ?? this.clock.now()) - this.clock.now()
    this.identity.set(welcome.identity)
    this.imageHosts.set(welcome.imageHosts ?? [])
    this.shops.set(welcome.shops ?? {})
    this.#storage.set('me', welcome.identity)
    // Messages that an earlier page left unsent are sent even if their conversation is not opened.
    for (const key of this.#storage.keys('out~')) this.#open(key.split('~')[1]!)
    for (const { to } of welcome.resumed) this.#open(to)
    for (const conversation of this.conversations) {
      const shop = welcome.shops?.[conversation.to]
      if (shop) conversation.knowShop(shop)
      conversation.onWelcome(welcome.resumed.find(({ to }) => to === conversation.to))
    }
    this.#compare()
    // A fresh pass was set while the connection was being opened with the old one.
    if (this.#hasNewPass) void this.#renew(this.#pass.given!)
  }

  #push(name: string, data: unknown): void {
    if (this.#storage.isOver) return
    const push = { name, data } as { [P in keyof PushMap]: { name: P; data: PushMap[P] } }[keyof PushMap]
    const id = (data as { conversation?: string } | undefined)?.conversation
    const conversation = this.conversations.find((each) => each.id === id)
    if (push.name === 'messagePush') conversation?.onMessage(push.data)
    else if (push.name === 'withdrawPush') conversation?.onChanged(push.data)
    else if (push.name === 'blockPush') conversation?.blocked.know(push.data)
    else if (push.name === 'resumePush' || push.name === 'erasedPush') conversation?.compare()
    else if (push.name === 'cursorPush') conversation?.onCursor(push.data)
    else if (push.name === 'typingPush') conversation?.onTyping(push.data)
    else if (push.name === 'changeUserPush' || push.name === 'syncChangeUserPush') this.focus.set(push.data.toid)
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(data as never)
    this.#options.onPush(name, data)
  }

  #onRefused({ code }: WireRefusal): boolean {
    if (this.#hasNewPass) return true
    if (!this.#pass.isGuest || this.#hasRefetched || !code.startsWith('pass_')) return false
    this.#hasRefetched = true
    this.#pass.forgetGuest()
    return true
  }
}

/** One part per installation and one per window; a second session with the same name replaces the first. */
function deviceName(shared: ScopedStorage, random: () => number): string {
  const device = shared.get('device', deviceFrom) || clientId(random)
  shared.set('device', device)
  return `${device}.${clientId(random).slice(0, 8)}`
}
