/** Limits of REST requests, of uploaded bytes, of watched sides and of new connections; and what a flood leaves in the log. */
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { AppOptions } from '../../../gateway/app.ts'
import { DEMO_WORD, startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { PICTURES } from '../../kit/pictures.ts'
import { WireClient } from '../../kit/wire-client.ts'

const started: StartedGateway[] = []
const start = async (environment: Record<string, string>, options: AppOptions = {}): Promise<StartedGateway> => {
  const gateway = await startGateway(environment, options)
  started.push(gateway)
  return gateway
}
afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.stop()
})

const few = (burst: number) => ({ perMinute: 1, burst })
const KEY = 'the key of a backend, long enough'

interface No {
  readonly error?: { readonly code: string; readonly retry: boolean; readonly afterMs: number }
}

const post = (url: string, headers: Record<string, string>, body: BodyInit = '{}'): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

async function limited(response: Response): Promise<void> {
  const { error } = (await response.json()) as No
  expect([response.status, error?.code, error?.retry]).toEqual([429, 'rate_limited', true])
  expect(Number(response.headers.get('retry-after'))).toBe(Math.ceil(error!.afterMs / 1000))
}

describe('REST', () => {
  test('refuses a client that guesses keys with 429, while the backend with the right key goes on from the same address', async () => {
    const { url } = await start({ API_KEY: KEY, IM_SECRET: 'a secret of the operator, long enough' }, { rates: { guess: { address: few(3) } } })
    const ask = (key: string): Promise<Response> => fetch(`${url}/v1/conversations/shop:1~c1/messages`, { headers: bearer(key) })
    for (let n = 0; n < 3; n++) expect((await ask(`wrong ${n}`)).status).toBe(403)
    await limited(await ask('wrong 3'))
    await limited(await post(`${url}/v1/passes`, bearer('wrong 4')))
    await limited(await post(`${url}/v1/images`, { ...bearer('no pass'), 'content-type': 'image/png' }))
    expect((await ask(KEY)).status).toBe(200)
  })

  test("does not let the demo's word be guessed by header, cookie or link", async () => {
    const { url, pass } = await start({}, { rates: { guess: { address: few(3) } } })
    const claims = JSON.stringify({ sub: 'c1', role: 'customer' })
    for (let n = 0; n < 9; n++) await pass({ sub: 'c1' }) // a right word does not count
    expect((await post(`${url}/v1/passes`, bearer('guess'), claims)).status).toBe(403)
    expect((await post(`${url}/v1/passes`, { cookie: `im-demo-${new URL(url).port}=guess` }, claims)).status).toBe(401)
    expect((await fetch(`${url}/?word=guess`, { redirect: 'manual' })).status).toBe(200)
    await limited(await post(`${url}/v1/passes`, bearer('guess'), claims))
    await limited(await post(`${url}/v1/passes`, { cookie: `im-demo-${new URL(url).port}=guess` }, claims))
    await limited(await fetch(`${url}/?word=guess`, { redirect: 'manual' }))
    // the client does not even learn that this one is right
    await limited(await post(`${url}/v1/passes`, bearer(DEMO_WORD), claims))
    await limited(await fetch(`${url}/?word=${DEMO_WORD}`, { redirect: 'manual' }))
  })

  test("counts requests by address, a backend's by its key, and public files not at all", async () => {
    const { url } = await start({ API_KEY: KEY }, { rates: { request: { address: few(2) }, backend: { total: few(2) } } })
    for (let n = 0; n < 2; n++) expect((await post(`${url}/v1/guests`, {})).status).toBe(200)
    await limited(await post(`${url}/v1/guests`, {}))
    await limited(await post(`${url}/v1/nothing`, {}))
    expect((await fetch(`${url}/v1/openapi.json`)).status).toBe(200)
    expect((await fetch(`${url}/v1/images/none`)).status).toBe(404)
    const message = JSON.stringify({ conversation: 'shop:1~c1', body: { text: 'hello' } })
    for (let n = 0; n < 2; n++) expect((await post(`${url}/v1/messages`, bearer(KEY), message)).status).toBe(200)
    await limited(await post(`${url}/v1/messages`, bearer(KEY), message))
  })
})

