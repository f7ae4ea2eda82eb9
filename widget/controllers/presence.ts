import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Status } from '../../gateway/protocol/model.ts'
import type { Client } from '../client/types.ts'

/**
 * The agent's own status, the same in all its windows, and whether the customer of the open conversation is there. Asked anew
 * on each new line and for each other customer; pushes keep it up to date.
 */
export class Presence implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #client: Client | undefined
  #stop: (() => void) | undefined
  #to = ''
  #status: Status | undefined
  #isThere: boolean | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  /** Undefined until the gateway has said it. */
  get status(): Status | undefined {
    return this.#status
  }

  get isThere(): boolean | undefined {
    return this.#isThere
  }

  hostConnected(): void {
    this.#host.requestUpdate()
  }

  hostDisconnected(): void {
    this.use(undefined, '')
  }

  use(client: Client | undefined, to: string): void {
    if (client === this.#client && to === this.#to) return
    if (to !== this.#to) this.#isThere = undefined
    this.#to = to
    if (client !== this.#client) {
      this.#stop?.()
      this.#client = client
      this.#status = undefined
      this.#stop = client && this.#follow(client)
    }
    this.#ask()
  }

  /** Shown at once; taken back where the gateway says no. */
  change(status: Status): void {
    const before = this.#status
    this.#set(status)
    this.#client?.request('changeStatus', { status }).catch(() => this.#set(before))
  }

  #follow(client: Client): () => void {
    const stops = [
      client.connection.subscribe(({ name }) => { if (name === 'live') this.#ask() }),
      client.onPush('statusPush', ({ participant, status }) => {
        if (participant === client.identity.value?.id) this.#set(status)
      }),
      client.onPush('presencePush', ({ side, online }) => {
        if (side !== this.#to) return
        this.#isThere = online
        this.#host.requestUpdate()
      }),
    ]
    return () => stops.forEach((stop) => stop())
  }

  #ask(): void {
    const client = this.#client
    const to = this.#to
    const me = client?.identity.value
    if (!client || !me || client.connection.value.name !== 'live') return
    client.request('presence', { of: to === '' ? [me.side] : [me.side, to] }).then(({ presence }) => {
      if (client !== this.#client || to !== this.#to) return
      this.#isThere = presence[to]?.online
      this.#set(presence[me.side]?.agents?.find(({ id }) => id === me.id)?.status ?? this.#status ?? 'online')
    }, () => undefined) // an older gateway, or the line has gone: the next line asks again
  }

  #set(status: Status | undefined): void {
    this.#status = status
    this.#host.requestUpdate()
  }
}
