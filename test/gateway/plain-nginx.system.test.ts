/** A real nginx with nothing but a `proxy_pass` in front of one gateway on the same machine: the host is changed, no header is added. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { DEMO_WORD, spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { startPlainNginx, type Nginx } from '../kit/nginx.ts'
import { WireClient } from '../kit/wire-client.ts'

const FORWARDED = [
  'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
  'proxy_set_header X-Forwarded-Host $http_host;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
].join(' ')

let gateway: SpawnedGateway
let nginx: Nginx
beforeAll(async () => {
  gateway = await spawnGateway({ TRUST_PROXY: '1', ORIGINS: 'https://*.shop.example', GUESTS_PER_MINUTE: '3' })
  nginx = await startPlainNginx(gateway.port)
})
afterAll(async () => {
  await nginx.stop()
  expect(await gateway.stop()).toBe(0)
})

const post = async (url: string, path: string, { headers = {}, body = {} }: { headers?: Record<string, string>; body?: object } = {}) =>
  fetch(`${url}/v1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
const AGENT = { sub: 'ann', role: 'agent', shop: '1' }

describe('with its default settings', () => {
  test("without the word the network gets no agent's pass, and no metrics", async () => {
    expect((await post(nginx.url, 'passes', { body: AGENT })).status).toBe(401)
    expect((await post(nginx.url, 'passes', { body: AGENT, headers: { host: 'localhost' } })).status).toBe(401)
    expect((await post(nginx.url, 'passes', { body: AGENT, headers: { authorization: `Bearer ${DEMO_WORD}` } })).status).toBe(200)
    expect((await fetch(`${nginx.url}/metrics`)).status).toBe(404)
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(200)
  })

  test('a browser that opens a link with the word stores it in a cookie', async () => {
    const opened = await fetch(`${nginx.url}/desk.html?word=${DEMO_WORD}`, { redirect: 'manual' })
    expect([opened.status, opened.headers.get('set-cookie')]).toEqual([303, expect.stringContaining('HttpOnly; SameSite=Strict')])
    const cookie = opened.headers.get('set-cookie')!.split(';')[0]!
    expect((await post(nginx.url, 'passes', { body: AGENT, headers: { cookie } })).status).toBe(200)
  })

  test('two people chat by long polling, the only transport that it forwards', async () => {
    const customer = await new WireClient(nginx.url, 'engine.io polling').open()
    await customer.hello({ token: await gateway.pass({ sub: 'c1' }) })
    const agent = await new WireClient(nginx.url, 'engine.io polling').open()
    await agent.hello({ token: await gateway.pass({ sub: 'ann', role: 'agent', shop: '1' }) })
    await customer.command('send', { to: 'shop:1', id: 'm1', kind: 'text', body: { text: 'hello' } })
    expect(await agent.push('messagePush')).toMatchObject({ id: 'm1' })
    for (const wireClient of [customer, agent]) wireClient.close()
  })
})

describe('with the three headers about the visitor', () => {
  test('a page from the address that the visitor requested belongs to this site, others do not', async () => {
    const telling = await startPlainNginx(gateway.port, FORWARDED)
    onTestFinished(() => telling.stop())
    const pages = [
      [telling.url, undefined],
      ['https://a.shop.example', undefined],
      ['https://evil.example', 'origin_forbidden'],
    ] as const
    for (const [origin, code] of pages) {
      const wireClient = await new WireClient(telling.url, 'engine.io polling', origin).open()
      const token = await gateway.pass({ sub: 'c2' })
      if (code === undefined) expect(await wireClient.hello({ token })).toMatchObject({ identity: { id: 'c2' } })
      else expect(await wireClient.refusedHello({ token })).toMatchObject({ code })
      wireClient.close()
    }
    // without them nginx' own address is all that the gateway sees
    expect((await post(nginx.url, 'guests', { headers: { origin: nginx.url } })).status).toBe(403)
  })

  test('a visitor who sends forged addresses counts as one', async () => {
    const telling = await startPlainNginx(gateway.port, FORWARDED)
    onTestFinished(() => telling.stop())
    const statuses: number[] = []
    for (let n = 0; n < 5; n++) statuses.push((await post(telling.url, 'guests', { headers: { 'x-forwarded-for': `203.0.113.${n}` } })).status)
    expect(statuses).toContain(429)
  })
})
