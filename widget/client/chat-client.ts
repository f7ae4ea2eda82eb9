import type { Command, CommandAnswer, CommandInput } from '../../gateway/protocol/commands.ts'
import type { Identity, Shop } from '../../gateway/protocol/model.ts'
import type { ClientOptions } from './client-options.ts'
import type { PageNotice } from './environment.ts'
import type { Conversation } from './conversation.ts'
import type { PersonClient, PersonOptions } from './person-client.ts'
import { portsOf } from './ports.ts'
import { scopeOf } from './scope.ts'
import { signal, type MutableSignal } from './signal.ts'
import type { Client as Contract, ConnectionState, PushMap } from './types.ts'

/**
 * One window's chat. It holds one PersonClient and replaces it when a pass belongs to another person. It has no list of conversations; client.ts adds
 * that.
 */
export class ChatClient<P extends PersonClient = PersonClient> implements Contract {
  readonly person: MutableSignal<P>
  readonly connection = signal<ConnectionState>({ name: 'idle' })
  readonly identity = signal<Identity | undefined>(undefined)
  readonly imageHosts = signal<readonly string[]>([])
  readonly shops = signal<Readonly<Record<string, Shop>>>({})
  readonly focus = signal<string | undefined>(undefined)
  readonly #make: (token: string | undefined) => P
  readonly #listeners = new Map<string, Set<(data: never) => void>>()
  #isConnecting = false
  #stopFollowing = (): void => {}

  constructor(options: ClientOptions, make: (person: PersonOptions) => P) {
    const { device, gateway, to } = options
    const ports = portsOf(options)
    this.#make = (token) =>
      make({
        device,
        gateway,
        ports,
        to,
        token,
        onPush: (name, data) => this.#push(name, data),
        onLogout: () => this.#replacePerson(undefined, false),
      })
    this.person = signal(this.#make(options.token || undefined))
    this.#follow(this.person.value)
  }

  get isWelcomed(): boolean {
    return this.person.value.isWelcomed
  }

  conversation(to: string): Conversation {
    return this.person.value.conversation(to)
  }

  changeUser(to: string): void {
    this.person.value.changeUser(to)
  }

  request<C extends Command>(command: C, input: CommandInput<C>): Promise<CommandAnswer<C>> {
    return this.person.value.request(command, input)
  }

  onPush<P extends keyof PushMap>(push: P, listener: (data: PushMap[P]) => void): () => void {
    const listeners = this.#listeners.get(push) ?? new Set()
    this.#listeners.set(push, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  notice(type: PageNotice): void {
    this.person.value.notice(type)
  }

  connect(): void {
    this.#isConnecting = true
    this.person.value.connect()
  }

  close(): void {
    this.#isConnecting = false
    this.person.value.close()
  }

  setToken(token: string): void {
    if (scopeOf(token) === this.person.value.scope) this.person.value.renew(token)
    else this.#replacePerson(token || undefined, this.#isConnecting)
  }

  logout(): void {
    this.person.value.forget()
    this.#replacePerson(undefined, false)
  }

  /** The previous person has ended before the next one is announced. */
  #replacePerson(token: string | undefined, isConnecting: boolean): void {
    this.#stopFollowing()
    this.person.value.end()
    const next = this.#make(token)
    if (!isConnecting) next.close()
    this.#follow(next)
    this.person.set(next)
    // A subscriber may have changed the person again.
    if (isConnecting && this.person.value === next) next.connect()
  }

  #follow({ connection, focus, identity, imageHosts, shops }: PersonClient): void {
    this.connection.set(connection.value)
    this.focus.set(focus.value)
    this.identity.set(identity.value)
    this.imageHosts.set(imageHosts.value)
    this.shops.set(shops.value)
    const stops = [
      connection.subscribe((state) => this.connection.set(state)),
      focus.subscribe((to) => this.focus.set(to)),
      identity.subscribe((one) => this.identity.set(one)),
      imageHosts.subscribe((hosts) => this.imageHosts.set(hosts)),
      shops.subscribe((all) => this.shops.set(all)),
    ]
    this.#stopFollowing = () => stops.forEach((stop) => stop())
  }

  #push(name: string, data: unknown): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(data as never)
  }
}
