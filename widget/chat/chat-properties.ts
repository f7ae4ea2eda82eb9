import type { Offer } from '../ui/cards.ts'
import type { Inset } from './viewport/geometry.ts'

/** Returned for a value that the property cannot take. */
export const BAD = Symbol('bad value')

const oneOf =
  (...values: readonly string[]) =>
  (value: unknown): unknown =>
    value === null || value === undefined ? values[0] : values.includes(value as string) ? value : BAD

const text = (value: unknown): unknown => (value === null || value === undefined ? '' : typeof value === 'string' ? value : BAD)

/** Per property: from the value that was set to the value that is stored. An absent value becomes the default, an invalid one BAD. */
/** A flag's attribute: its presence is on, as in HTML; React 18 and older write `open={false}` as `open="false"`. */
export const FLAG_ATTRIBUTE = { fromAttribute: (value: string | null): boolean => value !== null && value !== 'false' }

export const CHAT_PROPERTIES: Readonly<Record<string, (value: unknown) => unknown>> = {
  gateway: (value) => (text(value) === '' || isHttp(value) ? text(value) : BAD),
  token: text,
  to: (value) => (typeof value === 'number' ? String(value) : text(value)),
  lang: text,
  mode: oneOf('launcher', 'inline'),
  enter: oneOf('send', 'newline'),
  history: oneOf('auto', 'off'),
  theme: oneOf('auto', 'light', 'dark'),
  open: (value) => value !== 'false' && Boolean(value),
  product,
}

function isHttp(value: unknown): boolean {
  try {
    return typeof value === 'string' && /^https?:$/.test(new URL(value, document.baseURI).protocol)
  } catch {
    return false
  }
}

/** `{title, price?, image?, url?, …}` as an object or as its JSON. */
function product(value: unknown): Offer | undefined | typeof BAD {
  if (value === null || value === undefined || value === '') return undefined
  try {
    const offer: unknown = typeof value === 'string' ? JSON.parse(value) : value
    const { title } = offer as Offer
    return typeof title === 'string' && title !== '' ? { ...(offer as Offer) } : BAD
  } catch {
    return BAD
  }
}

/** The sides of an inset that are lengths; undefined where there is nothing of the kind. */
export function insetFrom(value: unknown): Partial<Inset> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { top, bottom } = value as Partial<Inset>
  return { ...(isLength(top) ? { top } : {}), ...(isLength(bottom) ? { bottom } : {}) }
}

const isLength = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value < Infinity

const warned = new Set<string>()

/** Tells the page's author about an invalid value, once per property. */
export function warnOnce(name: string, value: unknown): void {
  if (warned.has(name)) return
  warned.add(name)
  console.warn(`<im-chat> cannot take this ${name} and keeps the old one:`, value)
}
