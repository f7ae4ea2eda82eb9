import type { Offer } from '../ui/cards.ts'
import { cut } from '../ui/cut.ts'
import { webAddress } from '../ui/web-address.ts'
import type { OwnOrder } from './own-order.ts'
import type { Hours } from './shop-face.ts'
import type { Inset } from './viewport/geometry.ts'

/** Returned for a value that the property cannot take. */
export const BAD = Symbol('bad value')

const oneOf =
  (...values: readonly string[]) =>
  (value: unknown): unknown =>
    value === null || value === undefined ? values[0] : values.includes(value as string) ? value : BAD

const text = (value: unknown): unknown => (value === null || value === undefined ? '' : typeof value === 'string' ? value : BAD)

/** An object or its JSON, if `check` says that it is of use. */
const objectIf =
  <T extends object>(check: (value: T) => boolean) =>
  (value: unknown): T | undefined | typeof BAD => {
    if (value === null || value === undefined || value === '') return undefined
    try {
      const object = (typeof value === 'string' ? JSON.parse(value) : value) as T
      return check(object) ? (Array.isArray(object) ? ([...(object as readonly unknown[])] as object as T) : { ...object }) : BAD
    } catch {
      return BAD
    }
  }

/** A flag's attribute: its presence is on, as in HTML; React 18 and older write `open={false}` as `open="false"`. */
export const FLAG_ATTRIBUTE = { fromAttribute: (value: string | null): boolean => value !== null && value !== 'false' }

const titled = objectIf<Offer>(({ title }) => typeof title === 'string' && title !== '')

/** `{title, price?, image?, url?, …}` or its JSON; its addresses are those of the page `base`. */
export function offerFrom(value: unknown, base: string): Offer | undefined | typeof BAD {
  const offer = titled(value)
  if (offer === undefined || offer === BAD) return offer
  const { title, price, url, image, ...rest } = offer as Record<string, unknown>
  const known = { title: cut(title as string, 200), price: wordOf(price), url: webAddress(url, base), image: webAddress(image, base) }
  // without those that are undefined: a message has what it says
  for (const [name, text] of Object.entries(known)) if (text !== undefined) rest[name] = text
  return rest as unknown as Offer
}

const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? cut(value, 40) : typeof value === 'number' ? String(value) : undefined

/** Per property: from the value that was set to the value that is stored. An absent value becomes the default, an invalid one BAD. */
export const CHAT_PROPERTIES: Readonly<Record<string, (value: unknown) => unknown>> = {
  gateway: address,
  token: text,
  to: (value) => (typeof value === 'number' ? String(value) : text(value)),
  lang: text,
  strings: (value) => (value === null || value === undefined ? undefined : typeof value === 'object' ? value : BAD),
  mode: oneOf('launcher', 'inline'),
  enter: oneOf('send', 'newline'),
  history: oneOf('auto', 'off'),
  theme: oneOf('auto', 'light', 'dark'),
  muted: (value) => value !== 'false' && Boolean(value),
  open: (value) => value !== 'false' && Boolean(value),
  product: (value) => offerFrom(value, document.baseURI),
  /** `[{number, title?, status?, total?, image?, url?}, …]` */
  orders: objectIf<readonly OwnOrder[]>(
    (orders) => Array.isArray(orders) && orders.every((each: Partial<OwnOrder> | null) => typeof each?.number === 'string' && each.number !== ''),
  ),
  name: text,
  logo: address,
  greeting: text,
  /** `{timeZone, open: ['Mo-Fr 09:00-18:00', …]}` */
  hours: objectIf<Hours>(
    ({ timeZone, open }) => typeof timeZone === 'string' && Array.isArray(open) && open.every((line) => typeof line === 'string'),
  ),
  side: oneOf('end', 'start', 'left', 'right'),
}

/** Relative, or http(s). */
function address(value: unknown): unknown {
  return text(value) === '' || isHttp(value) ? text(value) : BAD
}

function isHttp(value: unknown): boolean {
  try {
    return typeof value === 'string' && /^https?:$/.test(new URL(value, document.baseURI).protocol)
  } catch {
    return false
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
