import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Person, Presence as Answer, Status } from '../../gateway/protocol/model.ts'
import type { RefusalError } from '../client/refusal-error.ts'
import type { PersonClient } from '../client/types.ts'

const ASK_MS = 300
const RETRY_MS = 5000
/** Sides in one command. */
const MOST = 100

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
  #agent: Person | undefined
  #others: readonly string[] = []
  readonly #present = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  /** From when on news of a colleague is asked about at once. */
  #nextAt = 0
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

  /** Of another shop: the name of somebody who is there, if it is online. */
  get theirAgent(): string | undefined {
    return this.#agent?.name
  }

  /** Agents of our own shop, ourselves included. */
  get agents(): readonly Colleague[] {
    return this.#agents
  }

  /** Whether this one of the others is there. */
  has(side: string): boolean {
    return this.#present.has(side)
  }

  hostConnected(): void {
    this.#host.requestUpdate()
  }

  hostDisconnected(): void {
    this.use(undefined, '')
  }

  /** `others`: further sides, whose presence a list shows. */
  use(client: PersonClient | undefined, to: string, others: readonly string[] = []): void {
    const isSame = client === this.#client && to === this.#to
    if (isSame && others.join() === this.#others.join()) return
    this.#others = others
    if (isSame) return this.#askSoon()
    if (to !== this.#to) this.#isThere = this.#theirStatus = this.#agent = undefined
    this.#to = to
    if (client !== this.#client) {
      this.#stop?.()
      this.#client = client
      this.#status = this.#isThere = this.#theirStatus = this.#agent = undefined
      this.#agents = []
      this.#present.clear()
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
      client.onPush('statusPush', ({ name, participant, shop, status }) => {
        const me = client.identity.value
        if (`shop:${shop}` === this.#to) this.#onAgent({ id: participant, ...(name === undefined ? {} : { name }) }, status)
        if (participant === me?.id) this.#set(status)
        if (me?.role !== 'agent') return
        // after a restart all colleagues come back at once
        if (performance.now() < this.#nextAt) return this.#askSoon()
        this.#nextAt = performance.now() + ASK_MS
        this.ask()
      }),
      client.onPush('presencePush', ({ side, online, status }) => {
        this.#know(side, online)
        if (side !== this.#to) return
        this.#isThere = online
        this.#theirStatus = status
        this.#host.requestUpdate()
      }),
    ]
    return () => stops.forEach((stop) => stop())
  }

  #know(side: string, isThere: boolean | undefined): void {
    if (this.#present.has(side) === (isThere === true)) return
    if (isThere) this.#present.add(side)
    else this.#present.delete(side)
    this.#host.requestUpdate()
  }

  /** A list that is scrolled changes often. */
  #askSoon(ms = ASK_MS): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.ask(), ms)
  }

  #onAgent(agent: Person, status: Status): void {
    if (status === 'online') this.#agent ??= agent.name === undefined ? undefined : agent
    else if (agent.id === this.#agent?.id) this.#agent = undefined
    this.#host.requestUpdate()
  }

  /** Asks for presence. Pushes do not carry the colleagues' load, so agents ask again after each. */
  ask(): void {
    const client = this.#client
    const to = this.#to
    const others = this.#others
    const me = client?.identity.value
    if (!client || !me || client.connection.value.name !== 'live') return
    client.request('presence', { of: [...new Set([me.side, ...(to === '' ? [] : [to]), ...others])].slice(0, MOST) }).then(
      ({ presence }) => {
        if (client !== this.#client || to !== this.#to) return
        for (const side of others) this.#know(side, presence[side]?.online)
        this.#isThere = presence[to]?.online
        this.#theirStatus = presence[to]?.status
        this.#agent = this.#theirStatus === 'online' ? presence[to]?.agent : undefined
        this.#agents = presence[me.side]?.agents ?? []
        this.#set(this.#agents.find(({ id }) => id === me.id)?.status ?? this.#status ?? 'online')
      },
      ({ retry, afterMs = RETRY_MS }: RefusalError) => {
        if (retry) this.#askSoon(afterMs * (1 + Math.random()))
      },
    )
  }

  #set(status: Status | undefined): void {
    this.#status = status
    this.#host.requestUpdate()
  }
}
