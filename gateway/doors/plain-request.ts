/**
 * Serves a request that offers to upgrade to a protocol other than WebSocket (`Upgrade: h2c` of curl and Java's HttpClient) as plain HTTP/1.1,
 * as RFC 9110, 7.8 allows. Node hands over the socket of every request with an upgrade, so the request is read again without it.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** Node silently drops headers beyond its limit (2000 names and values); one of them may have been the body's length. */
const MOST_HEADERS = 2000
const UPGRADE_HEADERS = /^(?:upgrade|http2-settings)$/i

/** The protocols to which the request offers to switch, in lower case and without versions. */
export const protocolsOf = ({ headers }: IncomingMessage): string[] =>
  (headers.upgrade ?? '').split(',').map((protocol) => protocol.trim().split('/')[0]!.toLowerCase())

/** `head`: the bytes after the headers. Returns false if the request may have lost headers and cannot be read again. */
export function servePlainly(server: Server, request: IncomingMessage, { socket, head }: { socket: Duplex; head: Buffer }): boolean {
  const { rawHeaders, method, url, httpVersion } = request
  if (rawHeaders.length >= MOST_HEADERS) return false
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at]!, rawHeaders[at + 1]!]
    if (!UPGRADE_HEADERS.test(name)) lines.push(`${name}: ${/^connection$/i.test(name) ? withoutUpgrade(value) : value}`)
  }
  // latin1, as Node has read them
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
  return true
}

const withoutUpgrade = (connection: string): string =>
  connection
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '' && !UPGRADE_HEADERS.test(option))
    .join(', ')
