/** The server below all doors, with real sockets: the requests, memory and time that a connection may use. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { UpgradeRouter } from '../../../gateway/doors/upgrade-router.ts'
import { HTTP_LIMITS, type HttpLimits } from '../../../gateway/doors/http-limits.ts'
import { SlowRequests } from '../../../gateway/doors/slow-requests.ts'
import { ConcurrencyLimit } from '../../../gateway/doors/admit/concurrency-limit.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'

vi.setConfig({ testTimeout: 30_000 })

const run = promisify(execFile)
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const echo: RequestListener = (request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString()
  })
  request.on('end', () =>
    response.end(`${request.method} ${request.url} [${body}] upgrade=${request.headers.upgrade} ${request.headers.connection}\n`),
  )
}

async function serve(listener: RequestListener = echo, limits: Partial<HttpLimits> = {}): Promise<{ port: number; server: Server }> {
  const server = new UpgradeRouter().server(listener, { limits: { ...HTTP_LIMITS, ...limits } })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { port: (server.address() as AddressInfo).port, server }
}

async function gateway(environment: Record<string, string> = {}): Promise<StartedGateway> {
  const started = await startGateway(environment)
  ends.push(() => started.stop())
  return started
}

interface Far {
  readonly socket: Socket
  /** Everything received so far. */
  text(): string
  until(mark: string): Promise<string>
}

/** Stays open when the other side closes. */
function dial(port: number): Far {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  let onMore = (): void => undefined
  socket
    .on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      onMore()
    })
    .on('close', () => onMore())
    .on('error', () => undefined)
  ends.push(() => socket.destroy())
  return {
    socket,
    text: () => text,
    until: async (mark) => {
      while (!text.includes(mark)) {
        if (socket.closed) throw new Error(`The connection ended before "${mark}":\n${text}`)
        await new Promise<void>((resolve) => {
          onMore = resolve
        })
      }
      return text
    },
  }
}

const closed = (socket: Socket): Promise<unknown> => (socket.closed ? Promise.resolve() : once(socket, 'close'))

const H2C = 'Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n'

