import type { WireRefusal } from '../../gateway/protocol/codes.ts'
import type { Command, CommandAnswer, CommandInput, Hello, Welcome } from '../../gateway/protocol/commands.ts'
import type { Body, Identity } from '../../gateway/protocol/model.ts'
import { PROTOCOL_VERSION } from '../../gateway/protocol/version.ts'
import type { ClientOptions } from './client-options.ts'
import { clientId } from './client-id.ts'
import { Connection } from './connection.ts'
import { Conversation } from './conversation.ts'
import { deviceFrom, identityFrom } from './incoming.ts'
import { Keep } from './keep.ts'
import { Pass } from './pass.ts'
import { portsOf, type Ports } from './ports.ts'
import { scopeOf } from './scope.ts'
import { signal } from './signal.ts'
import { SocketRecord } from './socket-record.ts'
import type { Client as Contract, PushMap } from './types.ts'
import { withoutEndSlashes } from './without-end-slashes.ts'

const RESUME_COUNT = 100
const COMPARE_EVERY_MS = 40_000

/** What client.ts describes, but for the list of conversations, which a phone's chat does not show and does not carry. */
export class ChatClient implements Contract {
  declare readonly inbox: Contract['inbox']
  readonly identity = signal<Identity | undefined>(undefined)
  readonly imageHosts = signal<readonly string[]>([])
  readonly focus = signal<string | undefined>(undefined)
  readonly #ports: Ports
  readonly #gateway: string
  readonly #onOpen: ((conversation: Conversation) => void) | undefined
  readonly #pass: Pass
  readonly #keep: Keep
  readonly #device: string
  readonly #connection: Connection
  readonly #conversations: Conversation[] = []
  readonly #listeners = new Map<string, Set<(data: never) => void>>()
  #hasRefetched = false
  #stopCompare = (): void => {}
  #stopEnvironment: (() => void) | undefined

  /** `onOpen`: for each conversation once, when it is made. */
  constructor(options: ClientOptions, onOpen?: (conversation: Conversation) => void) {
    this.#onOpen = onOpen
    const ports = (this.#ports = portsOf(options))
    this.#gateway = options.gateway
    const { clock, random, environment, storage } = ports
    const shared = new Keep(storage, `im-chat~${options.gateway}~`)
    this.#pass = new Pass(options.token, { keep: shared, fetchGuest: ports.fetchGuest })
    const scope = options.token === undefined ? 'guest' : scopeOf(options.token)
    this.#keep = new Keep(storage, `${shared.prefix}${scope}~`)
    this.#device = options.device || this.#deviceOf(shared)
    this.identity.set(this.#keep.get('me', identityFrom))
    this.focus.set(options.to)
    this.#connection = new Connection({
      ports: ports.transports,
      clock,
      random,
      isOnline: () => environment.isOnline(),
      record: new SocketRecord(shared, clock),
      hello: () => this.#hello(),
      onWelcome: (welcome) => this.#welcome(welcome),
      onPush: (name, data) => this.#push(name, data),
      isCaughtUp: () => this.#conversations.every(({ isCaughtUp }) => isCaughtUp),
      onRefused: (refusal) => this.#onRefused(refusal),
    })
  }

  get connection(): Contract['connection'] {
    return this.#connection.state
  }

  get isWelcomed(): boolean {
    return this.#connection.isWelcomed
  }

  conversation(to: string): Conversation {
    const count = this.#conversations.length
    const conversation = this.#open(to)
    if (this.#conversations.length > count) conversation.ask()
    return conversation
  }

  #open(to: string): Conversation {
    const known = this.#conversations.find((each) => each.to === to)
    if (known) return known
    const { clock, random } = this.#ports
    const conversation = new Conversation({
      to,
      keep: this.#keep,
      clock,
      random,
      identity: this.identity,
      isConnected: () => this.#connection.isWelcomed,
      request: (command, input, limitMs) => this.#connection.request(command, input, limitMs),
      upload: ({ body }, onProgress) => this.#upload(body, onProgress),
      onTimeout: () => this.#connection.suspect(),
      onChange: () => this.#connection.checkCaughtUp(),
    })
    this.#conversations.push(conversation)
    this.#onOpen?.(conversation)
    return conversation
  }

