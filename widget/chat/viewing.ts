import type { Product } from '../../gateway/protocol/model.ts'
import { plainJson } from '../client/plain-json.ts'
import type { PersonClient } from '../client/types.ts'
import { cut } from '../ui/cut.ts'

/** The page's `product`; unchecked, so it may hold anything. */
type PageProduct = Readonly<Record<string, unknown>>

const text = (value: unknown, length: number): string | undefined => (typeof value === 'string' && value !== '' ? cut(value, length) : undefined)

/** Absolute, for a reader on another page; undefined if too long, because a cut address leads nowhere. */
function address(value: unknown): string | undefined {
  const given = text(value, Infinity)
  try {
    const { href } = new URL(given ?? '', document.baseURI)
    return given && href.length <= 500 ? href : undefined
  } catch {
    return undefined
  }
}

const shown = ({ id, title, url, image, price }: PageProduct): Product => ({
  title: text(title, 200)!,
  ...JSON.parse(plainJson(() => JSON.stringify({ id: text(id, 64), price: text(price, 40), url: address(url), image: address(image) }))),
})

/**
 * Tells a shop's agents what the customer is looking at: once per connection, because the gateway forgets it at the end of one, and again after a
 * change. A failure is ignored: the agents only do not see it.
 */
export class Viewing {
  #sent: PageProduct | undefined
  #to = ''

  report(client: PersonClient | undefined, to: string, product: PageProduct | undefined): void {
    const isLive = client?.connection.value.name === 'live' && to.startsWith('shop:')
    const next = isLive ? product : undefined
    if (next === this.#sent && (to === this.#to || !next)) return
    this.#sent = next
    this.#to = to
    if (isLive) client.request('viewing', next ? { to, product: shown(next) } : { to }).catch(() => undefined) // see above
  }
}
