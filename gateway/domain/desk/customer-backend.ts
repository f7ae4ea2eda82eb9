import type { CustomerInfo } from '../../protocol/model.ts'

/** The operator's own system that knows customers. */
export interface CustomerBackend {
  /**
   * What it knows; undefined where it knows nothing of them. Rejects when it failed, after a time of its own at the latest; it has
   * reported why. What it resolves with keeps to the schema, and its addresses can be shown.
   */
  ask(customer: string, shop: string): Promise<CustomerInfo | undefined>
}
