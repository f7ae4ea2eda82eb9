/** Which shops there are, where the operator says so (`SHOPS`): what strangers invent is refused at every door before anything is made for it. */
import { conversationSides, isShopSide, SHOP_PREFIX } from '../../protocol/keys.ts'
import { Refusal } from '../refusal.ts'

/** The parts of a command that name a side. */
interface Naming {
  readonly to?: unknown
  readonly toid?: unknown
  readonly conversation?: unknown
}

export class Shops {
  readonly #ids: ReadonlySet<string> | undefined

  /** `ids` of shops, without `shop:`; absent: any. */
  constructor(ids?: readonly string[]) {
    this.#ids = ids === undefined ? undefined : new Set(ids)
  }

  has(shop: string): boolean {
    return this.#ids === undefined || this.#ids.has(shop)
  }

  /** A side that is no shop's is always known. */
  knows(side: string): boolean {
    return !isShopSide(side) || this.has(side.slice(SHOP_PREFIX.length))
  }

  knowsConversation(conversation: string): boolean {
    return (conversationSides(conversation) ?? []).every((side) => this.knows(side))
  }

  /** Throws `unknown_shop` where it names a shop that there is not. */
  check({ to, toid, conversation }: Naming): void {
    if (this.#ids === undefined) return
    for (const side of [to, toid]) if (typeof side === 'string' && !this.knows(side)) throw new Refusal('unknown_shop', side)
    if (typeof conversation === 'string' && !this.knowsConversation(conversation)) throw new Refusal('unknown_shop', conversation)
  }
}
