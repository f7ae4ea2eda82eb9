/** The shops that exist, where the operator lists them (`SHOPS`). Every door refuses other shop ids before anything is stored for them. */
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

  /** `ids` of shops, without `shop:`; absent: every id is a shop's. */
  constructor(ids?: readonly string[]) {
    this.#ids = ids === undefined ? undefined : new Set(ids)
  }

  has(shop: string): boolean {
    return this.#ids === undefined || this.#ids.has(shop)
  }

  /** True for every side that is not a shop's. */
  knows(side: string): boolean {
    return !isShopSide(side) || this.has(side.slice(SHOP_PREFIX.length))
  }

  knowsConversation(conversation: string): boolean {
    return (conversationSides(conversation) ?? []).every((side) => this.knows(side))
  }

  /** Throws `unknown_shop` if the command names a shop that does not exist. */
  check({ to, toid, conversation }: Naming): void {
    if (this.#ids === undefined) return
    for (const side of [to, toid]) if (typeof side === 'string' && !this.knows(side)) throw new Refusal('unknown_shop', side)
    if (typeof conversation === 'string' && !this.knowsConversation(conversation)) throw new Refusal('unknown_shop', conversation)
  }
}
