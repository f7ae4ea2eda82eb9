import { html, nothing, type TemplateResult } from 'lit'
import type { Strings } from '../locales/strings.ts'
import { icons } from './icons.ts'

/** The product the page is about, ready to be sent with one tap. */
export interface Offer {
  readonly title: string
  readonly price?: string
  readonly image?: string
  readonly url?: string
  readonly [field: string]: unknown
}

export interface OfferOptions {
  readonly strings: Strings
  readonly offer: Offer
  readonly onSend: () => void
  readonly onDismiss: () => void
}

export const offer = ({ strings, offer: { title, price, image }, onSend, onDismiss }: OfferOptions): TemplateResult =>
  html`<div class="offer" part="offer" data-test="offer">
    ${image ? html`<img src=${image} alt="" referrerpolicy="no-referrer">` : nothing}
    <span class="facts"><span class="title" dir="auto">${title}</span>${price ? html`<bdi class="detail">${price}</bdi>` : nothing}</span>
    <button type="button" class="pill" data-test="offer-send" @click=${onSend}>${strings.sendProduct}</button>
    <button type="button" class="plain" aria-label=${strings.dismiss} @click=${onDismiss}>${icons.close}</button>
  </div>`
