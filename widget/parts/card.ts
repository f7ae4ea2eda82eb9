import { html, nothing, type TemplateResult } from 'lit'
import type { Body } from '../../gateway/protocol/model.ts'
import type { Strings } from '../locales/strings.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * What a message of another kind than `text` looks like; undefined where the kind is unknown or the body lacks what the
 * kind needs, and then the text stands for it.
 *
 *   image    {text, url, width?, height?}
 *   product  {text, title, price?, image?, url?}
 *   order    {text, number, status?, total?, image?, url?}
 */
export function cardContent(kind: string, body: Fields & Body, strings: Strings): TemplateResult | undefined {
  if (kind === 'image') return picture(body, strings)
  if (kind === 'product') {
    const title = word(body.title)
    return title === undefined ? undefined : card(body, strings.product, title, word(body.price))
  }
  if (kind !== 'order') return undefined
  const number = word(body.number)
  return number === undefined ? undefined : card(body, strings.order, number, joined(word(body.status), word(body.total)))
}

function picture(body: Fields, strings: Strings): TemplateResult | undefined {
  const src = webAddress(body.url)
  if (src === undefined) return undefined
  const label = word(body.text) ?? strings.image
  return html`<a class="picture" href=${src} target="_blank" rel="noopener noreferrer"
    ><img src=${src} alt=${label} width=${size(body.width)} height=${size(body.height)} loading="lazy" decoding="async"
      referrerpolicy="no-referrer" @error=${showWords}><span hidden>${label}</span></a>`
}

function card(body: Fields, label: string, title: string, detail: string | undefined): TemplateResult {
  const image = webAddress(body.image)
  const url = webAddress(body.url)
  const inside = html`${image === undefined ? nothing : html`<img class="thumb" src=${image} alt="" loading="lazy" decoding="async"
      referrerpolicy="no-referrer" @error=${hide}>`}<span class="facts"
      ><span class="label">${label}</span><span class="title" dir="auto">${title}</span>${detail === undefined
        ? nothing : html`<span class="detail" dir="auto">${detail}</span>`}</span>`
  return url === undefined
    ? html`<span class="card" part="card">${inside}</span>`
    : html`<a class="card" part="card" href=${url} target="_blank" rel="noopener noreferrer">${inside}</a>`
}

const hide = (event: Event): void => void ((event.target as HTMLElement).hidden = true)

/** A picture that did not come leaves its words behind. */
function showWords({ target }: Event): void {
  const image = target as HTMLElement
  image.hidden = true
  ;(image.nextElementSibling as HTMLElement).hidden = false
}

const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : typeof value === 'number' ? String(value) : undefined

const joined = (...words: readonly (string | undefined)[]): string | undefined =>
  words.filter((each) => each !== undefined).join(' · ') || undefined

const webAddress = (value: unknown): string | undefined =>
  typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined

const size = (value: unknown): number | typeof nothing =>
  typeof value === 'number' && value > 0 && value < 10_000 ? Math.round(value) : nothing
