import { html, nothing, type TemplateResult } from 'lit'
import { listMove } from '../../mailbox/list-keys.ts'
import type { DeskContext } from '../desk-context.ts'
import type { Order } from './customer-panel.ts'

export interface OrderMenuOptions {
  /** The customer's orders, newest first; undefined until they are known. */
  readonly orders: () => readonly Order[] | undefined
  readonly onSend: (order: Order) => void
}

/**
 * The customer's orders over the composer, to send one as a card.
 * closed ──key or button──▶ open, the focus on the first order ──Enter, click──▶ sent, closed, the focus in the composer
 *                             │ Escape ▶ closed, the focus in the composer; focus elsewhere, another conversation ▶ closed
 */
export class OrderMenu {
  readonly #desk: DeskContext
  readonly #options: OrderMenuOptions
  /** Whose orders; undefined while closed. */
  #of: string | undefined

  constructor(desk: DeskContext, options: OrderMenuOptions) {
    this.#desk = desk
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#of !== undefined && this.#of === this.#desk.view.to
  }

  /** False where no conversation is open. */
  readonly toggle = (): boolean => {
    const { element, view } = this.#desk
    if (!view.controller.conversation) return false
    if (this.isOpen) {
      this.#leave()
      return true
    }
    this.#of = view.to
    element.requestUpdate()
    void element.updateComplete.then(() => (this.#items[0] ?? this.#menu)?.focus())
    return true
  }

  render(): TemplateResult | typeof nothing {
    if (!this.isOpen) return nothing
    const { view, words } = this.#desk
    const orders = this.#options.orders()
    const label = view.language.mailboxStrings.actions.order
    const hint = orders ? words.noOrders : words.customerStates.loading
    return html`<div class="picker order-menu" data-test="order-menu" role=${orders?.length ? 'menu' : 'status'} aria-label=${label} tabindex="-1"
      @keydown=${this.#onKeydown} @focusout=${this.#onFocusOut}>${
        orders?.length ? orders.map((order) => this.#item(order)) : html`<p class="hint">${hint}</p>`
      }</div>`
  }

  #item(order: Order): TemplateResult {
    const { number, status, title, total } = order
    const send = (): void => {
      this.#leave()
      this.#options.onSend(order)
    }
    return html`<button type="button" class="reply" role="menuitem" tabindex="-1" data-test="order-item" data-number=${number} @click=${send}>
      <span class="reply-title" dir="auto">${number}</span><span class="reply-folder" dir="auto">${status ?? nothing}</span>
      <span class="reply-text" dir="auto">${[title, total].filter(Boolean).join(' · ')}</span></button>`
  }

  readonly #onKeydown = (event: KeyboardEvent): void => {
    const items = this.#items
    const at = items.indexOf((this.#desk.element.renderRoot as ShadowRoot).activeElement as HTMLElement)
    const to = listMove(event.key, { at, count: items.length, pageCount: 5 })
    if (to !== undefined) items[to]!.focus()
    else if (event.key === 'Escape' || event.key === 'Tab') this.#leave()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  /** A press of the button that opened it closes it by itself. */
  readonly #onFocusOut = ({ relatedTarget }: FocusEvent): void => {
    if (this.isOpen && !this.#menu?.contains(relatedTarget as Node | null)) this.#close()
  }

  /** The composer is where the agent goes on. */
  #leave(): void {
    this.#close()
    this.#desk.view.focus('.composer textarea')
  }

  #close(): void {
    this.#of = undefined
    this.#desk.element.requestUpdate()
  }

  get #menu(): HTMLElement | null {
    return this.#desk.element.renderRoot.querySelector('.order-menu')
  }

  get #items(): readonly HTMLElement[] {
    return [...(this.#menu?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
  }
}
