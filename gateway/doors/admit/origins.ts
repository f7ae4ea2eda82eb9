/**
 * Which pages may connect. A request without an `Origin` header (native apps, servers) comes from no page and is allowed: the list protects
 * people's browsers, the pass protects the conversation. `null` (sandboxed frames, file://) is allowed only with `*` or if it is listed.
 *
 * Origins are compared in the form in which browsers write them: lower case, punycode, no default port. `https://*.shop.example` matches every
 * host with exactly one more label.
 */
import type { Arrival } from './trusted-proxies.ts'

/** `scheme://host[:port]`, with at most a slash after it. */
const WRITTEN = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[^/?#@:[\]\s\\]+)(?::(\d{1,5}))?\/?$/i
const WEB = new Set(['http', 'https'])
const ANY_LABEL = '*.'
/** Replaces `*` while the rest is parsed as a host. */
const LABEL = 'any-label'
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)$/

export class Origins {
  readonly #isAny: boolean
  readonly #whole = new Set<string>()
  /** Patterns: the text before and after the label. */
  readonly #around: { readonly before: string; readonly after: string }[] = []

  /** '*': any page; a list of origins; '': only pages of the gateway's own host. Throws an Error whose message ends the operator's sentence. */
  constructor(list: string) {
    const entries = list
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
    if (list.trim() !== '' && entries.length === 0) throw new Error(`must name an origin, not "${list}".`)
    // the message does not repeat the entry, because there may be a password before the @
    if (list.includes('@')) throw new Error('must be * or origins like https://shop.example.com, without a name or password in front of the host.')
    this.#isAny = entries.includes('*')
    for (const entry of entries) if (entry !== '*') this.#add(entry)
  }

  /** Whether a page may connect; pages of the gateway's own host always may. */
  allow({ origin, host, scheme }: Pick<Arrival, 'origin' | 'host' | 'scheme'>): boolean {
    if (origin === undefined || this.#isAny) return true
    const page = normal(origin)
    if (page === undefined) return false
    return this.#whole.has(page) || this.#around.some((around) => hasOneLabel(page, around)) || isSameHost(page, { host, scheme })
  }

  #add(entry: string): void {
    const [scheme = '', rest = ''] = entry.split('://')
    const isPattern = rest.startsWith(ANY_LABEL)
    const page = normal(isPattern ? `${scheme}://${LABEL}.${rest.slice(ANY_LABEL.length)}` : entry)
    if (page === undefined) {
      throw new Error(`must be * or origins like https://shop.example.com, without a path, not "${entry}".`)
    }
    if (!isPattern) return void this.#whole.add(page)
    const [before = '', after = ''] = page.split(LABEL)
    if (!/^\.(?:[^.:]+\.[^:]*[^.:]|localhost)(?::\d+)?$/.test(after)) {
      throw new Error(`may have *. before a host of at least two labels, as in https://*.shop.example, not "${entry}".`)
    }
    this.#around.push({ before, after })
  }
}

/** The origin in the form in which browsers write it; undefined if the text is not an origin. */
function normal(text: string): string | undefined {
  if (/^null$/i.test(text)) return 'null'
  const [, scheme = '', host = '', port] = WRITTEN.exec(text) ?? []
  const kind = scheme.toLowerCase()
  if (kind === '' || kind === 'ws' || kind === 'wss' || kind === 'file' || Number(port ?? 0) > 65_535) return undefined
  // the URL parser handles default ports and IDN only for http and https
  if (!WEB.has(kind)) return HOST.test(host.toLowerCase()) ? `${kind}://${host.toLowerCase()}${port === undefined ? '' : `:${port}`}` : undefined
  const address = `${kind}://${host}${port === undefined ? '' : `:${port}`}`
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  return HOST.test(url.hostname) ? url.origin : undefined
}

function hasOneLabel(page: string, { before, after }: { readonly before: string; readonly after: string }): boolean {
  if (!page.startsWith(before) || !page.endsWith(after)) return false
  const label = page.slice(before.length, -after.length)
  return label !== '' && !/[.:/]/.test(label)
}

/**
 * Whether the page came from the host to which the request was sent. Behind a proxy that terminates TLS the gateway sees http, so the scheme is
 * compared only if a trusted proxy reports https: then a page without TLS is another origin.
 */
function isSameHost(page: string, { host, scheme }: Pick<Arrival, 'host' | 'scheme'>): boolean {
  const { protocol, host: pageHost } = URL.canParse(page) ? new URL(page) : { protocol: '', host: '' }
  if (host === undefined || !WEB.has(protocol.slice(0, -1)) || (scheme === 'https' && protocol !== 'https:')) return false
  return normal(`${protocol}//${host}`) === page && pageHost !== ''
}
