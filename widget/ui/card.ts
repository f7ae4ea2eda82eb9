import { cut } from './cut.ts'

export type Fields = Readonly<Record<string, unknown>>

/** What a product or an order says of itself, as the widget shows it: gateway/protocol's README has the limits. */
export interface Card {
  readonly kind: 'product' | 'order'
  /** The page's own name for the product. */
  readonly id?: string | undefined
  /** Of an order. */
  readonly number?: string | undefined
  readonly title?: string | undefined
  readonly price?: string | undefined
  readonly status?: string | undefined
  readonly total?: string | undefined
  /** How many items were ordered. */
  readonly count?: number | undefined
  /** http or https. */
  readonly url?: string | undefined
  readonly image?: string | undefined
}

/** What a stranger's message says of a product or an order; undefined where it is neither, or lacks what names it. */
export function cardFrom(kind: string, body: Fields): Card | undefined {
  if (kind !== 'product' && kind !== 'order') return undefined
  const { count } = body
  const card: Card = {
    kind,
    id: word(body.id, 64),
    number: word(body.number, 64),
    title: word(body.title, 200),
    price: word(body.price, 40),
    status: word(body.status, 80),
    total: word(body.total, 40),
    count: typeof count === 'number' && count > 0 && count % 1 === 0 ? count : undefined,
    url: address(body.url),
    image: address(body.image),
  }
  return card[kind === 'product' ? 'title' : 'number'] === undefined ? undefined : card
}

const address = (value: unknown): string | undefined => (typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined)

const word = (value: unknown, most: number): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? cut(value.trim(), most) : typeof value === 'number' ? String(value) : undefined
