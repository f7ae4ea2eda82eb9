import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { LIMITS } from '../../../gateway/protocol/limits.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { PICTURES } from '../../kit/pictures.ts'

vi.setConfig({ testTimeout: 30_000 })

const started: StartedGateway[] = []
const start = async (environment: Record<string, string> = {}): Promise<StartedGateway> => {
  const gateway = await startGateway(environment)
  started.push(gateway)
  return gateway
}
afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.stop()
})

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: { readonly url: string; readonly error?: { readonly code: string; readonly message: string } }
}

const add = async (url: string, bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<Answer> => {
  const response = await fetch(`${url}/v1/images`, { method: 'POST', body: bytes, headers })
  return { status: response.status, headers: response.headers, json: (await response.json()) as Answer['json'] }
}
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })
const bytesOf = (buffer: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(buffer)

test.each([
  ['png', 'image/png', 40, 30],
  ['jpeg', 'image/jpeg', 40, 30],
  ['gif', 'image/gif', 4, 3],
  ['webpLossy', 'image/webp', 40, 30],
] as const)('a %s is stored and served as %s, whatever its name, and may run no script', async (name, type, width, height) => {
  const { url, pass } = await start()
  const token = await pass({ sub: 'c1' })
  const answer = await add(url, bytesOf(PICTURES[name]), { ...bearer(token), 'content-type': 'text/html', origin: 'https://shop.example' })
  expect(answer).toMatchObject({ status: 201, json: { width, height } })
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example')
  expect(answer.json.url).toMatch(/^\/v1\/images\/[\w-]{24}$/)
  const shown = await fetch(url + answer.json.url)
  expect(Buffer.from(await shown.arrayBuffer()).equals(PICTURES[name])).toBe(true)
  expect(Object.fromEntries(shown.headers)).toMatchObject({
    'content-type': type,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'public, max-age=31536000, immutable',
    'cross-origin-resource-policy': 'cross-origin',
  })
})

test('a client that has the image gets 304, also when a proxy has weakened its ETag', async () => {
  const { url, pass } = await start()
  const { json } = await add(url, bytesOf(PICTURES.png), bearer(await pass({ sub: 'c1' })))
  const ask = async (path: string, tag: string): Promise<number> => (await fetch(url + path, { headers: { 'if-none-match': tag } })).status
  const etag = (await fetch(url + json.url)).headers.get('etag')!
  for (const tag of [etag, `W/${etag}`, `"other", W/${etag}`, '*']) expect(await ask(json.url, tag)).toBe(304)
  expect(await ask(json.url, '"other"')).toBe(200)
  expect(await ask('/v1/images/none', '"none"')).toBe(404)
})

test('a page may preflight an upload', async () => {
  const { url } = await start()
  const asked = await fetch(`${url}/v1/images`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  })
  expect(asked.status).toBe(204)
  expect(asked.headers.get('access-control-allow-headers')).toBe('content-type, authorization, idempotency-key')
})

test('a file that is no picture, or too large, is refused with the reason', async () => {
  const { url, pass } = await start()
  const headers = bearer(await pass({ sub: 'c1' }))
  const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  expect(await add(url, svg, { ...headers, 'content-type': 'image/png' })).toMatchObject({
    status: 415,
    json: { error: { code: 'image_unsupported' } },
  })
  expect(await add(url, new Uint8Array(0), headers)).toMatchObject({ status: 415, json: { error: { code: 'image_unsupported' } } })
  const long = new Uint8Array(LIMITS.imageBytes + 1)
  long.set(PICTURES.png)
  expect(await add(url, long, headers)).toMatchObject({ status: 413, json: { error: { code: 'image_too_large' } } })
  expect(await add(url, long.slice(0, LIMITS.imageBytes), headers)).toMatchObject({ status: 201 })
  const wide = bytesOf(PICTURES.gif)
  wide.set([0xff, 0xff, 0xff, 0xff], 6)
  const answer = await add(url, wide, headers)
  expect(answer).toMatchObject({ status: 413, json: { error: { code: 'image_too_large' } } })
  expect(answer.json.error?.message).toContain('50000000')
})

