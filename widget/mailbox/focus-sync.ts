import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { PersonClient } from '../client/types.ts'
import { listen } from '../ui/listen.ts'

export interface FocusHost extends ReactiveControllerHost, HTMLElement {
  readonly renderRoot: HTMLElement | DocumentFragment
  to: string
}

/**
 * Keeps the element's `to` and the person's focus the same. What the page or a click sets goes up as `changeUser`; what another window
 * of the same person chose comes down and is set here. While an input method composes, the change waits until the composition ends. A window
 * in which a text is being written is not switched at all: the next key would write it to somebody else.
 */
export class FocusSync implements ReactiveController {
  readonly #host: FocusHost
  readonly #focus: () => string | undefined
  #stops: readonly (() => void)[] = []
  #isComposing = false
  /** The field that was last typed in, and in whose conversation. */
  #typed: { readonly field: HTMLTextAreaElement; readonly to: string } | undefined
  /** The page set `to` since the last update, even to its old value: with another person's pass, that is whom the new person talks to. */
  #isToNamed = false
  /** The `to` last sent to the client, and so to the person's other windows. */
  #announcedTo = ''

  /** `focus`: whom the person's windows talk to, as the client knows it. */
  constructor(host: FocusHost, focus: () => string | undefined) {
    this.#host = host
    this.#focus = focus
    host.addController(this)
  }

  hostConnected(): void {
    const { renderRoot } = this.#host
    this.#stops = [
      listen(renderRoot, 'compositionstart', () => (this.#isComposing = true)),
      listen(renderRoot, 'compositionend', () => this.#onComposed()),
      listen(renderRoot, 'input', ({ target }) => {
        // what is written in a dialog belongs to the conversation that the dialog is about
        if (target instanceof HTMLTextAreaElement && target.closest('.foot')) this.#typed = { field: target, to: this.#host.to }
      }),
    ]
  }

  hostDisconnected(): void {
    for (const stop of this.#stops) stop()
    this.#isComposing = false
  }

  /** The page set `to`. */
  named(): void {
    this.#isToNamed = true
    this.#host.requestUpdate()
  }

  /** The update has begun: from now on `to` belongs to whoever the client is for. */
  settle(): void {
    this.#isToNamed = false
  }

  announce(client: PersonClient | undefined): void {
    const { to } = this.#host
    if (client && to !== this.#announcedTo) client.changeUser((this.#announcedTo = to))
  }

  readonly follow = (to: string | undefined): void => {
    if (to === undefined || to === this.#host.to || this.#isComposing || this.#isWriting) return
    this.#host.to = this.#announcedTo = to
  }

  /** Somebody is at this window, in a field with a text begun in the open conversation. */
  get #isWriting(): boolean {
    const { field, to } = this.#typed ?? {}
    if (!field || to !== this.#host.to || !document.hasFocus() || !document.contains(this.#host)) return false
    return (this.#host.renderRoot as ShadowRoot).activeElement === field && field.value.trim() !== ''
  }

  /** The page is another person's: whom the one before talked to is not theirs to know, unless the page has just named them. */
  nextPerson(): void {
    if (!this.#isToNamed) this.#host.to = this.#host.getAttribute('to') ?? ''
    this.forget()
  }

  /** The client is gone: the next one has received nothing. */
  forget(): void {
    this.#announcedTo = ''
    this.#typed = undefined
  }

  #onComposed(): void {
    this.#isComposing = false
    // After the composer's own listeners: the composed text belongs to the conversation that it was written in.
    queueMicrotask(() => this.follow(this.#focus()))
  }
}
