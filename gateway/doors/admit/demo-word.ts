/**
 * Demo mode gives any pass to whoever brings a word. The links that the start prints carry it; a page opened with `?word=` gets a
 * cookie, so that its links and its scripts need it no more; scripts send `Authorization: Bearer <word>`.
 *
 * A word and not an address: a proxy on the same machine makes the whole network look like this machine.
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
  /** For the links that the start prints, and for nobody else. */
  readonly text: string
  readonly #digest: Buffer

  constructor(word: string) {
    this.text = word
    this.#digest = digest(word)
  }

  is(text: string | undefined): boolean {
    return text !== undefined && timingSafeEqual(digest(text), this.#digest)
  }

  /** Whether a word is brought, right or wrong. */
  isTried({ headers, raw }: FastifyRequest, proxies: TrustedProxies): boolean {
    return headers.authorization !== undefined || broughtCookie(raw, proxies) !== undefined
  }

  /** By a header, or by the cookie where a page of this very host asks. */
  isBrought({ headers, raw }: FastifyRequest, { proxies, ownHost }: { readonly proxies: TrustedProxies; readonly ownHost: Origins }): boolean {
    if (headers.authorization !== undefined) return this.is(/^Bearer (.+)$/.exec(headers.authorization)?.[1])
    return this.is(broughtCookie(raw, proxies)) && ownHost.allow(proxies.arrival(raw))
  }
}

/**
 * Browsers keep cookies by host, whatever the port: two demos on one host would take each other's away. Named by the port that was asked,
 * each has its own; a request brings one word that counts, however many cookies it carries.
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

/** Whoever opens a page with the word keeps it in a cookie that no script reads and no other site sends, and goes on without it. */
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
    // one slash, or it would be an address of another host
    return reply.redirect(path.replace(/^[/\\]+/, '/') + (rest.size > 0 ? `?${rest}` : ''), 303)
  })
}
