import { html, nothing, type ReactiveController, type TemplateResult } from 'lit'
import type { Body, Product } from '../../../gateway/protocol/model.ts'
import { fill } from '../../locales/fill.ts'
import { timeSpan } from '../../locales/time-span.ts'
import type { MailboxPaneView } from '../../mailbox/mailbox-view.ts'
import type { Translation } from '../../chat/actions/message-actions.ts'
import { sidePanel } from '../../mailbox/side-panel.ts'
import { avatar } from '../../ui/avatar.ts'
import { cardFrom, type Card } from '../../ui/card.ts'
import { listen } from '../../ui/listen.ts'
import { PersistedSetting } from '../../ui/persisted-setting.ts'
import type { DeskContext } from '../desk-context.ts'
import { conversationFacts, latestOrder, sharedThings } from './conversation-facts.ts'
import { CustomerLookup } from './customer-lookup.ts'
import { customerPanel, type Order } from './customer-panel.ts'
import { OrderMenu } from './order-menu.ts'
import { customerLanguage, translationBy } from './translations.ts'

const COPIED_MS = 2000

/**
 * Who the other side of the open conversation is: in a line under the name, and in a column beside it. Where three columns fit, the
 * column stands open until the agent folds it away, and this browser remembers the choice; where fewer fit, it takes the place of the
 * conversation.
 */
export class Customer implements ReactiveController {
  /** Over the composer: the orders to send as a card. */
  readonly menu: OrderMenu
  readonly #desk: DeskContext
  readonly #lookup: CustomerLookup
  readonly #folded: PersistedSetting
  #isCopied = false
  #stops: readonly (() => void)[] = []

