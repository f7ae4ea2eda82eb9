/**
 * The operator's backend over HTTP: GET an address made from `CUSTOMER_URL`, which answers with JSON. A failure is reported once, with its
 * reason: the answer is late, too large, no JSON, not of the schema, has another status than 2xx or 404, or redirects elsewhere.
 */
import { Compile } from 'typebox/compile'
import { LIMITS } from '../protocol/limits.ts'
import { CustomerInfo } from '../protocol/model.ts'
import type { CustomerBackend } from '../domain/desk/customers.ts'
import type { BackendFailure, Report } from '../domain/facts.ts'
import { readForeignJson } from '../domain/foreign-json.ts'
import { webAddress } from '../domain/untrusted-text.ts'

/** Unknown fields of the answer are allowed and left out. */
const MOST = { bytes: 262_144, depth: LIMITS.bodyDepth, count: 10_000 }
const MOST_REDIRECTS = 3
const REDIRECTS = [301, 302, 303, 307, 308]
const shape = Compile(CustomerInfo)

class Failure extends Error {
  readonly reason: BackendFailure

  constructor(reason: BackendFailure, detail: string) {
    super(detail)
    this.reason = reason
  }
}

export class CustomerUrl implements CustomerBackend {
  readonly #template: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #limitMs: number
  readonly #report: Report
  readonly #closing = new AbortController()

  constructor(options: { template: string; key: string | undefined; limitMs: number; report: Report }) {
    this.#template = options.template
    this.#headers = { accept: 'application/json', ...(options.key === undefined ? undefined : { authorization: `Bearer ${options.key}` }) }
    this.#limitMs = options.limitMs
    this.#report = options.report
  }

  async ask(customer: string, shop: string): Promise<CustomerInfo | undefined> {
    const address = customerAddress(this.#template, { customer, shop })
    if (address === undefined) return undefined
    const signal = AbortSignal.any([AbortSignal.timeout(this.#limitMs), this.#closing.signal])
    try {
      const response = await this.#get(address, signal)
      if (response.status === 404 || response.status === 204) return void (await response.body?.cancel())
      return readInfo(await readJson(response))
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#report({ fact: 'customerBackendFailed', ...failureOf(error) })
      throw error
    }
  }

  /** Aborts what is under way. */
  close(): void {
    this.#closing.abort()
  }

  async #get(address: URL, signal: AbortSignal): Promise<Response> {
    let url = address
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const response = await fetch(url, { headers: this.#headers, redirect: 'manual', signal })
      if (!REDIRECTS.includes(response.status)) return response
      await response.body?.cancel()
      url = next(url, response.headers.get('location') ?? '')
    }
    throw new Failure('redirect', `more than ${MOST_REDIRECTS}`)
  }
}

/** The key and the customer's id are for one host, so a redirect to another host or from https to http is not followed. */
function next(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  const isSame = to?.host === from.host && (to.protocol === from.protocol || to.protocol === 'https:')
  if (to === undefined || !isSame) throw new Failure('redirect', to === undefined ? 'no address' : `to ${to.origin}`)
  return to
}

async function readJson(response: Response): Promise<unknown> {
  if (!response.ok) {
    await response.body?.cancel()
    throw new Failure('status', String(response.status))
  }
  const json = await readForeignJson(response.body, MOST)
  if ('fault' in json) throw new Failure(json.fault, json.detail)
  return json.value
}

/** An answer without anything to show counts as unknown. */
function readInfo(json: unknown): CustomerInfo | undefined {
  const { profile, orders } = checked(json)
  if ((profile ?? []).length === 0 && (orders ?? []).length === 0) return undefined
  const shown = orders?.map((order) => ({ ...order, url: webAddress(order.url), image: webAddress(order.image) }))
  return JSON.parse(JSON.stringify({ profile, orders: shown })) as CustomerInfo
}

function checked(value: unknown): CustomerInfo {
  if (shape.Check(value)) return shape.Clean(value) as CustomerInfo
  const error = shape.Errors(value)[0]
  throw new Failure('shape', `${error?.instancePath || '/'} ${error?.message ?? ''}`)
}

function failureOf(error: unknown): { reason: BackendFailure; detail: string } {
  if (error instanceof Failure) return { reason: error.reason, detail: error.message }
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return { reason: 'slow', detail: message }
  const { code = message } = (cause ?? {}) as { code?: string }
  return { reason: 'unreachable', detail: code }
}

/** URL parsers read these as steps in a path, also percent-encoded. */
const STEP = /^\.{1,2}$/

/**
 * Fills in `{customer}` and `{shop}`; a template with neither gets both as `?customer=…&shop=…`. Returns undefined for an id that would
 * lead to another path.
 */
export function customerAddress(template: string, { customer, shop }: { customer: string; shop: string }): URL | undefined {
  const filled = template.replaceAll('{customer}', () => encodeURIComponent(customer)).replaceAll('{shop}', () => encodeURIComponent(shop))
  if (filled !== template) return STEP.test(customer) || STEP.test(shop) ? undefined : new URL(filled)
  const address = new URL(template)
  address.searchParams.set('customer', customer)
  address.searchParams.set('shop', shop)
  return address
}
