/** What the operator's backend (`SHOP_URL`) says about shops. */
import { ShopRecord } from '../protocol/model.ts'
import type { Report } from '../domain/facts.ts'
import type { ShopBackend } from '../domain/messaging/shop-records.ts'
import { tidyRecord } from '../domain/messaging/tidy-record.ts'
import { BackendUrl, Failure, type BackendOptions } from './backend-url.ts'

export class ShopUrl implements ShopBackend {
  readonly #url: BackendUrl<ShopRecord>
  readonly #report: Report

  constructor({ report, ...options }: BackendOptions & { readonly report: Report }) {
    this.#report = report
    this.#url = new BackendUrl(options, ShopRecord, (failure) => report({ fact: 'shopBackendFailed', ...failure }))
  }

  ask(shop: string): Promise<ShopRecord | undefined> {
    return this.#url.ask({ shop }, (given) => this.#read(given))
  }

  close(): void {
    this.#url.close()
  }

  /** A part that cannot be used is reported, and does not make the rest unusable. */
  #read(given: ShopRecord): ShopRecord {
    const { record, fault } = tidyRecord(given)
    if (fault === 'too large') throw new Failure('size', 'a shop has at most 8192 bytes')
    if (fault !== undefined) this.#report({ fact: 'shopBackendFailed', reason: 'shape', detail: `${fault} cannot be used` })
    return record
  }
}
