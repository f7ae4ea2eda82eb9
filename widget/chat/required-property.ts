import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** A page may set its properties one after the other, or after its server has answered. */
const PATIENCE_MS = 1000

/** Watches for a required property that stays unset: set ⇄ waiting (PATIENCE_MS) → unset. `onUnset` is called each time `unset` begins or ends. */
export class RequiredProperty implements ReactiveController {
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
    if (!isMissing) this.#onSet()
    else if (!this.#isUnset) this.#timer ??= setTimeout(() => this.#report(true), PATIENCE_MS)
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #onSet(): void {
    this.hostDisconnected()
    if (this.#isUnset) this.#report(false)
  }

  #report(isUnset: boolean): void {
    this.#timer = undefined
    this.#isUnset = isUnset
    this.#options.onUnset(isUnset)
    if (isUnset) this.#host.requestUpdate()
  }
}
