/**
 * Demo mode mints any pass for a request that carries the demo word. `npm start` prints links with it. A page opened with `?word=` gets a
 * cookie, so that its links and scripts need no word; other scripts send `Authorization: Bearer <word>`.
 *
 * The loopback address alone is not enough: behind a proxy on the same machine every visitor has it.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Allowances } from '../../domain/allowances.ts'
import { Refusal } from '../../domain/refusal.ts'
import { sendRefusal } from '../rest/http-refusal.ts'
import type { Origins } from './origins.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

const COOKIE_SECONDS = 30 * 86_400

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

export class DemoWord {
  /** For the links that `npm start` prints, and nothing else. */
  readonly text: string
  readonly #digest: Buffer

  constructor(word: string) {
    this.text = word
    this.#digest = digest(word)
  }

  is(text: string | undefined): boolean {
    return text !== undefined && timingSafeEqual(digest(text), this.#digest)
  }

  /** Whether the request carries a word, right or wrong. */
  isTried({ headers, raw }: FastifyRequest, proxies: TrustedProxies): boolean {
    return headers.authorization !== undefined || broughtCookie(raw, proxies) !== undefined
  }

  /** Whether the request carries the word, in the header, or in the cookie if it comes from a page of the gateway's own host. */
  isBrought({ headers, raw }: FastifyRequest, { proxies, ownHost }: { readonly proxies: TrustedProxies; readonly ownHost: Origins }): boolean {
    if (headers.authorization !== undefined) return this.is(/^Bearer (.+)$/.exec(headers.authorization)?.[1])
    return this.is(broughtCookie(raw, proxies)) && ownHost.allow(proxies.arrival(raw))
  }
}

/**
 * Browsers store cookies by host without the port, so two demos on one host would overwrite each other's. The port in the name keeps them apart,
 * and lets only one cookie of a request count.
 */
function cookieName(request: IncomingMessage, proxies: TrustedProxies): string {
  const port = /:(\d+)$/.exec(proxies.arrival(request).host ?? '')?.[1]
  return port === undefined ? 'im-demo' : `im-demo-${port}`
}

function broughtCookie(request: IncomingMessage, proxies: TrustedProxies): string | undefined {
  const start = `${cookieName(request, proxies)}=`
  return (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(start))
    ?.slice(start.length)
}

/** A page opened with `?word=` gets the word in a cookie that scripts cannot read and other sites cannot send, and a redirect without it. */
export function registerDemoWord(
  app: FastifyInstance,
  word: DemoWord,
  { allowances, proxies }: { readonly allowances: Allowances; readonly proxies: TrustedProxies },
): void {
  app.addHook('onRequest', async ({ url, method, raw }, reply) => {
    if (method !== 'GET' || !url.includes('word=')) return
    const [path = '', query = ''] = url.split('?', 2)
    const rest = new URLSearchParams(query)
    const brought = rest.get('word') ?? undefined
    if (brought === undefined) return
    const spender = { address: proxies.clientAddress(raw) }
    try {
      allowances.take('guess', spender)
    } catch (error) {
      if (error instanceof Refusal) return sendRefusal(reply, error)
      throw error
    }
    if (!word.is(brought)) return
    allowances.giveBack('guess', spender)
    rest.delete('word')
    reply.header('Set-Cookie', `${cookieName(raw, proxies)}=${brought}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Strict`)
    reply.header('Cache-Control', 'no-store')
    // two slashes would redirect to another host
    return reply.redirect(path.replace(/^[/\\]+/, '/') + (rest.size > 0 ? `?${rest}` : ''), 303)
  })
}
