import { html, nothing, type TemplateResult } from 'lit'
import type { CommandAnswer } from '../../../gateway/protocol/commands.ts'
import type { CustomerInfo, Product } from '../../../gateway/protocol/model.ts'
import { fill } from '../../locales/fill.ts'
import type { DeskStrings } from '../../locales/desk-strings.ts'
import type { Strings } from '../../locales/strings.ts'
import { deskIcons } from '../../ui/page-icons.ts'
import type { Card } from '../../ui/card.ts'
import { cardOf } from '../../ui/cards.ts'

type Answer = Omit<CommandAnswer<'customer'>, 'ok'>
export type Order = NonNullable<CustomerInfo['orders']>[number]

export interface CustomerPanelView {
  readonly strings: Strings
  readonly deskStrings: DeskStrings
  readonly tryAgain: string
  /** Undefined until the gateway has answered. */
  readonly answer: Answer | undefined
  readonly isLoading: boolean
  /** Whether a picture of theirs may load without the agent asking for it. */
  readonly isTrusted: (address: string) => boolean
  readonly time: (at: number) => string
  readonly onRetry: () => void
  readonly onSendProduct: (product: Product) => void
  readonly onSendOrder: (order: Order) => void
  /** A card was tapped; true: the page shows it. */
  readonly onTap: (card: Card) => boolean
  readonly onCopy: (text: string) => void
}

/** The customer's orders, what they look at, what else the shop's own system knows of them, and earlier assignments. */
export function customerPanel(view: CustomerPanelView): TemplateResult {
  const { answer, deskStrings } = view
  return html`${
    answer?.info
      ? html`<section aria-label=${deskStrings.orders}>
      <h3 class="side-title">${deskStrings.orders}</h3>${orders(view, answer.info.orders ?? [])}</section>`
      : nothing
  }
    <section aria-label=${deskStrings.viewing}>
      <h3 class="side-title">${deskStrings.viewing}</h3>${viewed(view)}</section>
    <section aria-label=${deskStrings.profile} aria-busy=${view.isLoading} data-test="customer" data-state=${answer?.state ?? 'loading'}>
      <h3 class="side-title">${deskStrings.profile}</h3>${state(view)}${profile(answer?.info)}</section>
    ${
      answer?.earlier
        ? html`<section aria-label=${deskStrings.earlier}>
      <h3 class="side-title">${deskStrings.earlier}</h3>${earlier(view, answer.earlier)}</section>`
        : nothing
    }`
}

function viewed({ answer, isTrusted, onSendProduct, onTap, deskStrings, strings }: CustomerPanelView): TemplateResult {
  const product = answer?.viewing
  if (!product) return html`<p class="hint" data-test="viewing-nothing">${deskStrings.viewingNothing}</p>`
  return html`<div class="thing" data-test="viewing">
    ${cardOf('product', { ...product, text: product.title }, { strings, isTrusted, onTap })}
    <button type="button" class="act" data-test="send-viewing" @click=${() => onSendProduct(product)}>${deskStrings.sendCard}</button>
  </div>`
}

function state({ answer, isLoading, onRetry, deskStrings, time, tryAgain }: CustomerPanelView): TemplateResult | typeof nothing {
  const { customerStates } = deskStrings
  if (!answer) return html`<p class="hint">${customerStates.loading}</p><progress aria-label=${customerStates.loading}></progress>`
  if (answer.state === 'ready') return nothing
  if (answer.state === 'slow') return html`<p class="hint">${customerStates.slow}</p><progress aria-label=${customerStates.slow}></progress>`
  if (answer.state !== 'down') return html`<p class="hint">${customerStates[answer.state]}</p>`
  const isOlder = answer.info !== undefined && answer.at !== undefined
  return html`<div class="trouble" data-test="customer-down"><span>${
    isOlder ? fill(customerStates.downOlder, { at: time(answer.at!) }) : customerStates.down
  }</span>
    <button type="button" class="act" data-test="customer-retry" ?disabled=${isLoading} @click=${onRetry}>${tryAgain}</button></div>`
}

function profile(info: CustomerInfo | undefined): TemplateResult | typeof nothing {
  if (!info?.profile?.length) return nothing
  return html`<dl class="facts-list">${info.profile.map(
    ({ label, value }) => html`<div><dt dir="auto">${label}</dt><dd><bdi>${value}</bdi></dd></div>`,
  )}</dl>`
}

function orders(view: CustomerPanelView, list: readonly Order[]): TemplateResult {
  const { onCopy, onSendOrder, onTap, deskStrings, strings, time } = view
  if (list.length === 0) return html`<p class="hint">${deskStrings.noOrders}</p>`
  // the operator's own system names them
  const own = { strings, isTrusted: () => true, isHeaded: true, onTap }
  return html`<ul class="things">${list.map(
    (order) => html`<li class="thing" data-test="order" data-number=${order.number}>
    <div class="thing-line">
      <button type="button" class="copy" data-test="copy-order" aria-label=${fill(deskStrings.copyNumber, { number: order.number })}
        @click=${() => onCopy(order.number)}><b><bdi>${order.number}</bdi></b>${deskIcons.copy}</button>
      ${order.status ? html`<bdi class="state">${order.status}</bdi>` : nothing}
    </div>
    ${cardOf('order', { text: '', ...order }, own)}
    ${order.at === undefined ? nothing : html`<p class="hint">${time(order.at)}</p>`}
    <button type="button" class="act" data-test="send-order" aria-label="${deskStrings.sendCard}: ${order.number}"
      @click=${() => onSendOrder(order)}>${deskStrings.sendCard}</button>
  </li>`,
  )}</ul>`
}

function earlier({ deskStrings, time }: CustomerPanelView, spans: NonNullable<Answer['earlier']>): TemplateResult {
  if (spans.length === 0) return html`<p class="hint">${deskStrings.firstTime}</p>`
  return html`<ul class="things">${spans.map(
    ({ agent, from, to }) => html`<li class="span" data-test="earlier">
    <bdi>${fill(deskStrings.since, { from: time(from), to: time(to) })}</bdi>${
      agent ? html`<span class="hint" dir="auto">${agent}</span>` : nothing
    }</li>`,
  )}</ul>`
}
