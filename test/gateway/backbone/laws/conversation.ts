import { randomUUID } from 'node:crypto'
import type { NewMessage } from '../../../../gateway/backbone/backbone.ts'
import { conversationId } from '../../../../gateway/protocol/keys.ts'

/** A conversation nobody else uses, and messages for it; what a test does not care about is filled in. */
export interface Talk {
  readonly conversation: string
  readonly customer: string
  readonly shop: string
  message(fields?: Partial<NewMessage>): NewMessage
}

export function newTalk(sides: { customer?: string; shop?: string } = {}): Talk {
  const unique = randomUUID().slice(0, 13)
  const customer = sides.customer ?? `c-${unique}`
  const shop = sides.shop ?? `shop:s-${unique}`
  const conversation = conversationId(customer, shop)
  let count = 0
  return {
    conversation,
    customer,
    shop,
    message: (fields = {}) => {
      count++
      const from = fields.from ?? customer
      return {
        conversation,
        id: `m${count}`,
        from,
        side: from,
        kind: 'text',
        body: { text: `text ${count}` },
        at: 1_700_000_000_000 + count,
        origin: 'line-1',
        ...fields,
      }
    },
  }
}
