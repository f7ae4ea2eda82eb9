/** An order of the customer, as the page knows it; every word is shown as it is. */
export interface OwnOrder {
  readonly number: string
  readonly title?: string
  readonly status?: string
  readonly total?: string
  readonly image?: string
  readonly url?: string
  readonly [field: string]: unknown
}
