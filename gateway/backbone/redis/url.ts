/**
 * REDIS_URL:
 *
 *   redis://[user:password@]host[:port][/db]                       one server
 *   redis://a:6379,redis://b:6379,…                                static ring: md5 of the key picks the server, order counts
 *   redis+sentinel://[user:password@]host[:26379],host,…/master[/db][?sentinelPassword=…]
 *   redis+cluster://[user:password@]host[:port],host,…             Cluster, any of its nodes
 *
 * `rediss…` is the same over TLS. Characters of user and password that have a meaning in URLs are percent-encoded.
 */
export interface Address {
  readonly host: string
  readonly port: number
}

/** How to log in to a server. */
export interface Access {
  readonly username?: string
  readonly password?: string
  readonly db?: number
  readonly tls?: { readonly ca?: string }
}

export type Target =
  | { readonly kind: 'ring'; readonly servers: readonly (Address & Access)[] }
  | {
      readonly kind: 'sentinel'
      readonly sentinels: readonly Address[]
      readonly name: string
      readonly access: Access
      readonly sentinelPassword?: string
    }
  | { readonly kind: 'cluster'; readonly seeds: readonly Address[]; readonly access: Access }

const FORM = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/

export function parseRedisUrl(url: string, tlsCa?: string): Target {
  const parsed = url.split(/,(?=rediss?:\/\/)/).map((one) => parseOne(one, tlsCa))
  const [{ kind, addresses, path, access, query }] = parsed as [Parsed]
  if (parsed.length > 1 && parsed.some((one) => one.kind !== undefined)) throw unreadable(url)
  if (kind === 'cluster') {
    if (path.length > 0) throw unreadable(url)
    return { kind, seeds: addresses, access }
  }
  if (kind === 'sentinel') {
    const [name, db] = path
    const sentinelPassword = query.get('sentinelPassword')
    if (!name) throw unreadable(url)
    return {
      kind,
      sentinels: addresses,
      name: decoded(name),
      access: { ...access, ...dbOf(url, db) },
      ...(sentinelPassword === null ? {} : { sentinelPassword }),
    }
  }
  if (parsed.some((one) => one.addresses.length !== 1)) throw unreadable(url)
  return { kind: 'ring', servers: parsed.map((one) => ({ ...one.addresses[0]!, ...one.access, ...dbOf(url, one.path[0]) })) }
}

type Parsed = ReturnType<typeof parseOne>

function parseOne(url: string, ca?: string) {
  const found = FORM.exec(url)
  if (!found) throw unreadable(url)
  const [, secure, kind, credentials, hosts, path, query] = found
  const port = kind === 'sentinel' ? 26_379 : 6379
  return {
    kind: kind as 'sentinel' | 'cluster' | undefined,
    addresses: hosts!.split(',').map((one) => addressOf(url, one, port)),
    path: path ? path.split('/') : [],
    access: { ...credentialsOf(credentials), ...(secure ? { tls: ca === undefined ? {} : { ca } } : {}) } as Access,
    query: new URLSearchParams(query ?? ''),
  }
}

function addressOf(url: string, text: string, defaultPort: number): Address {
  const found = /^(?:\[([^\]]+)\]|([^:@[\]]+))(?::(\d{1,5}))?$/.exec(text)
  const host = found?.[1] ?? found?.[2]
  if (!host) throw unreadable(url)
  return { host, port: found?.[3] === undefined ? defaultPort : Number(found[3]) }
}

function credentialsOf(text: string | undefined): Pick<Access, 'username' | 'password'> {
  if (!text) return {}
  const colon = text.indexOf(':')
  const username = decoded(colon < 0 ? text : text.slice(0, colon))
  const password = colon < 0 ? undefined : decoded(text.slice(colon + 1))
  return { ...(username ? { username } : {}), ...(password === undefined ? {} : { password }) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw unreadable('')
  }
}

function dbOf(url: string, text: string | undefined): Pick<Access, 'db'> {
  if (!text) return {}
  if (!/^\d+$/.test(text)) throw unreadable(url)
  return { db: Number(text) }
}

/** Shows only the start: the sentence reaches logs, and in an unreadable URL the password cannot be told from the rest. */
const unreadable = (url: string): Error =>
  new Error(
    `REDIS_URL is not readable: it begins with "${/^[a-z+]{1,20}:\/\//i.exec(url)?.[0] ?? ''}" (characters like / and @ in a password are percent-encoded; redis://h:p · redis://a,redis://b · ` +
      'redis+sentinel://h:p,h:p/master · redis+cluster://h:p,h:p)',
  )
