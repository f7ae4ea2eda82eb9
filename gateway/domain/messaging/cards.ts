/**
 * What the operator's backend says now about the product or order of a message. Asked when somebody looks at the card, never when it is sent.
 * The question names a message and not a product, so that nobody can ask about what was never said to them.
 */
import type { Store } from '../../backbone/backbone.ts'
import type { CommandAnswer, CommandInput } from '../../protocol/commands.ts'
import { isShopSide, SHOP_PREFIX } from '../../protocol/keys.ts'
import { LIMITS } from '../../protocol/limits.ts'
import type { CardInfo, Message } from '../../protocol/model.ts'
import { spenderOf, type Allowances } from '../allowances.ts'
import { BackendAnswers, type BackendAnswersOptions } from '../backend-answers.ts'
import { access, type Caller } from './access.ts'

/** Which product or order, and in whose conversation. `id` is a product's id or an order's number, as whoever sent the card wrote it. */
export interface CardName {
  readonly kind: 'product' | 'order'
  readonly id: string
  readonly customer: string
  readonly shop: string
}

/** The operator's own system that knows products and orders. */
export interface CardBackend {
  /** Resolves with what it says now; undefined if it does not know it, or not of this customer. Rejects when it failed, and has then reported why. */
  ask(card: CardName): Promise<CardInfo | undefined>
}

export interface CardsOptions extends BackendAnswersOptions {
  readonly store: Store
  readonly allowances: Allowances
  readonly backend: CardBackend | undefined
}

export class Cards {
  readonly #options: CardsOptions
  readonly #answers: BackendAnswers<CardInfo>

  constructor(options: CardsOptions) {
    this.#options = options
    this.#answers = new BackendAnswers(options)
  }

  async of(caller: Caller, input: CommandInput<'card'>): Promise<CommandAnswer<'card'>> {
    const { allowances, backend, store } = this.#options
    const { conversation, mine, theirs } = access(caller.identity, input)
    const [shop, customer] = isShopSide(mine) ? [mine, theirs] : [theirs, mine]
    if (backend === undefined || !isShopSide(shop)) return { ok: true, state: 'off' }
    allowances.take('card', spenderOf(caller))
    const { messages } = await store.read(conversation, { after: Math.max(0, input.seq - 1), limit: 1 })
    const named = messages[0]?.seq === input.seq ? nameOf(messages[0]) : undefined
    if (named === undefined) return { ok: true, state: 'empty' }
    const card: CardName = { ...named, customer, shop: shop.slice(SHOP_PREFIX.length) }
    return { ok: true, ...(await this.#answers.look(JSON.stringify(Object.values(card)), () => backend.ask(card))) }
  }

  /** What a backend has said to the person is not remembered any more. */
  forget(customer: string): void {
    this.#answers.forget((key) => (JSON.parse(key) as string[]).includes(customer))
  }
}

/** Undefined for a message that is no card, or a card of something without an id. */
function nameOf({ kind, body }: Message): Pick<CardName, 'kind' | 'id'> | undefined {
  if (kind !== 'product' && kind !== 'order') return undefined
  const { id, number } = body as { readonly id?: unknown; readonly number?: unknown }
  const given = kind === 'product' ? id : number
  const name = typeof given === 'number' ? String(given) : given
  return typeof name === 'string' && name.trim() !== '' && name.length <= LIMITS.idLength ? { kind, id: name } : undefined
}
