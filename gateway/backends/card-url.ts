/** What the operator's backend (`CARD_URL`) says about a product or an order now. */
import { CardInfo } from '../protocol/model.ts'
import type { CardBackend, CardName } from '../domain/messaging/cards.ts'
import type { Report } from '../domain/facts.ts'
import { tidyName } from '../domain/untrusted-text.ts'
import { BackendUrl, type BackendOptions } from './backend-url.ts'

export class CardUrl implements CardBackend {
  readonly #url: BackendUrl<CardInfo>

  constructor({ report, ...options }: BackendOptions & { readonly report: Report }) {
    this.#url = new BackendUrl(options, CardInfo, (failure) => report({ fact: 'cardBackendFailed', ...failure }))
  }

  ask(card: CardName): Promise<CardInfo | undefined> {
    return this.#url.ask({ ...card }, readInfo)
  }

  close(): void {
    this.#url.close()
  }
}

/** An answer without anything to show counts as unknown. */
function readInfo({ price, status, total, count }: CardInfo): CardInfo | undefined {
  const texts = Object.entries({ price, status, total }).map(([name, text]) => [name, text === undefined ? undefined : tidyName(text)])
  const shown = [...texts, ['count', count]].filter(([, value]) => value !== undefined)
  return shown.length === 0 ? undefined : (Object.fromEntries(shown) as CardInfo)
}