  constructor(desk: DeskContext) {
    this.#desk = desk
    this.#lookup = new CustomerLookup(desk.element)
    this.#folded = new PersistedSetting(desk.element, 'details-folded')
    this.menu = new OrderMenu(desk, { orders: () => this.#orders, onSend: (order) => this.#sendOrder(order) })
    desk.element.addController(this)
  }

  /** The column is open. */
  get isShown(): boolean {
    const { columns, controller, shown } = this.#desk.view
    if (!controller.conversation) return false
    return columns.count === 3 ? this.#folded.value === undefined : shown === 'details'
  }

  /** The number of the customer's latest order: of one that was shared here, else of the shop's own system. */
  get order(): string | undefined {
    return latestOrder(this.#desk.view.controller.messages) ?? this.#lookup.answer?.info?.orders?.[0]?.number
  }

  hostUpdate(): void {
    const {
      element,
      view: { client, to },
    } = this.#desk
    if (!element.isConnected) return
    this.#lookup.use(client)
    this.#lookup.about(to)
  }

  toggle(): void {
    const { columns } = this.#desk.view
    if (columns.count === 3) this.#folded.value = this.isShown ? 'yes' : undefined
    else this.#desk.view.show(this.isShown ? 'conversation' : 'details')
  }

  /** Escape in it closes it; where it lies over the conversation, so does Escape anywhere, and a press beside it. */
  hostConnected(): void {
    const { renderRoot } = this.#desk.element
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing || !this.isShown || this.#desk.dialogs.open) return
      const isInside = event.composedPath().some((each) => each instanceof Element && each.matches('.side'))
      if (!isInside && (this.#isColumn || this.menu.isOpen)) return
      event.preventDefault()
      this.#close()
    }
    const onPress = (event: Event): void => {
      if (!this.isShown || this.#desk.view.columns.count !== 2) return
      const isOwn = event.composedPath().some((each) => each instanceof Element && each.matches('.side, .modal, [data-test=toggle-details]'))
      if (!isOwn) this.toggle()
    }
    this.#stops = [listen<KeyboardEvent>(renderRoot, 'keydown', onKey), listen(document, 'pointerdown', onPress)]
  }

  hostDisconnected(): void {
    for (const stop of this.#stops) stop()
  }

  /** For who closed it by a key: the focus goes to the button that opens it. */
  #close(): void {
    const { element, view } = this.#desk
    if (this.isShown) this.toggle()
    void element.updateComplete.then(() => view.focus('[data-test=toggle-details]'))
  }

  get #isColumn(): boolean {
    return this.#desk.view.columns.count === 3
  }

  /** Under the name: how long the customer has been waiting for an answer, which no narrow head may cut, the id, and whether they are there. */
  summary(): Pick<MailboxPaneView, 'detail' | 'urgency'> {
    const {
      controller: { conversation, messages },
      language: { lang, mailboxStrings },
      presence,
    } = this.#desk.view
    if (!conversation) return { detail: '' }
    const answered = messages.findLastIndex(({ side }) => side !== conversation.to)
    const first = messages[answered + 1]
    const span = first && timeSpan(Date.now() - first.at, lang)
    const there = presence.isThere === undefined ? undefined : mailboxStrings.statuses[presence.isThere ? 'online' : 'offline']
    const waiting = span && fill(mailboxStrings.waitingFor, { duration: span })
    return {
      detail: [waiting, conversation.to, there].filter(Boolean).join(' · '),
      urgency: first && this.#desk.urgency(Date.now() - first.at),
    }
  }

  /** The column; `acts`: the actions on the customer. */
  column(acts: TemplateResult | typeof nothing): TemplateResult | typeof nothing {
    if (!this.isShown) return nothing
    const { view } = this.#desk
    const {
      controller,
      language: { lang, mailboxStrings, strings },
      name,
    } = view
    const to = controller.conversation!.to
    return sidePanel({
      strings,
      mailboxStrings,
      to,
      name,
      acts,
      facts: [...conversationFacts(controller, mailboxStrings, lang), ...this.#spoken(), ...this.#tags(), ...this.#rating()],
      shared: sharedThings(controller.messages),
      isTrusted: (address) => controller.isTrusted(address),
      onTap: this.#onTap,
      isCopied: this.#isCopied,
      more: to.startsWith('shop:') ? nothing : this.#panel(),
      rest: to.startsWith('shop:') ? nothing : this.#shop(),
      onCopy: () => void this.#copy(to),
      onClose: () => this.#close(),
    })
  }

  /** The customer's language, in the agent's. */
  #spoken(): readonly (readonly [string, string])[] {
    const { view, words } = this.#desk
    const { controller, language } = view
    const spoken = customerLanguage(controller.messages, view.to)
    if (!spoken) return []
    return [[words.translation.language, new Intl.DisplayNames(language.lang || 'en', { type: 'language' }).of(spoken) ?? spoken]]
  }

  /** By which a backend has sorted the conversation. */
  #tags(): readonly (readonly [string, string])[] {
    const { tags = [] } = this.#desk.row?.service ?? {}
    return tags.length === 0 ? [] : [[this.#desk.words.tags, tags.join(' · ')]]
  }

  /** What the customer said of the conversation that was closed. */
  #rating(): readonly (readonly [string, string])[] {
    const { rating } = this.#desk.row?.service ?? {}
    if (!rating) return []
    const { score, text = '' } = rating
    return [[this.#desk.words.report.rating, `${'★'.repeat(score)}${'☆'.repeat(5 - score)} ${text}`]]
  }

  /** What the menu of a message offers, where the page translates. */
  get translation(): Translation {
    return translationBy(this.#desk)
  }

  get #orders(): readonly Order[] | undefined {
    const { answer } = this.#lookup
    return answer && (answer.info?.orders ?? [])
  }

  #panel(): TemplateResult {
    const {
      moment,
      view: {
        controller,
        language: { strings },
      },
      words,
    } = this.#desk
    const { answer, isLoading, retry } = this.#lookup
    return customerPanel({
      strings,
      answer,
      isLoading,
      deskStrings: words,
      tryAgain: strings.tryAgain,
      isTrusted: (address) => controller.isTrusted(address),
      time: moment,
      onRetry: retry,
      onTap: this.#onTap,
      onSendProduct: (product) => this.#sendProduct(product),
      onSendOrder: (order) => this.#sendOrder(order),
      onCopy: (text) => void this.#copy(text),
    })
  }

  /** The agent's own shop, as its customers see it. */
  #shop(): TemplateResult | typeof nothing {
    const { view } = this.#desk
    const side = view.mailbox.identity?.side ?? ''
    const shop = view.client?.shops.value[side]
    if (!shop) return nothing
    const { name, logo, closed, answersIn } = view.face(shop)
    const { shop: label } = view.language.mailboxStrings
    const shown = view.nameOf(side, name)
    return html`<section aria-label=${label} data-test="own-shop"><h3 class="side-title">${label}</h3>
      <div class="shop-line">${avatar(side, shown, logo)}<span><b dir="auto">${shown}</b><span class="hint" dir="auto">${closed ?? answersIn}</span></span></div>
    </section>`
  }

  readonly #onTap = (card: Card): boolean => !this.#desk.emit('im-card', card)

  #sendProduct(product: Product): void {
    const { title, price, url } = product
    this.#sendCard('product', product, [title, price, url])
  }

  #sendOrder(order: Order): void {
    const { number, title, status, total } = order
    this.#sendCard('order', order, [`${this.#desk.view.language.strings.order} ${number}`, title, status, total])
  }

  /** `words`: what a client that knows no cards shows. */
  #sendCard(kind: 'product' | 'order', thing: Product | Order, words: readonly (string | undefined)[]): void {
    const { kind: _, ...fields } = cardFrom(kind, thing) ?? {}
    const body: Body = { ...fields, text: words.filter(Boolean).join(' · ') }
    const {
      sayRefusal,
      toast,
      view: { controller, thread },
      words: { cardSent },
    } = this.#desk
    if (!controller.conversation) return
    if (thread.sendBody(kind, body) === undefined) sayRefusal('other')
    else toast.say({ text: cardSent })
  }

  async #copy(text: string): Promise<void> {
    const { element } = this.#desk
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // Without permission it can still be selected and copied by hand.
      return
    }
    this.#isCopied = true
    element.requestUpdate()
    setTimeout(() => {
      this.#isCopied = false
      element.requestUpdate()
    }, COPIED_MS)
  }
}
