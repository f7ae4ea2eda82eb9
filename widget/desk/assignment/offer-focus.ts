import type { DeskContext } from '../desk-context.ts'

/** A new offer gets the focus, on Accept, where nothing else of the page has it: who is writing is not interrupted, and has keys for it. */
export class OfferFocus {
  readonly #element: DeskContext['element']
  #known = ''

  constructor(element: DeskContext['element']) {
    this.#element = element
  }

  /** Called after each render. */
  updated(): void {
    const { renderRoot } = this.#element
    const first = renderRoot.querySelector<HTMLElement>('.offered')
    const id = first?.dataset.transfer ?? ''
    if (id === this.#known) return
    this.#known = id
    if (first && document.activeElement === document.body && !renderRoot.querySelector('dialog')) {
      first.querySelector<HTMLElement>('[data-test=accept]')!.focus()
    }
  }
}
