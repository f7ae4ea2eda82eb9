import type { Body } from '../../gateway/protocol/model.ts'
import { cut } from '../ui/cut.ts'
import type { OwnOrder } from './own-order.ts'

const word = (value: unknown, length: number): string | undefined => (typeof value === 'string' && value !== '' ? cut(value, length) : undefined)

/** Absolute, for a reader on another page; none if too long, because a cut address leads nowhere. */
function address(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  try {
    const { href, protocol } = new URL(value, document.baseURI)
    return /^https?:$/.test(protocol) && href.length <= 500 ? href : undefined
  } catch {
    return undefined
  }
}

/** An order of the page's as a message, and its words. `label`: the word for an order, for readers without the card. */
export function orderBody(
  { number, title, status, total, image, url }: OwnOrder,
  label: string,
): { readonly number: string; readonly detail: string; readonly message: Body } {
  const body = {
    number: cut(number, 64),
    title: word(title, 200),
    status: word(status, 64),
    total: word(total, 40),
    image: address(image),
    url: address(url),
  }
  const detail = [body.title, body.status, body.total].filter(Boolean).join(' · ')
  return { number: body.number, detail, message: { ...body, text: [`${label} ${body.number}`, detail].filter(Boolean).join(' · ') } }
}
