import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Presence as Answer, Status } from '../../gateway/protocol/model.ts'
import type { PersonClient } from '../client/types.ts'

export type Colleague = NonNullable<Answer['agents']>[number]

/**
 * Presence and status of the other side of the open conversation; for an agent also its own status, the same in all its windows, and its colleagues.
 * Asked for on each new connection and for each other side; pushes keep it up to date.
 */
export class Presence implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #client: PersonClient | undefined
  #stop: (() => void) | undefined
  #to = ''
  #status: Status | undefined
  #isThere: boolean | undefined
  #theirStatus: Status | undefined
  #agents: readonly Colleague[] = []

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  /** Our own; undefined until the gateway has answered. */
  get status(): Status | undefined {
    return this.#status
  }

  get isThere(): boolean | undefined {
    return this.#isThere
  }

  /** The other side's; of a shop, the status of its most available agent. */
  get theirStatus(): Status | undefined {
    return this.#theirStatus
  }

  /** Agents of our own shop, ourselves included. */
  get agents(): readonly Colleague[] {
    return this.#agents
  }

  hostConnected(): void {
    this.#host.requestUpdate()
  }

  hostDisconnected(): void {
    this.use(undefined, '')
  }

  use(client: PersonClient | undefined, to: string): void {
    if (client === this.#client && to === this.#to) return
    if (to !== this.#to) this.#isThere = this.#theirStatus = undefined
    this.#to = to
    if (client !== this.#client) {
      this.#stop?.()
      this.#client = client
      this.#status = this.#isThere = this.#theirStatus = undefined
      this.#agents = []
      this.#stop = client && this.#follow(client)
    }
    this.ask()
  }

  /** Shows the status at once and takes it back if the gateway refuses. */
  change(status: Status, onRefused: (error: unknown) => void): void {
    const before = this.#status
    this.#set(status)
    const client = this.#client
    client?.request('changeStatus', { status }).catch((error: unknown) => {
      if (client !== this.#client) return
      this.#set(before)
      onRefused(error)
    })
  }

  #follow(client: PersonClient): () => void {
    const stops = [
      client.connection.subscribe(({ name }) => {
        if (name === 'live') this.ask()
      }),
      client.onPush('statusPush', ({ participant, status }) => {
        const me = client.identity.value
        if (participant === me?.id) this.#set(status)
        if (me?.role === 'agent') this.ask()
      }),
      client.onPush('presencePush', ({ side, online, status }) => {
        if (side !== this.#to) return
        this.#isThere = online
        this.#theirStatus = status
        this.#host.requestUpdate()
      }),
    ]
    return () => stops.forEach((stop) => stop())
  }

  /** Asks for presence. Pushes do not carry the colleagues' load, so agents ask again after each. */
  ask(): void {
    const client = this.#client
    const to = this.#to
    const me = client?.identity.value
    if (!client || !me || client.connection.value.name !== 'live') return
    client.request('presence', { of: to === '' ? [me.side] : [me.side, to] }).then(
      ({ presence }) => {
        if (client !== this.#client || to !== this.#to) return
        this.#isThere = presence[to]?.online
        this.#theirStatus = presence[to]?.status
        this.#agents = presence[me.side]?.agents ?? []
        this.#set(this.#agents.find(({ id }) => id === me.id)?.status ?? this.#status ?? 'online')
      },
      () => undefined,
    ) // an older gateway, or no connection: asked again on the next one
  }

  #set(status: Status | undefined): void {
    this.#status = status
    this.#host.requestUpdate()
  }
}
