import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { listen } from '../listen.ts'

/**
 * Whether the person looks at the page. A page on a second screen is visible without being looked at, so messages there stay
 * unread until the page has the focus.
 */
export class Attention implements ReactiveController {
  readonly #host: ReactiveControllerHost
  #stops: (() => void)[] = []
  #isHere = false

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  get isHere(): boolean {
    return this.#isHere
  }

  hostConnected(): void {
    const look = (): void => this.#look()
    this.#stops = [listen(window, 'focus blur pageshow', look), listen(document, 'visibilitychange', look)]
    this.#look()
  }

  hostDisconnected(): void {
    for (const stop of this.#stops) stop()
    this.#isHere = false
  }

  #look(): void {
    const isHere = document.visibilityState === 'visible' && document.hasFocus()
    if (isHere === this.#isHere) return
    this.#isHere = isHere
    this.#host.requestUpdate()
  }
}
