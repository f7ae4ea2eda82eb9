import type { Arrival } from './trusted-proxies.ts'

/**
 * Which pages may connect. No `Origin` header (native apps, servers) is no page and passes: the list guards people's browsers,
 * the pass guards the conversation. `null` (sandboxed frames, file://) passes only with `*` or where it is listed.
 */
export class Origins {
  readonly #allowed: ReadonlySet<string> | 'any' | 'same host'

  /** '*' = any page; a list of origins; '' = only pages served from the gateway's own host. */
  constructor(list: string) {
    const origins = list.split(',').map((origin) => origin.trim().replace(/\/$/, '')).filter((origin) => origin !== '')
    this.#allowed = origins.includes('*') ? 'any' : origins.length === 0 ? 'same host' : new Set(origins)
  }

  allow({ origin, host }: Pick<Arrival, 'origin' | 'host'>): boolean {
    if (origin === undefined || this.#allowed === 'any') return true
    if (isSameHost(origin, host)) return true
    return this.#allowed !== 'same host' && this.#allowed.has(origin)
  }
}

function isSameHost(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}