describe('an upgrade that is no WebSocket is ignored', () => {
  test.each([
    ['h2c', H2C],
    ['in other letters', H2C.replace('h2c', 'H2C')],
    ['an unknown one', H2C.replace('h2c', 'TLS/1.0, IRC/6.9')],
    ['a list with websocket, where there is none', H2C.replace('h2c', 'h2c, WebSocket')],
    ['names in capitals', H2C.toUpperCase()],
  ])('%s: with and without a body, again and again on one connection', async (_name, ask) => {
    const { port } = await serve()
    const far = dial(port)
    for (let n = 0; n < 15; n++) {
      far.socket.write(`GET /get-${n} HTTP/1.1\r\n${ask}\r\n`)
      await far.until(`GET /get-${n} [] upgrade=undefined`)
      far.socket.write(`POST /post-${n} HTTP/1.1\r\n${ask}Content-Length: 4\r\n\r\nbo`)
      far.socket.write('dy')
      await far.until(`POST /post-${n} [body]`)
      far.socket.write(`POST /chunks-${n} HTTP/1.1\r\n${ask}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`)
      await far.until(`POST /chunks-${n} [abc]`)
    }
    expect(far.text()).not.toContain('HTTP2')
  })

  test('and pipelined requests are all answered in order', async () => {
    const late: (() => void)[] = []
    const { port } = await serve((request, response) => {
      if (request.url === '/late') late.push(() => response.end('late\n'))
      else echo(request, response)
    })
    const far = dial(port)
    const get = (path: string, ask = 'Host: x\r\n'): string => `GET ${path} HTTP/1.1\r\n${ask}\r\n`
    const post = `POST /c HTTP/1.1\r\n${H2C}Content-Length: 2\r\n\r\nhi`
    far.socket.write(get('/late') + get('/a', H2C) + get('/b') + post + get('/d', H2C) + get('/e', H2C))
    await expect.poll(() => late.length).toBe(1)
    late[0]!()
    const text = await far.until('/e ')
    expect(text.match(/late|(?:GET|POST) \/\w/g)).toEqual(['late', 'GET /a', 'GET /b', 'POST /c', 'GET /d', 'GET /e'])
  })

  test("and the connection is kept alive or closed as the request's headers ask", async () => {
    const { port } = await serve()
    const far = dial(port)
    far.socket.write(`GET /a HTTP/1.1\r\n${H2C.replace('Upgrade, ', 'close, upgrade, ')}\r\n`)
    await once(far.socket, 'end')
    expect(far.text()).toContain('GET /a [] upgrade=undefined close')
  })

  test('but a head of which Node dropped a part is refused, because that part may give the length of the body', async () => {
    const { port } = await serve()
    const far = dial(port)
    far.socket.write(`POST /a HTTP/1.1\r\n${H2C}${'a: b\r\n'.repeat(1200)}Content-Length: 30\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n`)
    await once(far.socket, 'end')
    expect(far.text()).toMatch(/^HTTP\/1\.1 431 /)
    expect(far.text()).not.toContain('/b')
  })

  test('stock curl --http2 reads, writes and polls, several times on one connection', async () => {
    const { url } = await gateway()
    const curl = async (...args: string[]): Promise<string> => (await run('curl', ['-sS', '--http2', '-m', '10', ...args])).stdout
    const format = '\n%{http_code} %{http_version} %{num_connects}\n'
    const ready = await curl('-w', format, `${url}/readyz`, `${url}/readyz`, `${url}/healthz`)
    expect(ready.match(/^200 1\.1 \d/gm)).toEqual(['200 1.1 1', '200 1.1 0', '200 1.1 0'])
    const json = ['-H', 'content-type: application/json']
    const guests = await curl('-w', format, ...json, '-d', '{"name":"Ann"}', `${url}/v1/guests`, `${url}/v1/guests`)
    expect(guests.match(/"sub":"guest-/g)).toHaveLength(2)
    expect(guests.match(/^200 1\.1 \d/gm)).toEqual(['200 1.1 1', '200 1.1 0'])
    const handshake = await curl(`${url}/im/?EIO=4&transport=polling`)
    const { sid } = JSON.parse(handshake.slice(1)) as { sid: string }
    expect(await curl('-H', 'content-type: text/plain', '--data-binary', '40{}', `${url}/im/?EIO=4&transport=polling&sid=${sid}`)).toBe('ok')
    expect(await curl(`${url}/im/?EIO=4&transport=polling&sid=${sid}`)).toContain('pass_required')
  })

  test('while a WebSocket opens, in any case of letters and from a list', async () => {
    const { port } = await gateway()
    for (const upgrade of ['websocket', 'WebSocket', 'h2c, websocket']) {
      for (const path of ['/ws', '/im/?EIO=4&transport=websocket']) {
        const far = dial(port)
        far.socket.write(
          `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n` +
            'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        )
        expect(await far.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /)
      }
    }
  })
})

describe('a refused upgrade', () => {
  test('is answered and closed even when its other side never closes: three hundred of each kind', async () => {
    const { port } = await gateway()
    const ask = (path: string, version = 13): string =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: ${version}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
    const kinds = [
      ask('/nope'),
      ask('/ws', 7),
      ask('/im/?EIO=3&transport=websocket'),
      ask('/im/?EIO=4&transport=websocket&sid=none'),
      ask('/im/?EIO=4'),
    ]
    const fars = kinds.flatMap((kind) =>
      Array.from({ length: 60 }, () => {
        const far = dial(port)
        far.socket.write(kind + 'and something that nobody reads')
        return far
      }),
    )
    await Promise.all(fars.map(({ socket }) => once(socket, 'end')))
    for (const far of fars) expect(far.text()).toMatch(/HTTP\/1\.1 4\d\d /)
    // a closed socket answers further bytes with a reset
    await expect
      .poll(
        () => {
          for (const { socket } of fars) socket.write('x')
          return fars.filter(({ socket }) => !socket.closed).length
        },
        { timeout: 3000 },
      )
      .toBe(0)
  })
})

describe('a connection has limits', () => {
  test('of its head, and of silence before it', async () => {
    const { port } = await serve(echo, { headMs: 200 })
    const [silent, slow] = [dial(port), dial(port)]
    slow.socket.write('GET / HTTP/1.1\r\nHost:')
    const drip = setInterval(() => slow.socket.write('x'), 20)
    ends.push(() => clearInterval(drip))
    await Promise.all([silent.until('408'), slow.until('408')])
    for (const { socket } of [silent, slow]) socket.end()
    await Promise.all([closed(silent.socket), closed(slow.socket)])
  })

  test('of requests that wait for their answers', async () => {
    let count = 0
    const { port } = await serve(() => {
      count++
    })
    const [one, many] = [dial(port), dial(port)]
    one.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(16))
    many.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(17))
    await Promise.race([once(many.socket, 'end'), closed(many.socket)])
    expect([count, one.socket.readableEnded]).toEqual([32, false])
  })

  test('of time for an answer that the client does not read; a slow reader gets the whole', async () => {
    const bytes = Buffer.alloc(16_000_000, 'x')
    const { port } = await serve((_request, response) => response.end(bytes), { answerMs: 400 })
    const [stuck, slow] = [dial(port), dial(port)]
    stuck.socket.pause()
    for (const { socket } of [stuck, slow]) socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    let got = 0
    slow.socket.on('data', (chunk: Buffer) => {
      got += chunk.length
      slow.socket.pause()
      setTimeout(() => slow.socket.resume(), 5)
    })
    await once(slow.socket, 'end')
    expect(got).toBeGreaterThan(bytes.length)
    // bytes that the client writes do not count as reading; empty lines before a request are allowed
    await expect
      .poll(
        () => {
          stuck.socket.write('\r\n')
          return stuck.socket.closed
        },
        { timeout: 4000 },
      )
      .toBe(true)
  })

  test('of silence; a poll that waits for less stays open', async () => {
    const { port } = await serve(
      (request, response) => {
        setTimeout(() => response.end('late'), Number(request.url!.slice(1)))
      },
      { silenceMs: 600 },
    )
    const [poll, dead] = [dial(port), dial(port)]
    poll.socket.write('GET /300 HTTP/1.1\r\nHost: x\r\n\r\n')
    dead.socket.write('GET /5000 HTTP/1.1\r\nHost: x\r\n\r\n')
    await poll.until('late')
    await once(dead.socket, 'end')
    expect(dead.text()).toBe('')
  })

  test('of silence between two requests', async () => {
    const { port } = await serve(echo, { keepAliveMs: 100 })
    const far = dial(port)
    far.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(far.socket, 'end')
    expect(far.text()).toContain('GET /')
  })
})

describe('bodies', () => {
  /** `at` moves the clock by which slow bodies are measured. */
  function watched(): { bodies: SlowRequests; at: (ms: number) => void; listener: RequestListener } {
    let now = 0
    const bodies = new SlowRequests(HTTP_LIMITS, () => now)
    return {
      bodies,
      at: (ms) => {
        now = ms
        bodies.check()
      },
      listener: (request, response) => {
        response.once('close', bodies.watch(request, response))
        if (request.url === '/no') return void response.end('no')
        request.resume().on('end', () => response.end('all'))
      },
    }
  }

  const post = (path: string, length: number): string => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`

  test('that come too slowly are cut; a slow phone has enough time', async () => {
    const { at, listener } = watched()
    const { port, server } = await serve(listener)
    let received = 0
    server.on('connection', (socket: Socket) =>
      socket.on('close', () => {
        received += socket.bytesRead
      }),
    )
    const [drip, phone, done] = [dial(port), dial(port), dial(port)]
    for (const { socket } of [drip, phone]) socket.write(post('/', 300_000))
    done.socket.write(`${post('/', 1)}x`)
    await done.until('all')
    // a fast beginning does not excuse a slow rest
    drip.socket.write(Buffer.alloc(200_000))
    for (const second of [0, 20, 40, 60, 80]) {
      drip.socket.write('x')
      phone.socket.write(Buffer.alloc(11_000))
      await wait(30)
      at(second * 1000)
    }
    await closed(drip.socket.resume().end())
    phone.socket.write(Buffer.alloc(300_000 - 5 * 11_000))
    await phone.until('all')
    expect(done.socket.closed).toBe(false)
  })

  test('that are refused are read on for a while, so that the client can read the refusal', async () => {
    const { at, listener } = watched()
    const { port } = await serve(listener)
    const far = dial(port)
    far.socket.write(post('/no', 4_000_000) + 'x'.repeat(100_000))
    await far.until('no')
    at(HTTP_LIMITS.lingerMs)
    far.socket.write('x')
    await wait(30)
    expect(far.socket.readableEnded).toBe(false)
    at(HTTP_LIMITS.lingerMs + 1)
    await once(far.socket, 'end')
  })

  test('share a limit of bytes, each frees its share at its end, and one beyond the limit is refused with a time to retry', async () => {
    const bodies = { address: 100_000, total: 1_000_000 }
    const { port } = await serve(echo, { bodies, leastBytes: 20_000 })
    const open = [post('/', 60_000), post('/', 3)].map((head) => {
      const far = dial(port)
      far.socket.write(head)
      return far
    })
    await wait(50)
    const no = dial(port)
    no.socket.write(`POST / HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nTransfer-Encoding: chunked\r\n\r\n`)
    const text = await no.until('}}')
    no.socket.destroy()
    expect(text).toMatch(/^HTTP\/1\.1 429 /)
    expect(text).toMatch(/retry-after: 2\r\n/i)
    expect(text).toMatch(/access-control-allow-origin: https:\/\/shop.example\r\n/i)
    expect(JSON.parse(/{.*}}/.exec(text)![0])).toEqual({
      error: {
        code: 'rate_limited',
        message: expect.stringContaining('under way') as string,
        retry: true,
        afterMs: 2000,
      },
    })
    open[0]!.socket.destroy()
    open[1]!.socket.write('abc')
    await open[1]!.until('[abc]')
    const next = dial(port)
    await expect
      .poll(async () => {
        next.socket.write(`${post('/', 90_000)}${'x'.repeat(90_000)}`)
        return (await next.until('HTTP/1.1')).includes('200 OK')
      })
      .toBe(true)
  })

  test('have a limit for each address, unless addresses are not known', () => {
    const room = new ConcurrencyLimit({ address: 10, total: 15 })
    const give = room.take('a', 10)!
    expect([room.take('a', 1), room.take('b', 6)]).toEqual([undefined, undefined])
    expect(room.take('b', 5)).toBeDefined()
    give()
    give()
    expect([room.total, room.take('a', 10) === undefined]).toEqual([5, false])
    const shared = new ConcurrencyLimit({ address: 10, total: 15 }, { hasAddresses: false })
    expect([shared.take('a', 15) === undefined, shared.take('b', 1)]).toEqual([false, undefined])
  })
})
