import type { ReactiveControllerHost } from 'lit'
import { messageTime } from '../locales/message-time.ts'
import type { Strings } from '../locales/strings.ts'
import type { CardNow } from '../ui/cards.ts'
import { onDemand } from '../ui/on-demand.ts'
import type { CardLookUps, CardLookUpsOptions } from './timeline/card-look-ups.ts'
import type { BubbleRow } from './timeline/rows.ts'

export interface CardsNowOptions extends CardLookUpsOptions {
  readonly language: () => { readonly lang: string; readonly strings: Strings }
}

/** Most conversations have no card that the shop can be asked about. */
const script = onDemand(() => import('./timeline/card-look-ups.ts'))

/** What the shop says now of a message's product or order; the script that asks is fetched with the first one that is rendered. */
export class CardsNow {
  readonly #host: ReactiveControllerHost
  readonly #options: CardsNowOptions
  #lookUps: CardLookUps | undefined

  constructor(host: ReactiveControllerHost, options: CardsNowOptions) {
    this.#host = host
    this.#options = options
  }

  readonly of = ({ id, seq, kind, body }: BubbleRow): CardNow | undefined => {
    const name = (body as { readonly id?: unknown; readonly number?: unknown })[kind === 'product' ? 'id' : 'number']
    if (seq === undefined || (kind !== 'product' && kind !== 'order') || !name) return undefined
    if (!this.#lookUps) {
      const found = script(this.#host)
      if (!found) return undefined
      this.#lookUps = new found.CardLookUps(this.#host, this.#options)
    }
    const { info, at } = this.#lookUps.of(id, seq) ?? {}
    return info && at !== undefined ? { ...info, at: this.#word(at) } : undefined
  }

  #word(at: number): string {
    const { lang, strings } = this.#options.language()
    const { time, day } = messageTime(lang)
    const now = Date.now()
    return new Date(at).toDateString() === new Date(now).toDateString() ? time(at) : `${day(at, now, strings)} ${time(at)}`
  }
}
