import { nothing, type LitElement, type TemplateResult } from 'lit'
import type { Message } from '../../gateway/protocol/model.ts'
import type { Conversation, PersonClient } from '../client/types.ts'
import type { Strings } from '../locales/strings.ts'
import { onDemand } from '../ui/on-demand.ts'
import { addStyles } from './add-styles.ts'
import type { RatingBar } from './rating-bar.ts'

const script = onDemand(() => import('./rating-bar.ts').then(({ ratingBar }) => ratingBar))

/** How a closed conversation was. The script is fetched where the gateway asks for ratings and there is a conversation with a shop. */
export class RatingQuestion {
  readonly #element: LitElement
  #bar: RatingBar | undefined

  constructor(element: LitElement) {
    this.#element = element
  }

  /** The chat now belongs to another person. */
  reset(): void {
    this.#bar?.about(undefined)
  }

  view(
    { client, conversation, messages }: { client: PersonClient | undefined; conversation: Conversation | undefined; messages: readonly Message[] },
    strings: Strings,
  ): TemplateResult | typeof nothing {
    const isShop = conversation?.to.startsWith('shop:')
    if (!this.#bar && isShop && messages.length > 0 && conversation!.limits.ratingLength > 0) {
      this.#bar = script(this.#element)?.(this.#element)
      if (this.#bar) addStyles(this.#element, this.#element.renderRoot as ShadowRoot, [this.#bar.style])
    }
    this.#bar?.use(client)
    this.#bar?.about(isShop ? conversation : undefined)
    return this.#bar?.view(strings) ?? nothing
  }
}
