import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** A page may set its properties one after the other, or when its own server has answered. */
const PATIENCE_MS = 1000

/**
 * Whether the page has left out what nothing works without. set ⇄ waiting (patience) → unset, which is said once each time it comes to that.
 */
export class Unset implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: { readonly isMissing: () => boolean; readonly onUnset: (isUnset: boolean) => void }
  #isUnset = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost, options: { readonly isMissing: () => boolean; readonly onUnset: (isUnset: boolean) => void }) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostUpdate(): void {
    const isMissing = this.#options.isMissing()
    if (!isMissing) this.#end()
    else if (!this.#isUnset) this.#timer ??= setTimeout(() => this.#say(true), PATIENCE_MS)
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #end(): void {
    this.hostDisconnected()
    if (this.#isUnset) this.#say(false)
  }

  #say(isUnset: boolean): void {
    this.#timer = undefined
    this.#isUnset = isUnset
    this.#options.onUnset(isUnset)
    if (isUnset) this.#host.requestUpdate()
  }
}
