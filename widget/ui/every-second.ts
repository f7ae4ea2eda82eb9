import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Requests a render every second while a countdown is watched, see `watch`. */
export class EverySecond implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #isWatched: () => boolean
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(host: ReactiveControllerHost, isWatched: () => boolean) {
    this.#host = host
    this.#isWatched = isWatched
    host.addController(this)
  }

  hostUpdated(): void {
    if (!this.#isWatched()) this.hostDisconnected()
    else this.#timer ??= setInterval(() => this.#host.requestUpdate(), 1000)
  }

  hostDisconnected(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
