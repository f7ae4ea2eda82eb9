import type { Product } from '../../gateway/protocol/model.ts'
import type { PersonClient } from '../client/types.ts'
import { cut } from '../ui/cut.ts'
import type { Offer } from '../ui/cards.ts'

const idOf = ({ id }: Offer): Pick<Product, 'id'> => (typeof id === 'string' && id !== '' ? { id: cut(id, 64) } : {})

/** What the property let through has the length and the addresses that the gateway takes. */
const shown = (offer: Offer): Product => {
  const { title, url, image, price } = offer
  return { ...idOf(offer), title, ...(price ? { price } : {}), ...(url ? { url } : {}), ...(image ? { image } : {}) }
}

/**
 * Tells a shop's agents what the customer is looking at: once per connection, because the gateway forgets it at the end of one, and again after a
 * change. A failure is ignored: the agents only do not see it.
 */
export class Viewing {
  #sent: Offer | undefined
  #to = ''

  report(client: PersonClient | undefined, to: string, product: Offer | undefined): void {
    const isLive = client?.connection.value.name === 'live' && to.startsWith('shop:')
    const next = isLive ? product : undefined
    if (next === this.#sent && (to === this.#to || !next)) return
    this.#sent = next
    this.#to = to
    if (isLive) client.request('viewing', next ? { to, product: shown(next) } : { to }).catch(() => undefined) // see above
  }
}
