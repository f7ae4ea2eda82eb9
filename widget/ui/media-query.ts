import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Follows one media query and requests a render when its result changes. `addListener`, because Safari before 14 has nothing else. */
export class MediaQuery implements ReactiveController {
  readonly #text: string
  readonly #update: () => void
  #query: MediaQueryList | undefined

  constructor(host: ReactiveControllerHost, text: string) {
    this.#text = text
    this.#update = () => host.requestUpdate()
    host.addController(this)
  }

  get matches(): boolean {
    return this.#query?.matches ?? false
  }

  hostConnected(): void {
    this.#query = window.matchMedia(this.#text)
    this.#query.addListener(this.#update)
  }

  hostDisconnected(): void {
    this.#query?.removeListener(this.#update)
  }
}