describe('pictures', () => {
  const rates = (burst: number) => ({ imageBytes: { participant: few(burst), address: few(2 * burst) } })
  const large = (bytesCount: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(bytesCount)
    bytes.set(PICTURES.png)
    return bytes
  }

  test("count by their bytes for the person, guests' also for their address, without delaying others", async () => {
    const { url, pass } = await start({}, { rates: rates(250_000) })
    const add = async (token: string): Promise<Response> => post(`${url}/v1/images`, bearer(token), large(100_000))
    const one = await pass({ sub: 'c1' })
    for (let n = 0; n < 2; n++) expect((await add(one)).status).toBe(201)
    await limited(await add(one))
    expect((await add(await pass({ sub: 'c2' }))).status).toBe(201)
    const guest = async (): Promise<string> => ((await (await post(`${url}/v1/guests`, {})).json()) as { token: string }).token
    const statuses: number[] = []
    for (let n = 0; n < 7; n++) statuses.push((await add(await guest())).status)
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429, 429])
  })

  test('that announce too many bytes are refused before any is read, and do not count', async () => {
    const { url, port, pass } = await start({ IMAGES_PER_MINUTE: '3' }, { rates: rates(1_000_000) })
    const token = await pass({ sub: 'c1' })
    const head = (bytesCount: number): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1')
        socket.on('error', reject)
        socket.once('data', (data) => {
          resolve(data.toString())
          socket.destroy()
        })
        socket.write(`POST /v1/images HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${bytesCount}\r\n\r\n`)
      })
    expect((await post(`${url}/v1/images`, bearer(token), large(900_000))).status).toBe(201)
    for (let n = 0; n < 5; n++) expect(await head(900_000)).toMatch(/^HTTP\/1.1 429 [\s\S]*Retry-After: \d+[\s\S]*rate_limited/i)
    for (let n = 0; n < 2; n++) expect((await post(`${url}/v1/images`, bearer(token), bytesOf(PICTURES.png))).status).toBe(201)
  })

  test('without a size count by the bytes that arrived', async () => {
    const { url, pass } = await start({}, { rates: rates(4_300_000) })
    const token = await pass({ sub: 'c1' })
    const add = (bytes: Uint8Array): Promise<number> =>
      new Promise((resolve, reject) => {
        const request = httpRequest(
          `${url}/v1/images`,
          { method: 'POST', headers: { ...bearer(token), 'transfer-encoding': 'chunked' } },
          (answer) => {
            answer.resume()
            resolve(answer.statusCode!)
          },
        )
        request.on('error', reject)
        request.end(bytes)
      })
    // each is admitted as if it had 4 MiB
    for (let n = 0; n < 3; n++) expect(await add(bytesOf(PICTURES.png))).toBe(201)
    expect(await add(large(200_000))).toBe(201)
    expect(await add(bytesOf(PICTURES.png))).toBe(429)
  })
})

const bytesOf = (buffer: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(buffer)

describe('presence', () => {
  test('counts by the sides asked for, however many commands name them', async () => {
    const { url, pass } = await start({}, { rates: { presence: { participant: few(5) } } })
    const arrive = async (sub: string): Promise<WireClient> => {
      const client = await new WireClient(url, 'ws').open()
      await client.hello({ token: await pass({ sub }) })
      return client
    }
    const shops = (count: number) => ({ of: Array.from({ length: count }, (_, n) => `shop:${n}`) })
    const one = await arrive('c1')
    expect(Object.keys((await one.command('presence', shops(4))).presence)).toHaveLength(4)
    expect((await one.ask('presence', shops(2))).error).toMatchObject({ code: 'rate_limited', retry: true, afterMs: expect.any(Number) })
    expect(Object.keys((await one.command('presence', shops(1))).presence)).toHaveLength(1)
    expect(Object.keys((await (await arrive('c2')).command('presence', shops(5))).presence)).toHaveLength(5)
  })
})

describe('connections', () => {
  test('count by address, except those of people with a signed pass', async () => {
    const { url, pass } = await start({}, { rates: { session: { address: few(3) } } })
    for (let n = 0; n < 4; n++) {
      const wireClient = await new WireClient(url, 'ws').open()
      await wireClient.hello({ token: await pass({ sub: `c${n}` }) })
    }
    for (let n = 0; n < 3; n++) await new WireClient(url, 'ws').open()
    const polling = await fetch(`${url}/im/?EIO=4&transport=polling`)
    await limited(polling)
    const upgrade = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
      socket.on('error', reject)
      socket.once('data', (data) => resolve(data.toString()))
      socket.write(
        'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      )
    })
    expect(upgrade).toMatch(/^HTTP\/1.1 429 [\s\S]*Retry-After: \d+[\s\S]*"code":"rate_limited"/)
  })
})
