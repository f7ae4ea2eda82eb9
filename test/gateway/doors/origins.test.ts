/** Which pages may connect, however the operator and the browser write their origins, over every transport and with every request. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { readConfig, SettingError } from '../../../gateway/config.ts'
import { Origins } from '../../../gateway/doors/admit/origins.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { WireClient, TRANSPORTS } from '../../kit/wire-client.ts'

const allow = (list: string, origin: string | undefined, host = 'chat.example', scheme?: string): boolean =>
  new Origins(list).allow({ origin, host, scheme })

describe('a list', () => {
  test.each([
    ['HTTPS://Shop.Example', 'https://shop.example'],
    ['https://shop.example:443', 'https://shop.example'],
    ['http://shop.example:80/', 'http://shop.example'],
    ['https://shop.example:8443', 'https://shop.example:8443'],
    ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
    ['https://XN--MNCHEN-3YA.example', 'https://xn--mnchen-3ya.example'],
    ['https://*.shop.example', 'https://a.shop.example'],
    ['HTTPS://*.Shop.Example:443', 'https://www.shop.example'],
    ['https://*.münchen.example', 'https://laden.xn--mnchen-3ya.example'],
    ['http://*.localhost:3000', 'http://a.localhost:3000'],
    ['https://*.shop.example:8443', 'https://a.shop.example:8443'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['Ionic://LocalHost', 'ionic://localhost'],
    ['null', 'null'],
    ['http://127.0.0.1:5173', 'http://127.0.0.1:5173'],
    ['https://a.example, https://b.example', 'https://b.example'],
    ['https://shop_1.example', 'https://shop_1.example'],
    // native apps and servers send no origin
    ['https://shop.example', undefined],
    ['*', 'null'],
    ['*', 'https://any.example'],
  ])('%s lets %s connect', (list, origin) => {
    expect(readConfig({ ORIGINS: list }).ORIGINS).toBe(list)
    expect(allow(list, origin)).toBe(true)
  })

  test.each([
    ['https://shop.example', 'http://shop.example'],
    ['https://shop.example', 'https://shop.example:8443'],
    ['https://shop.example', 'https://shop.example.evil.example'],
    ['https://shop.example', 'null'],
    ['https://shop.example', ''],
    ['https://*.shop.example', 'https://shop.example'],
    ['https://*.shop.example', 'https://a.b.shop.example'],
    ['https://*.shop.example', 'https://.shop.example'],
    ['https://*.shop.example', 'https://evilshop.example'],
    ['https://*.shop.example', 'http://a.shop.example'],
    ['https://*.shop.example', 'https://a.shop.example:8443'],
    ['https://*.shop.example', 'https://a.shop.example.evil.example'],
    ['https://*.shop.example', 'https://evil.example/.shop.example'],
    ['https://*.shop.example', 'https://evil.example:1.shop.example'],
    ['https://*.shop.example', 'https://x@a.shop.example'],
    ['', 'https://shop.example'],
    ['', 'null'],
    ['', 'file://'],
    ['https://shop.example', 'https://shop.example/page'],
  ])('%s does not let %s connect', (list, origin) => expect(allow(list, origin)).toBe(false))

  test.each([
    'shop.example.com',
    '*.shop.example',
    'https://shop.example/page',
    'https://shop.example?x',
    'https://shop.example#x',
    'https://me@shop.example',
    'https://*',
    'https://*.',
    'https://*.com',
    'https://*shop.example',
    'https://a.*.example',
    'https://*.*.shop.example',
    'https://shop.*',
    'https://*.shop.example/x',
    '*://shop.example',
    'https://shop.example:*',
    'https://shop.example:99999',
    'file://',
    'file:///x',
    'wss://shop.example',
    'https://a.example https://b.example',
    'https://a.example;https://b.example',
    'https://a;b',
    '"https://shop.example"',
    'https://',
    '://',
    ',',
    'https://*.1.2.3.4',
    'https://shop..example',
    'https:shop.example',
    'data:x',
    'https://[::1',
    'https://shop.example\\x',
    'null.example',
  ])('%s is refused at the start, in a sentence', (list) => {
    const read = (): unknown => readConfig({ ORIGINS: list })
    expect(read).toThrow(SettingError)
    expect(read).toThrow(/^ORIGINS .*\.$/)
  })
})

test.each([
  ['https://chat.example', 'chat.example', undefined, true],
  ['https://chat.example', 'Chat.Example:443', undefined, true],
  ['http://chat.example', 'chat.example:80', undefined, true],
  ['https://chat.example:8443', 'chat.example:8443', undefined, true],
  ['https://chat.example:8443', 'chat.example', undefined, false],
  ['http://chat.example', 'chat.example', 'https', false],
  ['https://chat.example', 'chat.example', 'https', true],
  ['https://chat.example', 'chat.example', 'http', true],
  ['https://evil.example', 'chat.example', 'https', false],
  ['capacitor://chat.example', 'chat.example', undefined, false],
  ['https://chat.example', undefined, undefined, false],
  ['null', 'null', undefined, false],
] as const)('a page of %s asked at host %s (%s told) is of the same host: %s', (origin, host, scheme, isSame) => {
  expect(new Origins('').allow({ origin, host, scheme })).toBe(isSame)
})

describe('a gateway behind a proxy that changes the host', () => {
  let gateway: StartedGateway
  beforeAll(async () => {
    gateway = await startGateway({ TRUST_PROXY: '1', ORIGINS: 'https://*.shop.example', API_KEY: 'key' })
  })
  afterAll(() => gateway.stop())
  const told = { 'x-forwarded-host': 'chat.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' }
  const guest = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${gateway.url}/v1/guests`, { method: 'POST', headers })).status

  test('accepts a page of the host that the visitor asked for', async () => {
    expect(await guest({ ...told, origin: 'https://chat.example' })).toBe(200)
    expect(await guest({ ...told, origin: 'http://chat.example' })).toBe(403)
    expect(await guest({ ...told, origin: 'https://evil.example' })).toBe(403)
    expect(await guest({ ...told, 'x-forwarded-host': 'evil.example, chat.example', origin: 'https://evil.example' })).toBe(403)
    expect(await guest({ ...told, origin: 'https://a.shop.example' })).toBe(200)
  })

  test('ignores forwarded headers when no proxy is trusted', async () => {
    const direct = await startGateway({ ORIGINS: 'https://shop.example' })
    onTestFinished(() => direct.stop())
    const response = await fetch(`${direct.url}/v1/guests`, { method: 'POST', headers: { ...told, origin: 'https://chat.example' } })
    expect(response.status).toBe(403)
  })
})

describe('every request', () => {
  let gateway: StartedGateway
  beforeAll(async () => {
    gateway = await startGateway({ ORIGINS: 'https://shop.example, https://other.example', API_KEY: 'key' })
  })
  afterAll(() => gateway.stop())
  const engine = (query = '') => `${gateway.url}/im/?EIO=4&transport=polling${query}`
  const open = async (origin?: string): Promise<string> => {
    const body = await (await fetch(engine(), { headers: origin === undefined ? {} : { origin } })).text()
    return (JSON.parse(body.slice(1)) as { sid: string }).sid
  }
  const say = async (sid: string, origin: string | undefined): Promise<number> =>
    (await fetch(engine(sid), { method: 'POST', body: '3', headers: origin === undefined ? {} : { origin } })).status

  test('of a polling session must come from the page that opened it', async () => {
    const sid = `&sid=${await open('https://shop.example')}`
    expect(await say(sid, 'https://shop.example')).toBe(200)
    expect(await say(sid, 'https://evil.example')).toBe(403)
    expect(await say(sid, 'https://other.example')).toBe(403)
    // engine.io reads the last of two
    expect(await say(`&sid=x${sid}`, 'https://evil.example')).toBe(403)
    expect((await fetch(engine(sid), { headers: { origin: 'https://evil.example' } })).status).toBe(403)
    expect(await say(sid, 'https://shop.example')).toBe(200)
  })

  test('of a session opened without an origin must come from the first allowed page that uses it', async () => {
    const sid = `&sid=${await open()}`
    expect(await say(sid, 'https://evil.example')).toBe(403)
    expect(await say(sid, gateway.url)).toBe(200)
    expect(await say(sid, 'https://shop.example')).toBe(403)
    expect(await say(sid, undefined)).toBe(200)
  })

  test('by JSONP, which any page could read, is refused', async () => {
    const answer = await fetch(engine('&j=0'))
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'bad_request' } }])
  })

  test('of a page cannot set the headers that only a proxy sets', async () => {
    const answer = await fetch(engine(), {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-headers': 'x-mine, X-Forwarded-Host,forwarded' },
    })
    expect([answer.status, answer.headers.get('access-control-allow-headers')]).toEqual([204, 'x-mine'])
  })

  test.each(TRANSPORTS)(
    'over %s is accepted from a listed page, whatever its capitals and default port; from a foreign one it is refused with the reason',
    async (transport) => {
      const token = await gateway.pass({ sub: 'c1' })
      const page = await new WireClient(gateway.url, transport, 'https://shop.example').open()
      expect(await page.hello({ token })).toMatchObject({ identity: { id: 'c1' } })
      const foreign = await new WireClient(gateway.url, transport, 'https://evil.example').open()
      expect(await foreign.refusedHello({ token })).toMatchObject({ code: 'origin_forbidden' })
    },
  )

  test('of a foreign page that writes by REST, or reads with a key, is refused, and the page can read the reason', async () => {
    const headers = { origin: 'https://evil.example', authorization: 'Bearer key', 'content-type': 'application/json' }
    for (const path of ['guests', 'passes', 'messages', 'images', 'conversations/a~b/messages']) {
      const method = path.startsWith('conversations') ? 'GET' : 'POST'
      const answer = await fetch(`${gateway.url}/v1/${path}`, { method, headers, ...(method === 'POST' ? { body: '{}' } : {}) })
      expect([path, answer.status, await answer.json()]).toMatchObject([path, 403, { error: { code: 'origin_forbidden' } }])
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://evil.example')
    }
    expect((await fetch(`${gateway.url}/v1/openapi.json`, { headers: { origin: 'https://evil.example' } })).status).toBe(200)
  })
})
