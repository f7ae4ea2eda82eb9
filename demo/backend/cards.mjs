/** What the shop's products and orders cost now, and how they stand. An order is told of its own customer alone. */
import { person } from './people.mjs'

const PRODUCTS = { kumo: { price: '¥ 428', status: 'Only 2 left' } }

/** What a card says now; undefined: nothing is known. */
export function card(kind, id, customer) {
  if (kind === 'product') return Object.hasOwn(PRODUCTS, id) ? PRODUCTS[id] : undefined
  const order = person(customer, Date.now())?.orders.find(({ number }) => number === id)
  return order && { status: order.status, total: order.total, count: order.count }
}
