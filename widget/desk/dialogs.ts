import type { ReactiveController, ReactiveControllerHost } from 'lit'

/**
 * Which dialog is open; at most one. Shown as modal ones, so the browser keeps the focus inside, closes on Escape and gives the
 * focus back to where it was.
 */
export class Dialogs<Name extends string> implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment }
  readonly #onShow: () => void
  #open: Name | undefined
  #about: string | undefined

  constructor(host: ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment }, onShow: () => void) {
    this.#host = host
    this.#onShow = onShow
    host.addController(this)
  }

  get open(): Name | undefined {
    return this.#open
  }

  /** The conversation that the open dialog is about, whichever is open behind it by now. */
  get about(): string | undefined {
    return this.#about
  }

  show(name: Name, about?: string): void {
    this.#open = name
    this.#about = about
    this.#onShow()
    this.#host.requestUpdate()
  }

  /** Closes through the dialog itself, because only then the focus returns. Its `close` event comes later, and an update before it would show it again. */
  readonly close = (): void => {
    this.#dialog?.close()
    this.onClosed()
  }

  /** Closes it after an answer that took a while, unless another one is open by then. */
  settle(name: Name, about?: string): void {
    if (name === this.#open && about === this.#about) this.close()
  }

  readonly onClosed = (): void => {
    this.#open = undefined
    this.#host.requestUpdate()
  }

  /** A dialog can be shown only once it is in the page. */
  hostUpdated(): void {
    const dialog = this.#dialog
    if (dialog && !dialog.open) dialog.showModal()
  }

  get #dialog(): HTMLDialogElement | null {
    return this.#host.renderRoot.querySelector('dialog')
  }
}
