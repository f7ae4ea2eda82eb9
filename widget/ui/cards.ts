import { html, nothing, type TemplateResult } from 'lit'
import type { Body, CardInfo } from '../../gateway/protocol/model.ts'
import { fill } from '../locales/fill.ts'
import type { Strings } from '../locales/strings.ts'
import { cardFrom, type Card, type Fields } from './card.ts'
import { repeat } from './keyed-list.ts'
import { openPicture } from './open-picture.ts'

/** The product that a page is about, as the page sets it. Its addresses are absolute. */
export interface Offer {
  readonly title: string
  readonly price?: string
  readonly image?: string
  readonly url?: string
  readonly [field: string]: unknown
}

export interface CardView {
  readonly strings: Strings
  /** Absolute; in front of the addresses of its own pictures. */
  readonly gateway?: string
  /** Whether the picture at an address may load at once; any other waits until the reader asks for it. */
  readonly isTrusted: (address: string) => boolean
  /** The room for a picture, px; absent: that of a phone's conversation. */
  readonly most?: { readonly width: number; readonly height: number }
  /** What the shop says of it now. */
  readonly now?: CardNow | undefined
  /** Its number and state are said by what stands around it. */
  readonly isHeaded?: boolean
  /** The reader taps it; true: somebody else shows it, and its address is not followed. */
  readonly onTap?: (card: Card) => boolean
}

/** `at`: in words, when the shop said it. */
export interface CardNow extends CardInfo {
  readonly at: string
}

const CHAT_PICTURE = { width: 280, height: 320 }

/**
 * What a message of another kind than `text` looks like; undefined where the kind is unknown or the body lacks what the
 * kind needs, and then the text stands for it.
 *
 *   image           {text, url, width?, height?}, `url` on the web or the gateway's own; while it waits to be sent a `data:` and `progress`
 *   product, order  see card.ts
 */
export function cardOf(kind: string, body: Fields & Body, view: CardView): TemplateResult | undefined {
  if (kind === 'image') return picture(body, view)
  const card = cardFrom(kind, body)
  return card && whole(card, view)
}

function picture(body: Fields, view: CardView): TemplateResult | undefined {
  const { strings, gateway, isTrusted } = view
  const src = pictureAddress(body.url, gateway)
  if (src === undefined) return isPreview(body.url) ? waiting(body, view) : undefined
  const label = String(body.text ?? '').trim() || strings.image
  const shape = shown(body, view)
  const image = (address: string | typeof nothing): TemplateResult => html`<img src=${address} data-src=${src} alt=${label} width=${shape.width}
    height=${shape.height} loading="lazy" decoding="async" referrerpolicy="no-referrer" @load=${markLoaded} @error=${showWords}
    ><span hidden>${label}</span>`
  const onClick = (event: MouseEvent): void => openPicture(event, strings)
  if (isTrusted(src)) return html`<a class="picture" href=${src} target="_blank" rel="noopener noreferrer" @click=${onClick}>${image(src)}</a>`
  return html`<span class="picture">${ask(src, view)}<a href=${src} target="_blank" rel="noopener noreferrer" hidden @click=${onClick}>${image(nothing)}</a></span>`
}

/**
 * The size in px that a picture takes, in its own shape within what the conversation has room for, so that nothing moves when it has loaded. A body
 * without sizes gets a usual one; what does not fit it is shown whole, with a margin.
 */
function shown({ width, height }: Fields, { most = CHAT_PICTURE }: CardView): { readonly width: number; readonly height: number } {
  const [w, h] = [size(width), size(height)]
  if (w === undefined || h === undefined) return { width: 240, height: 180 }
  const scale = Math.min(1, most.width / w, most.height / h)
  return { width: Math.max(1, Math.round(w * scale)), height: Math.max(1, Math.round(h * scale)) }
}

/** A picture on a third party's server: loading it would reveal the reader to that server. */
const ask = (src: string, { strings }: CardView): TemplateResult =>
  html`<button type="button" class="ask-picture" data-test="show-picture" @click=${reveal}>${strings.showPicture.replace('{host}', () =>
    hostOf(src),
  )}</button>`

