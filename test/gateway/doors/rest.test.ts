import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { CODES } from '../../../gateway/protocol/codes.ts'
import { freePort } from '../../kit/free-port.ts'
import { DEMO_WORD, startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { HookedBackbone } from '../../kit/hooked-backbone.ts'
import { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
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

const post = async (url: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const json = (await response.json()) as { error?: { code: string }; token?: string; sub?: string }
  return { status: response.status, headers: response.headers, json }
}

test('an unknown path is refused in the form of all refusals', async () => {
  const { url } = await start()
  const { status, json } = await post(`${url}/v1/nothing?token=secret`, {})
  expect(status).toBe(404)
  expect(json.error).toEqual({ code: 'unknown_command', message: 'There is no such command. (POST /v1/nothing)', retry: false })
})

test.each([
  ['GET', '/v1', 404],
  ['GET', '/v1/', 404],
  ['PUT', '/v1/passes', 404],
  ['GET', '/v1/images/none', 404],
  ['GET', `/v1/images/${'x'.repeat(300)}`, 404],
  ['GET', '/v1/%zz', 400],
  ['GET', '/v1/images/%E0%A4%A', 400],
  ['POST', '/v1/passes', 400],
] as const)('%s %s has a code, a sentence and whether to try again', async (method, path, status) => {
  const { url } = await start()
  const body = method !== 'POST' ? {} : { headers: { 'content-type': 'application/json' }, body: '{' }
  const response = await fetch(url + path, { method, ...body })
  expect(response.status).toBe(status)
  expect(await response.json()).toEqual({ error: { code: expect.any(String), message: expect.any(String), retry: false } })
})

test.each([
  ['what a proxy called it', 'a-1.b_2', true],
  ['an id of its own', undefined, false],
  ['an id of its own in place of a text', 'a b', false],
  ['an id of its own in place of a long one', 'a'.repeat(65), false],
])('an answer has %s, also a refusal, and pages may read it', async (_, given, isTaken) => {
  const { url } = await start()
  const headers: Record<string, string> = { origin: url, ...(given === undefined ? {} : { 'x-request-id': given }) }
  for (const path of ['/v1/openapi.json', '/v1/nothing']) {
    const { headers: answered } = await fetch(url + path, { headers })
    expect(answered.get('access-control-expose-headers')).toContain('x-request-id')
    if (isTaken) expect(answered.get('x-request-id')).toBe(given)
    else expect(answered.get('x-request-id')).toMatch(/^[\w-]{20}$/)
  }
})

test('a refusal and a bug are in the log under the id of the answer', async () => {
  const lines: { request?: string; msg: string }[] = []
  const dataDir = await mkdtemp(join(tmpdir(), 'im-chat-'))
  const backbone = new HookedBackbone(await openEmbedded({ dataDir }))
  Object.assign(backbone.images, { get: () => Promise.reject(new TypeError('a private matter')) })
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) }
  const { log: logger } = Fastify({ logger: { level: 'warn', stream } })
  const gateway = await startGateway({ DATA_DIR: dataDir, API_KEY: 'key', ORIGINS: 'https://shop.example' }, { backbone, logger })
  started.push(gateway)
  const asked = [
    await fetch(`${gateway.url}/v1/images/${'a'.repeat(24)}`),
    await fetch(`${gateway.url}/v1/conversations/shop:1~c1/messages`, { headers: { origin: 'https://other.example', authorization: 'Bearer key' } }),
  ]
  for (const { headers } of asked) expect(lines.filter(({ request }) => request === headers.get('x-request-id'))).toHaveLength(1)
})

test('an error of the gateway is answered 500 without details, which go to the log', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'im-chat-'))
  const backbone = new HookedBackbone(await openEmbedded({ dataDir }))
  Object.assign(backbone.images, { get: () => Promise.reject(new TypeError('a private matter')) })
  const gateway = await startGateway({ DATA_DIR: dataDir, LOG_LEVEL: 'silent' }, { backbone })
  started.push(gateway)
  const response = await fetch(`${gateway.url}/v1/images/${'a'.repeat(24)}`)
  expect(response.status).toBe(500)
  expect(await response.json()).toEqual({ error: { code: 'internal', message: CODES.internal.message, retry: true } })
})

