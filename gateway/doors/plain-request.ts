/**
 * A request that asks for a protocol other than WebSocket (`Upgrade: h2c` of curl and Java's HttpClient) is served as the plain HTTP/1.1
 * it is as well: RFC 9110, 7.8. Node hands over the socket of every request that asks for anything, so it is read once more without the ask.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** Node drops headers beyond its limit (2000 names and values) without a word; one of them may have been the body's length. */
const MOST_HEADERS = 2000
const ASKS = /^(?:upgrade|http2-settings)$/i

/** What it would switch to, in small letters and without versions. */
export const protocolsOf = ({ headers }: IncomingMessage): string[] =>
  (headers.upgrade ?? '').split(',').map((protocol) => protocol.trim().split('/')[0]!.toLowerCase())

/** `head`: what came behind its headers. False: it cannot be told exactly what came. */
export function servePlainly(server: Server, request: IncomingMessage, { socket, head }: { socket: Duplex; head: Buffer }): boolean {
  const { rawHeaders, method, url, httpVersion } = request
  if (rawHeaders.length >= MOST_HEADERS) return false
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at]!, rawHeaders[at + 1]!]
    if (!ASKS.test(name)) lines.push(`${name}: ${/^connection$/i.test(name) ? withoutAsk(value) : value}`)
  }
  // as Node read them: a byte a letter
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
  return true
}

const withoutAsk = (options: string): string =>
  options
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '' && !ASKS.test(option))
    .join(', ')
