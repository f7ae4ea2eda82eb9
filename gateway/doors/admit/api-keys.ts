/**
 * The keys of backends: `API_KEY`, which has all rights, and those of `API_KEYS`, each with a name, rights and perhaps shops. What cannot be used
 * throws the second half of a sentence. No sentence repeats a part of an entry, because what is misplaced there may be the key.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'

export const RIGHTS = ['read', 'write', 'customers', 'shops', 'passes', 'webhooks'] as const
export type Right = (typeof RIGHTS)[number]

export interface ApiKey {
  /** As operators know it: in logs, and as who has blocked a customer. */
  readonly name: string
  readonly rights: ReadonlySet<Right>
  /** The ids of the shops to which it is limited; absent: all. */
  readonly shops?: ReadonlySet<string>
}

export interface ApiKeySettings {
  readonly API_KEY: string | undefined
  readonly API_KEYS: string | undefined
}

/** The name of `API_KEY`. */
const FIRST = 'api'
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/
const SECRET = /^[\w.~+/=-]{32,200}$/
/** As in SHOPS. */
const SHOP = /^(?!shop:)[^\s~{}*,\p{C}]{1,59}$/u
const ENTRY_COUNT = 100
/** How an entry begins. */
const ENTRY = new RegExp(`^[a-z0-9-]{1,32}:(all|${RIGHTS.join('|')})[,@:]`)

interface Entry {
  readonly key: ApiKey
  readonly digest: Buffer
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** The text behind `Bearer `; undefined: there is none. */
export const bearerOf = ({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]

export class ApiKeys {
  readonly #entries: readonly Entry[]

  constructor({ API_KEY, API_KEYS }: ApiKeySettings) {
    if (API_KEY !== undefined && ENTRY.test(API_KEY)) throw new Error('must have the entry that is in API_KEY, which is one key and nothing else.')
    const first: Entry[] = API_KEY === undefined ? [] : [{ key: { name: FIRST, rights: new Set(RIGHTS) }, digest: digestOf(API_KEY) }]
    const others = (API_KEYS ?? '').split(/\s+/).filter((text) => text !== '')
    if (others.length > ENTRY_COUNT) throw new Error(`must have at most ${ENTRY_COUNT} keys.`)
    this.#entries = [...first, ...others.map(entryOf)]
    this.#entries.forEach((entry, at) => checkAgainst(this.#entries.slice(0, at), entry, at - first.length + 1))
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /** Whose key a request carries. Compares with all of them, in constant time. */
  of(request: Pick<FastifyRequest, 'headers'>): ApiKey | undefined {
    const given = bearerOf(request)
    if (given === undefined) return undefined
    const digest = digestOf(given)
    return this.#entries.reduce<ApiKey | undefined>((found, each) => (timingSafeEqual(digest, each.digest) ? each.key : found), undefined)
  }
}

/** `name:rights:key` or `name:rights@shops:key`; a shop's id may have a colon. */
function entryOf(text: string, at: number): Entry {
  const [name = '', secret = ''] = [text.slice(0, text.indexOf(':')), text.slice(text.lastIndexOf(':') + 1)]
  const middle = text.slice(name.length + 1, -secret.length - 1)
  const [rights = '', shops] = middle.includes('@') ? [middle.slice(0, middle.indexOf('@')), middle.slice(middle.indexOf('@') + 1)] : [middle]
  const wrong = (what: string): Error => new Error(`must be entries like crm:read,write:<key>, separated by spaces; in entry ${at + 1} ${what}.`)
  if (text.split(':').length < 3) throw wrong('a part is missing')
  if (!NAME.test(name)) throw wrong('the name is not 1 to 32 small letters, digits or -')
  if (!SECRET.test(secret)) throw wrong('the key is not 32 to 200 letters, digits or . _ ~ + / = - (`openssl rand -hex 32` makes one)')
  const named = rights === 'all' ? RIGHTS : rights.split(',')
  if (!named.every((right): right is Right => (RIGHTS as readonly string[]).includes(right))) {
    throw wrong(`a right is none of ${RIGHTS.join(', ')}; all stands for all of them`)
  }
  const ids = shops?.split(',')
  if (ids?.some((id) => !SHOP.test(id))) throw wrong('what stands behind @ is not ids of shops, separated by commas, without "shop:"')
  if (ids !== undefined && named.includes('webhooks')) throw wrong('a key of some shops has the right webhooks, which is for all of them')
  return { key: { name, rights: new Set(named), ...(ids === undefined ? undefined : { shops: new Set(ids) }) }, digest: digestOf(secret) }
}

const sameSet = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.size === b.size && [...a].every((each) => b.has(each)))

/** Two keys of one name are one that is being replaced, so they must be alike. */
function checkAgainst(before: readonly Entry[], { key, digest }: Entry, number: number): void {
  if (before.some((each) => timingSafeEqual(each.digest, digest)))
    throw new Error(`must have different keys; that of entry ${number} is there already.`)
  const namesake = before.find((each) => each.key.name === key.name)?.key
  if (namesake === undefined || (sameSet(namesake.rights, key.rights) && sameSet(namesake.shops, key.shops))) return
  throw new Error(`must give one name the same rights and shops each time; entry ${number} has others than the one before with its name.`)
}
