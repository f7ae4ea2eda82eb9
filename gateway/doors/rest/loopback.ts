import type { FastifyRequest } from 'fastify'

const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip']
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i

/**
 * Whether somebody at this very machine asks. Not so: a proxy beside us that speaks for the world, a page of another
 * site in a local browser, a foreign name that resolves to this machine.
 */
export function isLoopback({ raw, headers }: FastifyRequest): boolean {
  if (!LOOPBACK_ADDRESS.test(raw.socket.remoteAddress ?? '')) return false
  if (PROXY_HEADERS.some((name) => headers[name] !== undefined)) return false
  if (!LOOPBACK_HOST.test(headers.host ?? '')) return false
  return headers.origin === undefined || (URL.canParse(headers.origin) && LOOPBACK_HOST.test(new URL(headers.origin).host))
}
