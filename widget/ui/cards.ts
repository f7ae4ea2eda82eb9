import { html, nothing, type TemplateResult } from 'lit'
import type { Body } from '../../gateway/protocol/model.ts'
import type { Strings } from '../locales/strings.ts'
import { repeat } from './keyed-list.ts'

type Fields = Readonly<Record<string, unknown>>

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

export interface CardView {
  readonly strings: Strings
  /** Absolute; in front of the addresses of its own pictures. */
  readonly gateway?: string
  /** Whether the picture at an address may load at once; any other waits until the reader asks for it. */
  readonly isTrusted: (address: string) => boolean
}

/**
 * What a message of another kind than `text` looks like; undefined where the kind is unknown or the body lacks what the
 * kind needs, and then the text stands for it.
 *
 *   image    {text, url, width?, height?}, `url` on the web or the gateway's own; while it waits to be sent a `data:` and `progress`
 *   product  {text, title, price?, image?, url?}
 *   order    {text, number, status?, total?, image?, url?}
 */
export function cardOf(kind: string, body: Fields & Body, view: CardView): TemplateResult | undefined {
  const { title, price, number, status, total } = body as Fields
  const { product, order } = view.strings
  if (kind === 'image') return picture(body, view)
  if (kind === 'product' && word(title)) return card(body, { label: product, title: word(title)!, detail: word(price) }, view)
  if (kind !== 'order' || !word(number)) return undefined
  return card(body, { label: order, title: word(number)!, detail: joined(word(status), word(total)) }, view)
}

function picture(body: Fields, view: CardView): TemplateResult | undefined {
  const { strings, gateway, isTrusted } = view
  const src = webAddress(body.url, gateway)
  if (src === undefined) return isPreview(body.url) ? waiting(body, view) : undefined
  const label = word(body.text) ?? strings.image
  const [width, height] = [size(body.width), size(body.height)]
  const image = (shown: string | typeof nothing): TemplateResult => html`<img src=${shown} data-src=${src} alt=${label} width=${width ?? nothing}
    height=${height ?? nothing} loading="lazy" decoding="async" referrerpolicy="no-referrer" @error=${showWords}><span hidden>${label}</span>`
  if (isTrusted(src)) return html`<a class="picture" href=${src} target="_blank" rel="noopener noreferrer">${image(src)}</a>`
  return html`<span class="picture">${ask(src, view)}<a href=${src} target="_blank" rel="noopener noreferrer" hidden>${image(nothing)}</a></span>`
}

/** A picture on a third party's server: loading it would reveal the reader to that server. */
const ask = (src: string, { strings }: CardView): TemplateResult =>
  html`<button type="button" class="ask-picture" data-test="show-picture" @click=${reveal}>${strings.showPicture.replace('{host}', () =>
    hostOf(src),
  )}</button>`

/** A picture that is not sent yet: preview, progress, and a button that cancels it (chat/composer/picture-composer.ts listens). */
function waiting({ url, width, height, progress }: Fields, { strings }: CardView): TemplateResult {
  return html`<span class="picture"><img src=${url} alt=${strings.image} width=${size(width) ?? nothing} height=${size(height) ?? nothing}>${
    progress === undefined ? nothing : html`<progress max="1" .value=${Number(progress) || 0} aria-label=${strings.states.sending}></progress>`
  }<button type="button" class="cancel" data-test="cancel" aria-label=${strings.discard}
    ><svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg></button></span>`
}

interface Facts {
  readonly label: string
  readonly title: string
  readonly detail: string | undefined
}

function card(body: Fields, { label, title, detail }: Facts, view: CardView): TemplateResult {
  const { isTrusted } = view
  const image = webAddress(body.image)
  const url = webAddress(body.url)
  const isShown = image !== undefined && isTrusted(image)
  const inside = html`${
    image === undefined
      ? nothing
      : html`<img class="thumb" src=${isShown ? image : nothing} data-src=${image}
      ?hidden=${!isShown} alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer" @error=${hide}>`
  }<span class="facts"
      ><span class="label">${label}</span><span class="title" dir="auto">${title}</span>${
        detail === undefined ? nothing : html`<span class="detail" dir="auto">${detail}</span>`
      }</span>`
  const whole =
    url === undefined
      ? html`<span class="card" part="card">${inside}</span>`
      : html`<a class="card" part="card" href=${url} target="_blank" rel="noopener noreferrer">${inside}</a>`
  // What the reader revealed, or a failure hid, is this picture and not that of the card which comes in its place.
  return html`${repeat(
    [image],
    (address) => address,
    () => (image === undefined || isShown ? whole : html`<span class="card-and-ask">${whole}${ask(image, view)}</span>`),
  )}`
}

/** The page's product above the composer. */
export function offerBar({ strings, offer: { title, price, image }, onSend, onDismiss }: OfferOptions): TemplateResult {
  return html`<div class="offer" part="offer" data-test="offer">
    ${image ? html`<img src=${image} alt="" referrerpolicy="no-referrer">` : nothing}
    <span class="facts"><span class="title" dir="auto">${title}</span>${price ? html`<bdi class="detail">${price}</bdi>` : nothing}</span>
    <button type="button" class="pill" data-test="offer-send" @click=${onSend}>${strings.sendProduct}</button>
    <button type="button" class="plain" aria-label=${strings.dismiss} @click=${onDismiss}
      ><svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg></button>
  </div>`
}

const isPreview = (value: unknown): boolean => typeof value === 'string' && value.startsWith('data:image/')

const hostOf = (address: string): string => /^\w+:\/\/([^/?#]*)/.exec(address)?.[1]?.replace(/^.*@/, '') ?? address

/** The reader asked for the picture beside the button. */
function reveal({ currentTarget }: Event): void {
  const button = currentTarget as HTMLElement
  const image = button.parentElement!.querySelector<HTMLImageElement>('img[data-src]')!
  image.src = image.dataset.src!
  button.hidden = true
  for (const each of [image, image.parentElement!]) each.hidden = false
}

const hide = (event: Event): void => void ((event.target as HTMLElement).hidden = true)

/** Shows the text in place of a picture that failed to load. */
function showWords({ target }: Event): void {
  const image = target as HTMLElement
  image.hidden = true
  ;(image.nextElementSibling as HTMLElement).hidden = false
}

const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : typeof value === 'number' ? String(value) : undefined

const joined = (...words: readonly (string | undefined)[]): string | undefined => words.filter((each) => each !== undefined).join(' · ') || undefined

/** On the web, or an image of the gateway. */
const webAddress = (value: unknown, gateway = ''): string | undefined => {
  if (typeof value !== 'string') return undefined
  return /^https?:\/\//i.test(value) ? value : /^\/v1\/images\/[\w-]+$/.test(value) ? gateway + value : undefined
}

const size = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 && value < 10_000 ? Math.round(value) : undefined)
