import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit'
import type { Body, Message } from '../../gateway/protocol/model.ts'
import type { Strings } from '../locales/strings.ts'
import type { Offer } from '../ui/cards.ts'
import { icons } from '../ui/icons.ts'

export interface PinnedOptions {
  readonly strings: Strings
  readonly messages: readonly Message[]
  /** Returns undefined where the message was refused; the product then stays. */
  readonly send: (body: Body) => string | undefined
}

/**
 * The product that a page is about, under the head, until it is sent or put away:
 *
 *   card ──something is sent, or it is in the conversation already──▶ chip ──tap──▶ card
 *
 * A keyboard hides both, because it leaves no room (shell-style.ts).
 */
export class PinnedProduct {
  readonly #host: Pick<ReactiveControllerHost, 'requestUpdate'>
  /** Names of products: a framework may set a new object with each of its renders. */
  #away: string | undefined
  #folded: string | undefined
  /** The person has opened the chip. */
  #unfolded: string | undefined

  constructor(host: Pick<ReactiveControllerHost, 'requestUpdate'>) {
    this.#host = host
  }

  /** Something was sent: the messages need the room. */
  fold(offer: Offer | undefined): void {
    this.#folded = offer && nameOf(offer)
    this.#unfolded = undefined
  }

  /** Another person sees every product. */
  reset(): void {
    this.#away = this.#folded = this.#unfolded = undefined
  }

  view(offer: Offer | undefined, options: PinnedOptions): TemplateResult | undefined {
    const name = offer && nameOf(offer)
    if (!offer || name === this.#away) return undefined
    const isFolded = name !== this.#unfolded && (name === this.#folded || options.messages.some((message) => isOf(message, offer)))
    return isFolded ? this.#chip(offer, options) : this.#card(offer, options)
  }

  #card(offer: Offer, { strings, send }: PinnedOptions): TemplateResult {
    const { title, price, image, url } = offer
    const onSend = (): void => {
      const text = [title, price, url].filter((each) => each).join(' · ')
      if (send({ ...offer, text }) !== undefined) this.#putAway(offer)
    }
    return html`<div class="offer" part="offer" data-test="offer">
      ${picture(image)}
      <span class="facts"><span class="title" dir="auto">${title}</span>${price ? html`<bdi class="detail">${price}</bdi>` : nothing}</span>
      <button type="button" class="pill" data-test="offer-send" aria-label=${strings.sendProduct} @click=${onSend}>${strings.send}</button>
      <button type="button" class="plain" data-test="offer-away" aria-label=${strings.dismiss}
        @click=${() => this.#putAway(offer)}>${icons.close}</button>
    </div>`
  }

  #chip(offer: Offer, { strings }: PinnedOptions): TemplateResult {
    const onOpen = (): void => {
      this.#unfolded = nameOf(offer)
      this.#host.requestUpdate()
    }
    return html`<div class="offer-chip"><button type="button" part="offer" data-test="offer-chip" aria-expanded="false" @click=${onOpen}
      >${picture(offer.image)}<span class="sr">${strings.product}: </span><bdi>${offer.title}</bdi></button></div>`
  }

  #putAway(offer: Offer): void {
    this.#away = nameOf(offer)
    this.#host.requestUpdate()
  }
}

const picture = (image: string | undefined): TemplateResult | typeof nothing =>
  image ? html`<img src=${image} alt="" width="40" height="40" referrerpolicy="no-referrer" @error=${hide}>` : nothing

const hide = ({ target }: Event): void => void ((target as HTMLElement).hidden = true)

const nameOf = ({ title, url }: Partial<Offer>): string => `${url} ${title}`

const isOf = ({ kind, body }: Message, offer: Offer): boolean => kind === 'product' && nameOf(body) === nameOf(offer)
