/** What the operator's backend (`CUSTOMER_URL`) says about customers. */
import { CustomerInfo } from '../protocol/model.ts'
import type { CustomerBackend } from '../domain/desk/customers.ts'
import type { Report } from '../domain/facts.ts'
import { webAddress } from '../domain/untrusted-text.ts'
import { BackendUrl, type BackendOptions } from './backend-url.ts'

export class CustomerUrl implements CustomerBackend {
  readonly #url: BackendUrl<CustomerInfo>

  constructor({ report, ...options }: BackendOptions & { readonly report: Report }) {
    this.#url = new BackendUrl(options, CustomerInfo, (failure) => report({ fact: 'customerBackendFailed', ...failure }))
  }

  ask(customer: string, shop: string): Promise<CustomerInfo | undefined> {
    return this.#url.ask({ customer, shop }, readInfo)
  }

  close(): void {
    this.#url.close()
  }
}

/** An answer without anything to show counts as unknown. */
function readInfo({ profile, orders }: CustomerInfo): CustomerInfo | undefined {
  if ((profile ?? []).length === 0 && (orders ?? []).length === 0) return undefined
  const shown = orders?.map((order) => ({ ...order, url: webAddress(order.url), image: webAddress(order.image) }))
  return JSON.parse(JSON.stringify({ profile, orders: shown })) as CustomerInfo
}
