import type { IncomingMessage } from 'node:http'

const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/
const PROXY_HEADER = /^(?:forwarded|via|x-real-ip|x-forwarded-.*|cf-connecting-ip|true-client-ip)$/
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i

/**
 * Whether a request comes from a person at this machine. False for a local proxy that forwards others' requests, a page of another site in a
 * local browser, and a foreign host name that resolves to this machine.
 */
export function isLoopback({ socket, headers, httpVersion }: IncomingMessage): boolean {
  if (!LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '')) return false
  // nginx in its default configuration adds no header but uses HTTP/1.0
  if (httpVersion === '1.0' || Object.keys(headers).some((name) => PROXY_HEADER.test(name))) return false
  if (!LOOPBACK_HOST.test(headers.host ?? '')) return false
  return headers.origin === undefined || (URL.canParse(headers.origin) && LOOPBACK_HOST.test(new URL(headers.origin).host))
}
