import type { Body } from '../../gateway/protocol/model.ts'
import type { Strings } from '../locales/strings.ts'
import type { Sendable } from './composer/tray.ts'
import { orderBody } from './order-body.ts'
import type { PanelSettings } from './panel-contract.ts'

/** What the page has for the menu of the composer: its product, and the customer's orders. */
export function sendables(
  { orders = [], product }: Pick<PanelSettings, 'orders' | 'product'>,
  { order, sendProduct }: Pick<Strings, 'order' | 'sendProduct'>,
  send: (kind: string, body: Body) => void,
): readonly Sendable[] {
  const ofOrders = orders.map((each) => {
    const { number, detail, message } = orderBody(each, order)
    return { kind: 'order', label: `${order} ${number}`, detail, send: () => send('order', message) }
  })
  if (!product) return ofOrders
  const { title, price, url } = product
  const text = [title, price, url].filter((each) => each).join(' · ')
  return [{ kind: 'product', label: sendProduct, detail: title, send: () => send('product', { ...product, text }) }, ...ofOrders]
}