test('an upload without a pass, with an invalid one, or from a foreign page is refused', async () => {
  const { url } = await start({ IM_SECRET: 'a secret of the operator, long enough' })
  const other = await start()
  const foreign = bearer(await other.pass({ sub: 'c1' }))
  const png = bytesOf(PICTURES.png)
  expect(await add(url, png, {})).toMatchObject({ status: 401, json: { error: { code: 'pass_required' } } })
  expect(await add(url, png, foreign)).toMatchObject({ status: 401, json: { error: { code: 'pass_invalid' } } })
  expect(await add(url, png, { ...foreign, origin: 'https://evil.example' })).toMatchObject({
    status: 403,
    json: { error: { code: 'origin_forbidden' } },
  })
})

test("a person's uploads are limited without delaying others", async () => {
  const { url, pass } = await start({ IMAGES_PER_MINUTE: '2' })
  const [one, two] = [bearer(await pass({ sub: 'c1' })), bearer(await pass({ sub: 'c2' }))]
  const png = bytesOf(PICTURES.png)
  for (const status of [201, 201, 429]) expect((await add(url, png, one)).status).toBe(status)
  expect((await add(url, png, two)).status).toBe(201)
})

test('an address without an image is answered 404, which nobody caches', async () => {
  const { url } = await start()
  for (const id of ['x', 'a'.repeat(24), '%2e%2e%2fdemo-secret', 'a'.repeat(90)]) {
    const shown = await fetch(`${url}/v1/images/${id}`)
    expect([shown.status, shown.headers.get('cache-control'), await shown.json()]).toEqual([
      404,
      'no-store',
      {
        error: { code: 'unknown_command', message: 'There is no such command. (there is no such image)', retry: false },
      },
    ])
  }
})

/** A request whose pieces are chunks of their own. */
function post(gateway: StartedGateway, token: string, headers: string): Socket {
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined)
  socket.write(`POST /v1/images HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${headers}\r\n\r\n`)
  return socket
}

test('a picture of unknown length is read up to the limit, and the client can read the refusal', async () => {
  const gateway = await start()
  const token = await gateway.pass({ sub: 'c1' })
  for (const [size, status] of [
    [LIMITS.imageBytes, '201'],
    [LIMITS.imageBytes + 1, '413'],
  ] as const) {
    const socket = post(gateway, token, 'Transfer-Encoding: chunked')
    const bytes = Buffer.alloc(size)
    PICTURES.png.copy(bytes)
    for (let at = 0; at < size; at += 1_000_000) {
      const piece = bytes.subarray(at, at + 1_000_000)
      socket.write(`${piece.length.toString(16)}\r\n`)
      socket.write(piece)
      socket.write('\r\n')
    }
    socket.write('0\r\n\r\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    socket.destroy()
  }
})

test('each of 160 unread answers with a large picture holds one portion in memory, not the picture', async () => {
  const gateway = await start()
  const large = new Uint8Array(LIMITS.imageBytes)
  large.set(PICTURES.png)
  const { json } = await add(gateway.url, large, bearer(await gateway.pass({ sub: 'c1' })))
  await (await fetch(gateway.url + json.url)).arrayBuffer()
  const before = process.memoryUsage().arrayBuffers
  // socket buffers take one such picture or two
  const readers = Array.from({ length: 20 }, () => {
    const socket = connect(gateway.port, '127.0.0.1')
      .on('error', () => undefined)
      .pause()
    socket.write(`GET ${json.url} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(8))
    return socket
  })
  // a client that reads is served meanwhile
  for (let n = 0; n < 5; n++) expect((await (await fetch(gateway.url + json.url)).arrayBuffer()).byteLength).toBe(LIMITS.imageBytes)
  const grown = process.memoryUsage().arrayBuffers - before
  for (const socket of readers) socket.destroy()
  expect(grown).toBeLessThan(120_000_000) // uncollected garbage included; whole pictures would be 640 MB
})