/** A picture that is not sent yet: preview, progress, and a button that cancels it (chat/composer/picture-composer.ts listens). */
function waiting(body: Fields, view: CardView): TemplateResult {
  const { strings } = view
  const { url, progress } = body
  const shape = shown(body, view)
  return html`<span class="picture"><img src=${url} alt=${strings.image} width=${shape.width} height=${shape.height} @load=${markLoaded}>${
    progress === undefined ? nothing : html`<progress max="1" .value=${Number(progress) || 0} aria-label=${strings.states.sending}></progress>`
  }<button type="button" class="cancel" data-test="cancel" aria-label=${strings.discard}
    ><svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg></button></span>`
}

/** The picture on one side; on the other what it is, its number, how it stands and what it costs. */
function whole(card: Card, view: CardView): TemplateResult {
  const { isTrusted, onTap } = view
  const { image, url } = card
  const isShown = image !== undefined && isTrusted(image)
  const inside = html`${
    image === undefined
      ? nothing
      : html`<img class="thumb" src=${isShown ? image : nothing} data-src=${image}
      ?hidden=${!isShown} alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer" @error=${hide}>`
  }${facts(card, view)}`
  const onClick = (event: MouseEvent): void => {
    // with a key held down the reader wants a window of their own
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey && onTap?.(card)) event.preventDefault()
  }
  const face =
    url === undefined
      ? html`<span class="card" part="card" data-test="card" @click=${onClick}>${inside}</span>`
      : html`<a class="card" part="card" data-test="card" href=${url} target="_blank" rel="noopener noreferrer" @click=${onClick}>${inside}</a>`
  // What the reader revealed, or a failure hid, is this picture and not that of the card which comes in its place.
  return html`${repeat(
    [image],
    (address) => address,
    () => (image === undefined || isShown ? face : html`<span class="card-and-ask">${face}${ask(image, view)}</span>`),
  )}`
}

function facts({ kind, number, title, ...sent }: Card, { strings, now, isHeaded }: CardView): TemplateResult {
  const status = now?.status ?? (isHeaded ? undefined : sent.status)
  const count = now?.count ?? sent.count
  const before = kind === 'order' ? sent.total : sent.price
  const cost = (kind === 'order' ? now?.total : now?.price) ?? before
  const named = kind === 'order' ? `${strings.order} ${number}` : undefined
  return html`<span class="facts"
      ><span class="title" dir="auto">${named ? nothing : html`<span class="sr">${strings.product}: </span>`}${title ?? named}</span
      >${named && title && !isHeaded ? html`<span dir="auto">${named}</span>` : nothing}${
        status === undefined ? nothing : html`<span><bdi class="state" data-test="card-state">${status}</bdi></span>`
      }<span data-test="card-cost">${before === undefined || before === cost ? nothing : html`<s><bdi>${before}</bdi></s> `}<bdi>${cost}</bdi>${
        count === undefined ? nothing : html`${cost === undefined ? '' : ' · '}<bdi>${fill(strings.items, { n: count })}</bdi>`
      }</span>${now ? html`<span data-test="card-now">${fill(strings.asOf, { time: now.at })}</span>` : nothing}</span>`
}

const isPreview = (value: unknown): boolean => typeof value === 'string' && value.startsWith('data:image/')

/** As the browser reads the address, for which a backslash ends the host too. */
const hostOf = (address: string): string => Object.assign(document.createElement('a'), { href: address }).host

/** The reader asked for the picture beside the button. */
function reveal({ currentTarget }: Event): void {
  const button = currentTarget as HTMLElement
  const image = button.parentElement!.querySelector<HTMLImageElement>('img[data-src]')!
  image.src = image.dataset.src!
  button.hidden = true
  for (const each of [image, image.parentElement!]) each.hidden = false
}

/** Behind what is transparent a pattern of two greys shows both dark and light lines; before it is loaded it would only be noise. */
const markLoaded = ({ target }: Event): void => void (target as HTMLElement).setAttribute('data-loaded', '')

const hide = (event: Event): void => void ((event.target as HTMLElement).hidden = true)

/** Shows the text in place of a picture that failed to load. */
function showWords({ target }: Event): void {
  const image = target as HTMLElement
  image.hidden = true
  ;(image.nextElementSibling as HTMLElement).hidden = false
}

/** On the web, or an image of the gateway. */
const pictureAddress = (value: unknown, gateway = ''): string | undefined => {
  if (typeof value !== 'string') return undefined
  return /^https?:\/\//i.test(value) ? value : /^\/v1\/images\/[\w-]+$/.test(value) ? gateway + value : undefined
}

const size = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 && value < 100_000 ? Math.round(value) : undefined)
