import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { RefusalError } from '../client/refusal-error.ts'
import type { PersonClient } from '../client/types.ts'

const RETRY_MS = 5000

/**
 * Base of every part of the desk that asks the gateway: it follows one client at a time, asks again on each new connection, and
 * stops with the element. `use` may be called at every render.
 */
export abstract class ClientFollower<P extends PersonClient = PersonClient> implements ReactiveController {
  protected readonly host: ReactiveControllerHost
  #client: P | undefined
  #stops: readonly (() => void)[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost) {
    this.host = host
    host.addController(this)
  }

  protected get client(): P | undefined {
    return this.#client
  }

  protected get isLive(): boolean {
    return this.#client?.connection.value.name === 'live'
  }

  hostConnected(): void {
    this.host.requestUpdate()
  }

  hostDisconnected(): void {
    this.use(undefined)
  }

  use(client: P | undefined): void {
    if (client === this.#client) return
    for (const stop of this.#stops) stop()
    clearTimeout(this.#timer)
    this.#client = client
    this.#stops =
      client === undefined
        ? []
        : [
            ...this.follow(client),
            client.connection.subscribe(({ name }) => {
              if (name === 'live') this.ask()
            }),
          ]
    this.forget()
    if (this.isLive) this.ask()
  }

  protected update(): void {
    this.host.requestUpdate()
  }

  /** Adds listeners; returns the functions that remove them. */
  protected follow(_client: P): readonly (() => void)[] {
    return []
  }

  /** The client is connected: what is shown may be outdated. */
  protected abstract ask(): void

  /** For what may work in a while, as when the store is away: the connection stays, so no new one would ask again. */
  protected readonly askLater = (error: unknown): void => {
    const { retry, afterMs = RETRY_MS } = Object(error) as RefusalError
    if (!retry) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.isLive && this.ask(), afterMs * (1 + Math.random()))
  }

  /** The client changed or is gone: drop what belonged to the previous one. */
  protected forget(): void {}
}