  #upload(body: Body, onProgress: (part: number) => boolean): Promise<Body> | undefined {
    const { url } = body as Body & { readonly url?: string }
    if (!url?.startsWith('data:')) return undefined
    const { clock } = this.#ports
    const piece = import('./upload.ts').catch(() => Promise.reject({ code: 'unavailable', message: '', retry: true }))
    return piece.then(({ upload }) => upload(body, {
      gateway: withoutEndSlashes(this.#gateway), clock, onProgress, token: () => this.#pass.token(), isConnected: () => this.#connection.isWelcomed,
    }))
  }

  changeUser(to: string): void {
    if (to === this.focus.value) return
    this.focus.set(to)
    // The hello of the next line carries it anyway.
    if (this.#connection.isWelcomed) this.request('changeUser', { toid: to }).catch(() => {})
  }

  request<C extends Command>(command: C, input: CommandInput<C>): Promise<CommandAnswer<C>> {
    return this.#connection.request(command, input)
  }

  onPush<P extends keyof PushMap>(push: P, listener: (data: PushMap[P]) => void): () => void {
    const listeners = this.#listeners.get(push) ?? new Set()
    this.#listeners.set(push, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  connect(): void {
    this.#stopEnvironment ??= this.#ports.environment.subscribe((event) => {
      this.#connection.notice(event.type)
      if (event.type === 'leave') for (const conversation of this.#conversations) conversation.saveCopy()
      if (event.type === 'storage' && event.key?.startsWith(this.#keep.prefix)) {
        for (const conversation of this.#conversations) conversation.onStorage(event.key.slice(this.#keep.prefix.length), event.value)
      }
    })
    this.#connection.connect()
  }

  close(): void {
    this.#stopEnvironment?.()
    this.#stopEnvironment = undefined
    this.#stopCompare()
    this.#connection.close()
    for (const conversation of this.#conversations) conversation.stop()
  }

  setToken(token: string): void {
    this.#pass.set(token)
    if (this.#connection.isWelcomed) this.request('renew', { token }).catch(() => {})
    else if (this.connection.value.name === 'refused') this.connect()
  }

  /** The conversation in front of the person is compared with its log now and then, whatever the line claims. */
  #compare(): void {
    this.#stopCompare()
    this.#stopCompare = this.#ports.clock.after(COMPARE_EVERY_MS, () => {
      this.#conversations.find(({ to }) => to === this.focus.value)?.compare()
      this.#compare()
    })
  }

  /** One name an installation and one a window: a second line of both replaces the first. */
  #deviceOf(shared: Keep): string {
    const device = shared.get('device', deviceFrom) || clientId(this.#ports.random)
    shared.set('device', device)
    return `${device}.${clientId(this.#ports.random).slice(0, 8)}`
  }

  async #hello(): Promise<Hello> {
    const token = await this.#pass.token()
    const cursors = this.#conversations.map(({ resumeCursor }) => resumeCursor).filter(Boolean)
    // JSON leaves out what is not there.
    return {
      token, device: this.#device, v: PROTOCOL_VERSION, to: this.focus.value, resume: { cursors: cursors.slice(-RESUME_COUNT) },
    } as Hello
  }

  #welcome(welcome: Welcome): void {
    this.#hasRefetched = false
    this.identity.set(welcome.identity)
    this.imageHosts.set(welcome.imageHosts ?? [])
    this.#keep.set('me', welcome.identity)
    // What an earlier life of this page left unsent goes out too, whether or not anyone opens that conversation.
    for (const key of this.#keep.keys('out~')) this.#open(key.split('~')[1]!)
    for (const { to } of welcome.resumed) this.#open(to)
    for (const conversation of this.#conversations) {
      conversation.onWelcome(welcome.resumed.find(({ to }) => to === conversation.to))
    }
    this.#compare()
  }

  #push(name: string, data: unknown): void {
    const push = { name, data } as { [P in keyof PushMap]: { name: P; data: PushMap[P] } }[keyof PushMap]
    const id = (data as { conversation?: string } | undefined)?.conversation
    const conversation = this.#conversations.find((each) => each.id === id)
    if (push.name === 'messagePush') conversation?.onMessage(push.data)
    else if (push.name === 'resumePush') conversation?.compare()
    else if (push.name === 'cursorPush') conversation?.onCursor(push.data)
    else if (push.name === 'typingPush') conversation?.onTyping(push.data)
    else if (push.name === 'changeUserPush' || push.name === 'syncChangeUserPush') this.focus.set(push.data.toid)
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(data as never)
  }

  #onRefused({ code }: WireRefusal): boolean {
    if (!this.#pass.isGuest || this.#hasRefetched || !code.startsWith('pass_')) return false
    this.#hasRefetched = true
    this.#pass.forgetGuest()
    return true
  }
}
