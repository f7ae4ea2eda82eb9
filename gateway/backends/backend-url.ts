/**
 * One of the operator's backends over HTTP: GET an address made from a setting, which answers with JSON. A failure is reported once, with its
 * reason: the answer is late, too large, no JSON, not of the schema, has another status than 2xx or 404, or redirects elsewhere.
 */
import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { LIMITS } from '../protocol/limits.ts'
import type { BackendFailure } from '../domain/facts.ts'
import { readForeignJson } from '../domain/foreign-json.ts'

const MOST = { bytes: 262_144, depth: LIMITS.bodyDepth, count: 10_000 }
const MOST_REDIRECTS = 3
const REDIRECTS = [301, 302, 303, 307, 308]

/** Why an answer cannot be used. */
export class Failure extends Error {
  readonly reason: BackendFailure

  constructor(reason: BackendFailure, detail: string) {
    super(detail)
    this.reason = reason
  }
}

type OnFailure = (failure: { readonly reason: BackendFailure; readonly detail: string }) => void

export interface BackendOptions {
  readonly template: string
  readonly key: string | undefined
  readonly limitMs: number
}

/** `T` is the type of the schema. Unknown fields of the answer are allowed and left out. */
export class BackendUrl<T> {
  readonly #template: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #limitMs: number
  readonly #shape: Validator
  readonly #onFailure: OnFailure
  readonly #closing = new AbortController()

  constructor({ template, key, limitMs }: BackendOptions, schema: TSchema, onFailure: OnFailure) {
    this.#template = template
    this.#headers = { accept: 'application/json', ...(key === undefined ? undefined : { authorization: `Bearer ${key}` }) }
    this.#limitMs = limitMs
    this.#shape = Compile(schema)
    this.#onFailure = onFailure
  }

  /** Undefined: the backend knows nothing of these. `read` may throw a `Failure`. */
  async ask<R>(about: Readonly<Record<string, string>>, read: (answer: T) => R): Promise<R | undefined> {
    const address = backendAddress(this.#template, about)
    if (address === undefined) return undefined
    const signal = AbortSignal.any([AbortSignal.timeout(this.#limitMs), this.#closing.signal])
    try {
      const response = await this.#get(address, signal)
      if (response.status === 404 || response.status === 204) return void (await response.body?.cancel())
      return read(this.#checked(await readJson(response)))
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#onFailure(failureOf(error))
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

  #checked(value: unknown): T {
    if (this.#shape.Check(value)) return this.#shape.Clean(value) as T
    const error = this.#shape.Errors(value)[0]
    throw new Failure('shape', `${error?.instancePath || '/'} ${error?.message ?? ''}`)
  }
}

/** The key and the ids are for one host, so a redirect to another host or from https to http is not followed. */
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
 * Fills in `{name}` for each of the ids; a template with none of them gets all as a query, `?name=…`. Returns undefined for an id that would
 * lead to another path.
 */
export function backendAddress(template: string, ids: Readonly<Record<string, string>>): URL | undefined {
  const all = Object.entries(ids)
  // by one pass, so that an id that looks like a placeholder is not filled in
  const filled = template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(ids, name) ? encodeURIComponent(ids[name]!) : whole))
  if (filled !== template) return all.some(([, id]) => STEP.test(id)) ? undefined : new URL(filled)
  const address = new URL(template)
  for (const [name, id] of all) address.searchParams.set(name, id)
  return address
}