describe('passes', () => {
  test('are given to local requests in demo mode, and stay valid after a restart', async () => {
    const first = await start()
    const token = await first.pass({ sub: '7', src: 'wx', name: 'Li' })
    await first.app.close()
    started.splice(0)
    const second = await start({ DATA_DIR: first.dataDir })
    const wireClient = await new WireClient(second.url, 'ws').open()
    expect((await wireClient.hello({ token })).identity.id).toBe('wx7')
  })

  // a proxy on the same machine may add nothing that distinguishes it from a local program
  test.each([
    ['a program without the word', {}, 401],
    ['a proxy that says nothing', { host: 'shop.example' }, 401],
    ['another word', { authorization: 'Bearer another-word' }, 403],
    ['a cookie that was not given', { cookie: 'im-demo-PORT=another' }, 401],
    ['a cookie of a demo at another port', { cookie: `im-demo-1=${DEMO_WORD}; im-demo=${DEMO_WORD}` }, 401],
    ['a page of another site that a browser sends the cookie with', { cookie: `im-demo-PORT=${DEMO_WORD}`, origin: 'https://evil.example' }, 401],
  ])('are not for %s', async (_who, headers: Record<string, string>, status) => {
    const { url, port } = await start()
    const sent = { ...headers, ...('cookie' in headers ? { cookie: headers.cookie!.replace('PORT', String(port)) } : {}) }
    const answer = await post(`${url}/v1/passes`, { sub: '7', role: 'agent', shop: '1' }, sent)
    expect(answer.status).toBe(status)
    expect(answer.json.token).toBeUndefined()
  })

  test('are given to whoever opened a link with the word, which moves from the address into a cookie that no script reads', async () => {
    const { url } = await start({ ORIGINS: '' })
    const open = async (path: string) => {
      const { status, headers } = await fetch(url + path, { redirect: 'manual' })
      return [status, headers.get('location'), headers.get('set-cookie')]
    }
    const [status, location, cookie] = await open(`/desk.html?agent=bo&word=${DEMO_WORD}&name=Bo`)
    expect([status, location]).toEqual([303, '/desk.html?agent=bo&name=Bo'])
    expect(cookie).toMatch(/^im-demo-\d+=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/)
    expect((await open(`//evil.example/?word=${DEMO_WORD}`))[1]).toBe('/evil.example/')
    expect(await open('/desk.html?word=another')).toEqual([200, null, null])
    expect(await open('/desk.html')).toEqual([200, null, null])
    const minted = await post(`${url}/v1/passes`, { sub: '7', role: 'customer' }, { cookie: `a=b; ${String(cookie).split(';')[0]}`, origin: url })
    expect(minted.status).toBe(200)
  })

  test('of two demos on one host need two cookies, which do not overwrite each other', async () => {
    const jar = new Map<string, string>()
    const visit = async ({ url }: StartedGateway, word: string): Promise<void> => {
      const { headers } = await fetch(`${url}/?word=${word}`, { redirect: 'manual' })
      const [name, value] = headers.get('set-cookie')!.split(';')[0]!.split('=') as [string, string]
      jar.set(name, value)
    }
    const [one, two] = [await start({ DEMO_WORD: 'the-first-word' }), await start({ DEMO_WORD: 'the-second-word' })]
    await visit(one, 'the-first-word')
    await visit(two, 'the-second-word')
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const answers = await Promise.all([one, two].map(({ url }) => post(`${url}/v1/passes`, { sub: '7', role: 'customer' }, { cookie, origin: url })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
  })

  test('need a word that is generated once for a data folder', async () => {
    const first = await start({ DEMO_WORD: '' })
    const word = first.app.demoWord!
    expect(word).toMatch(/^[\w-]{12}$/)
    expect((await post(`${first.url}/v1/passes`, { sub: '7', role: 'customer' }, { authorization: `Bearer ${word}` })).status).toBe(200)
    await first.app.close()
    started.splice(0)
    expect((await start({ DEMO_WORD: '', DATA_DIR: first.dataDir })).app.demoWord).toBe(word)
  })

  test.each([
    ['no role', { sub: '7' }, 'role'],
    ['an agent of no shop', { sub: '7', role: 'agent' }, 'shop'],
    ['an unknown field', { sub: '7', role: 'customer', x: 1 }, 'x'],
    ['an id that is none', { sub: 'a b', role: 'customer' }, 'id'],
    ['not JSON', '{"sub":', 'JSON'],
  ])('with %s are refused, saying which', async (_what, body, word) => {
    const { url } = await start()
    const { status, json } = await post(`${url}/v1/passes`, body, { authorization: `Bearer ${DEMO_WORD}` })
    expect([400, 401]).toContain(status)
    expect(JSON.stringify(json.error)).toContain(word)
  })

  test('with a secret need the API key', async () => {
    const { url } = await start({ IM_SECRET: 'a secret of the operator, long enough', API_KEY: 'key' })
    const body = { sub: '7', role: 'customer' }
    expect((await post(`${url}/v1/passes`, body)).status).toBe(401)
    expect((await post(`${url}/v1/passes`, body, { authorization: 'Bearer wrong' })).status).toBe(403)
    const { status, json } = await post(`${url}/v1/passes`, body, { authorization: 'Bearer key' })
    expect(status).toBe(200)
    const wireClient = await new WireClient(url, 'ws').open()
    expect((await wireClient.hello({ token: json.token })).identity.id).toBe('7')
  })
})

describe('guests', () => {
  test('get a pass of their own, up to the limit of their address', async () => {
    const { url } = await start({ GUESTS_PER_MINUTE: '2' })
    const one = await post(`${url}/v1/guests`, { name: 'Visitor' }, { origin: 'https://shop.example' })
    const two = await post(`${url}/v1/guests`, {})
    expect(one.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(one.json.sub).not.toBe(two.json.sub)
    const wireClient = await new WireClient(url, 'ws').open()
    const { identity } = await wireClient.hello({ token: one.json.token })
    expect(identity).toMatchObject({ role: 'customer', name: 'Visitor', id: one.json.sub })
    const three = await post(`${url}/v1/guests`, {})
    expect(three).toMatchObject({ status: 429, json: { error: { code: 'rate_limited' } } })
    expect(Number(three.headers.get('retry-after'))).toBeGreaterThan(20)
  })

  test('get no pass from a foreign page, nor where guests are switched off', async () => {
    const { url } = await start({ IM_SECRET: 'a secret of the operator, long enough' })
    const foreign = await post(`${url}/v1/guests`, {}, { origin: 'https://evil.example' })
    expect(foreign).toMatchObject({ status: 403, json: { error: { code: 'origin_forbidden' } } })
    expect(await (await post(`${(await start({ GUESTS: 'off' })).url}/v1/guests`, {})).json).toMatchObject({ error: { code: 'pass_required' } })
  })
})

test('a backend reads a history and adds a message', async () => {
  const { url, pass } = await start({ API_KEY: 'key' })
  const authorization = { authorization: 'Bearer key' }
  const customer = await new WireClient(url, 'ws').open()
  await customer.hello({ token: await pass({ sub: 'c1' }), to: 'shop:1' })
  await customer.command('send', { to: 'shop:1', id: 'm1', kind: 'text', body: { text: 'hello' } })
  const system = { conversation: 'shop:1~c1', id: 'n1', body: { text: 'Parcel sent', parcel: 7 } }
  expect((await post(`${url}/v1/messages`, system)).status).toBe(401)
  expect(await post(`${url}/v1/messages`, system, authorization)).toMatchObject({ status: 200, json: { ok: true, seq: 2 } })
  expect(await post(`${url}/v1/messages`, system, authorization)).toMatchObject({ json: { seq: 2, duplicate: true } })
  expect(await customer.push('messagePush')).toMatchObject({ kind: 'system', from: 'system', side: 'shop:1', body: { parcel: 7 } })
  const read = async (query: string) => (await fetch(`${url}/v1/conversations/shop:1~c1/messages${query}`, { headers: authorization })).json()
  expect(await read('?limit=1')).toMatchObject({ ok: true, messages: [{ id: 'n1' }], more: true, head: { seq: 2 } })
  expect(await read('?limit=x')).toMatchObject({ error: { code: 'bad_request' } })
  const nobody = await fetch(`${url}/v1/conversations/nonsense/messages`, { headers: authorization })
  expect([nobody.status, ((await nobody.json()) as { error: { code: string } }).error.code]).toEqual([404, 'unknown_conversation'])
})

test.each([
  ['100', 'shop:' + 'k'.repeat(55), 'c'.repeat(39)],
  ['101', 'shop:' + 'k'.repeat(55), 'c'.repeat(40)],
  ['129', 'shop:' + 'k'.repeat(59), 'c'.repeat(64)],
  ['129, none of it ASCII', 'shop:' + '\u5e97'.repeat(59), '\u5ba2'.repeat(64)],
])('the history of a conversation whose id has %s characters is read', async (_, shop, customer) => {
  const { url } = await start({ API_KEY: 'key' })
  const authorization = { authorization: 'Bearer key' }
  const conversation = `${shop}~${customer}`
  expect(await post(`${url}/v1/messages`, { conversation, id: 'n1', body: { text: 'hi' } }, authorization)).toMatchObject({ status: 200 })
  const answer = await fetch(`${url}/v1/conversations/${encodeURIComponent(conversation)}/messages`, { headers: authorization })
  expect([answer.status, await answer.json()]).toMatchObject([200, { messages: [{ id: 'n1' }] }])
  const tooLong = await fetch(`${url}/v1/conversations/${'x'.repeat(137)}/messages`, { headers: authorization })
  expect([tooLong.status, await tooLong.json()]).toMatchObject([400, { error: { code: 'bad_request' } }])
})

test('neither the demo nor its QA page nor the metrics are public when a secret is set, unless a setting says so', async () => {
  const secret = { IM_SECRET: 'a secret of the operator, long enough' }
  const statuses = async (environment: Record<string, string>, headers: Record<string, string> = {}): Promise<number[]> => {
    const { url } = await start(environment)
    return Promise.all(['', 'desk.html', 'qa.html', 'metrics'].map(async (path) => (await fetch(`${url}/${path}`, { headers })).status))
  }
  expect(await statuses({}, { via: '1.1 proxy' })).toEqual([200, 200, 200, 404])
  expect(await statuses(secret)).toEqual([404, 404, 404, 200])
  expect(await statuses(secret, { 'x-forwarded-for': '127.0.0.1' })).toEqual([404, 404, 404, 404])
  expect(await statuses({ ...secret, PAGES: 'demo', METRICS: 'public' }, { 'x-forwarded-for': '203.0.113.7' })).toEqual([200, 200, 200, 200])
})

test('the metrics are only on their own port when they have one', async () => {
  const port = await freePort()
  const { url, app } = await start({ METRICS: String(port) })
  expect((await fetch(`${url}/metrics`)).status).toBe(404)
  const figures = await fetch(`http://127.0.0.1:${port}/metrics`)
  expect([figures.status, figures.headers.get('content-type'), await figures.text()]).toEqual([
    200,
    expect.stringContaining('text/plain'),
    expect.stringContaining('im_peers'),
  ])
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404)
  await app.close()
  started.splice(0)
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow()
})

test('health, readiness and metrics answer', async () => {
  const { url, pass } = await start()
  const wireClient = await new WireClient(url, 'ws').open()
  await wireClient.hello({ token: await pass({ sub: 'c1' }) })
  await wireClient.command('send', { to: 'shop:1', id: 'm1', kind: 'text', body: { text: 'hello' } })
  await wireClient.ask('fly', {})
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true })
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ok: true })
  const metrics = await (await fetch(`${url}/metrics`)).text()
  for (const line of [
    'im_peers{door="websocket",role="customer"} 1',
    'im_commands_total{command="send"} 1',
    'im_appends_total{duplicate="false"} 1',
    'im_ack_seconds_bucket{le="+Inf",command="send"} 1',
    'im_ack_seconds_count{command="send"} 1',
    'im_refusals_total{of="unknown",code="unknown_command"} 1',
  ])
    expect(metrics).toContain(line)
})
