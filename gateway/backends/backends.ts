/** The operator's backends that the settings name. */
import type { Report } from '../domain/facts.ts'
import { CardUrl } from './card-url.ts'
import { CustomerUrl } from './customer-url.ts'
import { SEND_MS } from '../domain/webhooks/webhooks.ts'
import { ShopUrl } from './shop-url.ts'
import { webhookAddresses, webhookSecrets } from './webhook-addresses.ts'
import { WebhookUrl } from './webhook-url.ts'

export type BackendSettings = {
  readonly [N in 'CARD' | 'CUSTOMER' | 'SHOP' as `${N}_URL` | `${N}_KEY`]: string | undefined
} & { readonly [N in 'CARD' | 'CUSTOMER' | 'SHOP' as `${N}_MS`]: number }

export interface WebhookSettings {
  readonly WEBHOOK_URL: string | undefined
  readonly WEBHOOK_SECRET: string | undefined
}

export class Backends {
  readonly webhooks: readonly WebhookUrl[]
  readonly card: CardUrl | undefined
  readonly customer: CustomerUrl | undefined
  readonly shop: ShopUrl | undefined

  constructor(
    {
      CARD_URL,
      CARD_KEY,
      CARD_MS,
      CUSTOMER_URL,
      CUSTOMER_KEY,
      CUSTOMER_MS,
      SHOP_URL,
      SHOP_KEY,
      SHOP_MS,
      ...webhooks
    }: BackendSettings & WebhookSettings,
    report: Report,
  ) {
    const secrets = webhookSecrets(webhooks)
    this.webhooks = webhookAddresses(webhooks.WEBHOOK_URL).map((address) => new WebhookUrl({ ...address, secrets, now: Date.now, limitMs: SEND_MS }))
    if (CARD_URL !== undefined) this.card = new CardUrl({ template: CARD_URL, key: CARD_KEY, limitMs: CARD_MS, report })
    if (CUSTOMER_URL !== undefined) this.customer = new CustomerUrl({ template: CUSTOMER_URL, key: CUSTOMER_KEY, limitMs: CUSTOMER_MS, report })
    if (SHOP_URL !== undefined) this.shop = new ShopUrl({ template: SHOP_URL, key: SHOP_KEY, limitMs: SHOP_MS, report })
  }

  /** Aborts what is under way. */
  close(): void {
    for (const each of [this.card, this.customer, this.shop, ...this.webhooks]) each?.close()
  }
}
