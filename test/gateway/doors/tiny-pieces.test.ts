import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { UpgradeRouter } from '../../../gateway/doors/upgrade-router.ts'

const ends: (() => unknown)[] = []
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end()
})

/** A connection that has written the head of a request; `ended` resolves however it ends. */
async function post(listener: RequestListener): Promise<{ socket: Socket; text: () => string; ended: Promise<void> }> {
  const server = new UpgradeRouter().server(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  ends.push(() => {
    socket.destroy()
    server.close()
    server.closeAllConnections()
  })
  let text = ''
  socket.on('data', (data: Buffer) => {
    text += data.toString()
  })
  const ended = new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error']) socket.on(event, () => resolve())
  })
  socket.write('POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
  return { socket, text: () => text, ended }
}

const pieces = (count: number, bytes: number): string => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`.repeat(count)
const LAST = '0\r\n\r\n'

interface Parser {
  readonly constructor: { readonly kOnBody: number }
  [callback: number]: unknown
}
const parserOf = (socket: Socket) => (socket as Socket & { parser: Parser }).parser
const onBodyOf = (parser: Parser) => parser[parser.constructor.kOnBody]
/** Parsers of connections that were cut: Node keeps them for others. */
const used = new Set<Parser>()

describe('a body in tiny pieces', () => {
  test.each([
    ['some pieces', pieces(60, 1)],
    ['many pieces that are not tiny', pieces(20_000, 32)],
  ])('of %s is served', async (_, body) => {
    const { socket, text, ended } = await post((request, response) => void request.resume().on('end', () => response.end('served')))
    socket.end(body + LAST)
    await ended
    expect(text()).toContain('served')
  })

  test.each([
    ['read', (request) => void request.resume()],
    ['refused before it has come', (_, response) => void response.writeHead(429).end()],
  ] as [string, RequestListener][])('of a million pieces that is %s is cut soon', async (_, listener) => {
    const { socket, ended } = await post(listener)
    let isCut = false
    const cut = ended.then(() => {
      isCut = true
    })
    for (let written = 0; written < 1_000_000 && !isCut; written += 10_000) {
      socket.write(pieces(10_000, 1))
      await wait(1)
    }
    await Promise.race([cut, wait(5000)])
    expect(isCut).toBe(true)
  })

  test('once cut, is passed over to the end of what was read, and leaves the parser as the next connection needs it', async () => {
    const silenced: boolean[] = []
    const first = await post((request) => {
      const { socket } = request.resume()
      const parser = parserOf(socket)
      expect(onBodyOf(parser)).toBeTypeOf('function')
      const destroy = socket.destroy.bind(socket)
      socket.destroy = (error) => {
        silenced.push(onBodyOf(parser) === null)
        return destroy(error)
      }
      socket.once('close', () => silenced.push(onBodyOf(parser) === null))
      used.add(parser)
    })
    first.socket.write(pieces(10_000, 1))
    await first.ended
    await expect.poll(() => silenced).toEqual([true, false])
    const next = await post((request, response) => {
      const isUsed = used.has(parserOf(request.socket))
      let bytes = 0
      request.on('data', ({ length }: Buffer) => (bytes += length)).on('end', () => response.end(`again: ${isUsed}, bytes: ${bytes}`))
    })
    next.socket.end(pieces(1, 64) + LAST)
    await next.ended
    expect(next.text()).toContain('again: true, bytes: 64')
  })
})
