import type { ReactiveController, ReactiveControllerHost } from 'lit'

/**
 * A button that has done its work is often gone with the next update, or disabled until the answer comes; either way the browser lets
 * the focus fall to the page's body. For somebody who works by keys (`:focus-visible`) it is put back: onto the same button once that is
 * enabled again, else to where `next` says. Who uses a pointer has no place to lose.
 */
export class LostFocus implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment }
  readonly #next: () => HTMLElement | null
  #held: HTMLElement | undefined

  constructor(host: ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment }, next: () => HTMLElement | null) {
    this.#host = host
    this.#next = next
    host.addController(this)
  }

  hostUpdate(): void {
    const active = this.#active
    if (active) this.#held = active.matches(':focus-visible') ? active : undefined
    else if (!this.#held?.matches(':disabled')) this.#held = undefined
  }

  hostUpdated(): void {
    const held = this.#held
    if (!held || this.#active || document.activeElement !== document.body) return
    if (!held.isConnected) this.#next()?.focus()
    else if (!held.matches(':disabled')) held.focus()
  }

  get #active(): HTMLElement | null {
    return ((this.#host.renderRoot as ShadowRoot | undefined)?.activeElement as HTMLElement | null) ?? null
  }
}
