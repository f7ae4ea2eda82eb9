import type { Product } from '../../gateway/protocol/model.ts'
import type { PersonClient } from '../client/types.ts'

/** What a page says it is about; anything may stand there. */
type Thing = Readonly<Record<string, unknown>>

const text = (value: unknown, length: number): string | undefined => (typeof value === 'string' && value !== '' ? value.slice(0, length) : undefined)

/** For a reader elsewhere; an address that was cut leads nowhere. */
function address(value: unknown): string | undefined {
  const given = text(value, Infinity)
  try {
    const { href } = new URL(given ?? '', document.baseURI)
    return given && href.length <= 500 ? href : undefined
  } catch {
    return undefined
  }
}

const shown = ({ id, title, url, image, price }: Thing): Product => ({
  title: text(title, 200)!,
  ...JSON.parse(JSON.stringify({ id: text(id, 64), price: text(price, 40), url: address(url), image: address(image) })),
})

/**
 * Tells a shop's agents what the customer has before it. The gateway forgets it with the line, so each line says it once, and again when
 * it is another thing. Nobody waits for it: what is lost or refused is only not seen.
 */
export class Viewing {
  #told: Thing | undefined
  #to = ''

  tell(client: PersonClient | undefined, to: string, thing: Thing | undefined): void {
    const isLive = client?.connection.value.name === 'live' && to.startsWith('shop:')
    const next = isLive ? thing : undefined
    if (next === this.#told && (to === this.#to || !next)) return
    this.#told = next
    this.#to = to
    if (isLive) client.request('viewing', next ? { to, product: shown(next) } : { to }).catch(() => undefined) // see above
  }
}
