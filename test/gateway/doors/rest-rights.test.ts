/** Keys, their rights and shops, and what strangers and careless programs send: tried on every route of the description. */
import { readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../../../gateway/config.ts'
import { ApiKeys, RIGHTS, type Right } from '../../../gateway/doors/admit/api-keys.ts'
import { startGateway } from '../../kit/gateway.ts'
import { API_KEYS, KEYS, RestWorld, type KeyName } from '../rest/rest-world.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

interface Tried {
  readonly right: Right
  readonly body?: object
}
const text = { text: 'hello' }

/** Every route that needs a key, with the right that it needs and a body that it takes. SHOP, CONVERSATION and CUSTOMER are filled in. */
const ROUTES: Readonly<Record<string, Tried>> = {
  'GET /conversations/CONVERSATION': { right: 'read' },
  'GET /conversations/CONVERSATION/messages': { right: 'read' },
  'GET /shops/SHOP/conversations': { right: 'read' },
  'GET /shops/SHOP/customers': { right: 'read' },
  'GET /shops/SHOP/agents': { right: 'read' },
  'GET /shops/SHOP/blocked': { right: 'read' },
  'GET /shops/SHOP/quick-replies': { right: 'read' },
  'GET /customers/CUSTOMER': { right: 'read' },
  'GET /customers/CUSTOMER/conversations': { right: 'read' },
  'POST /messages': { right: 'write', body: { conversation: 'CONVERSATION', body: text } },
  'POST /conversations': { right: 'write', body: { shop: 'SHOP', customer: 'CUSTOMER' } },
  'POST /conversations/CONVERSATION/assign': { right: 'write', body: {} },
  'POST /conversations/CONVERSATION/close': { right: 'write', body: {} },
  'POST /conversations/CONVERSATION/tags': { right: 'write', body: { add: ['vip'] } },
  'POST /conversations/CONVERSATION/block': { right: 'customers', body: { reason: 'spam' } },
  'POST /conversations/CONVERSATION/unblock': { right: 'customers', body: {} },
  'POST /customers/CUSTOMER/merge': { right: 'customers', body: { guest: 'guest-00000000-0000-4000-8000-000000000000' } },
  'GET /customers/CUSTOMER/export': { right: 'customers' },
  'DELETE /customers/CUSTOMER': { right: 'customers' },
  'PUT /shops/SHOP': { right: 'shops', body: { name: 'Kettles' } },
  'PUT /shops/SHOP/quick-replies/r1': { right: 'shops', body: { title: 'Hi', text: 'Hi' } },
  'DELETE /shops/SHOP/quick-replies/r1': { right: 'shops' },
  'POST /passes': { right: 'passes', body: { sub: 'a1', role: 'agent', shop: 'SHOP' } },
  'GET /webhooks/dead-letters': { right: 'webhooks' },
  'POST /webhooks/dead-letters/send': { right: 'webhooks', body: { id: 'none' } },
}
/** The key that has this right and no other. */
const WITH: Readonly<Record<Right, KeyName>> = {
  read: 'reader',
  write: 'writer',
  customers: 'customers',
  shops: 'shops',
  passes: 'passes',
  webhooks: 'hooks',
}

let world: RestWorld
beforeAll(async () => {
  world = await RestWorld.start([
    { IM_SECRET: 'a secret of the operator, long enough', WEBHOOK_URL: 'http://127.0.0.1:9/', WEBHOOK_SECRET: 'x'.repeat(32) },
  ])
  for (const shop of ['one', 'two']) await world.ask('POST /messages', { body: { conversation: `shop:${shop}~c1`, body: text } })
})
afterAll(() => world.stop())

const ids = (shop: string) => ({ SHOP: shop, CONVERSATION: `shop:${shop}~c1`, CUSTOMER: 'c1' })
const filled = (template: string, names: Readonly<Record<string, string>>): string =>
  Object.entries(names).reduce((made, [name, id]) => made.replaceAll(name, id), template)

function ask(
  route: string,
  { key, names = ids('one'), body = ROUTES[route]?.body }: { key?: KeyName; names?: Record<string, string>; body?: unknown },
) {
  const sent = body === undefined ? {} : { body: filled(typeof body === 'string' ? body : JSON.stringify(body), names) }
  const address = filled(route, Object.fromEntries(Object.entries(names).map(([name, id]) => [name, encodeURIComponent(id)])))
  return world.ask(address, { key, ...sent })
}

test('the table has every route of the description that needs a key, but for pictures', () => {
  const described = Object.entries(world.document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security }]) =>
      security.some((each) => 'apiKey' in each) ? [`${method.toUpperCase()} ${path.replace('/v1', '')}`] : [],
    ),
  )
  const named = (route: string): string => filled(route, { CONVERSATION: '{conversation}', SHOP: '{shop}', CUSTOMER: '{customer}', '/r1': '/{id}' })
  expect(described.filter((route) => route !== 'POST /images').toSorted()).toEqual(Object.keys(ROUTES).map(named).toSorted())
})

test('docs/rest.md says which right each route needs', () => {
  const doc = readFileSync('docs/rest.md', 'utf8')
  const said = [...doc.matchAll(/^\| `(\S+) \/v1(\S+)` \| `\w+` \| `(\w+)` \|$/gm)].map(([, method, path, right]) => [`${method} ${path}`, right])
  const names = { '{conversation}': 'CONVERSATION', '{shop}': 'SHOP', '{customer}': 'CUSTOMER', '{id}': 'r1' }
  const known = Object.fromEntries(said.map(([route, right]) => [filled(route!, names), right]))
  expect(known).toEqual({ ...Object.fromEntries(Object.entries(ROUTES).map(([route, { right }]) => [route, right])), 'POST /images': 'write' })
})

describe.each(Object.entries(ROUTES))('%s', (route, { right, body }) => {
  test('needs a key, the right one, and its right', async () => {
    const address = `${world.nodes[0]!.url}/v1${filled(route.split(' ')[1]!, ids('one'))}`
    const method = route.split(' ')[0]!
    const raw = (headers: Record<string, string>) =>
      fetch(address, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: filled(JSON.stringify(body), ids('one')) }),
      })
    expect((await raw({})).status).toBe(401)
    for (const authorization of [KEYS.all, `bearer ${KEYS.all}`, `Basic ${KEYS.all}`, 'Bearer '])
      expect((await raw({ authorization })).status).toBe(401)
    for (const wrong of ['wrong', `${KEYS.all}x`, KEYS.all.slice(1), KEYS.all.toUpperCase(), ` ${KEYS.all}`]) {
      expect([wrong, (await raw({ authorization: `Bearer ${wrong}` })).status]).toEqual([wrong, 403])
    }
    for (const other of RIGHTS.filter((each) => each !== right)) {
      const { status, json } = await ask(route, { key: WITH[other] })
      expect([other, status, json.error?.code]).toEqual([other, 403, 'forbidden'])
      expect(json.error?.message).toContain(`lacks the right ${right}`)
    }
    for (const key of [WITH[right], 'all'] as const) expect([401, 403, 500]).not.toContain((await ask(route, { key })).status)
  })

  test('refuses a field or parameter that it does not know', async () => {
    if (body !== undefined) expect((await ask(route, { body: { ...body, unknown: 1 } })).json.error?.message).toContain('unknown')
    else if (route.endsWith('s') && !/blocked|agents|quick|dead/.test(route)) expect((await ask(`${route}?unknown=1`, {})).status).toBe(400)
  })

  if (/SHOP|CONVERSATION/.test(route + JSON.stringify(body)))
    test('is refused to a key of other shops', async () => {
      if (right === 'webhooks') return
      const { status, json } = await ask(route, { key: 'one', names: ids('two') })
      expect([status, json.error?.code]).toEqual([403, 'forbidden'])
      expect([401, 403, 500]).not.toContain((await ask(route, { key: 'one', names: ids('one') })).status)
    })
})

test('a key of some shops neither erases nor exports: the customer may have written to others', async () => {
  for (const route of ['DELETE /customers/c1', 'GET /customers/c1/export']) {
    const { status, json } = await world.ask(route, { key: 'one' })
    expect([status, json.error?.code, json.error?.message]).toEqual([403, 'forbidden', expect.stringContaining('limited to some shops')])
  }
})

test('a key of some shops sees nothing of others through a customer, makes no pass of a customer, and uploads pictures', async () => {
  // another test has erased this customer
  for (const shop of ['one', 'two']) await world.ask('POST /messages', { body: { conversation: `shop:${shop}~c1`, body: text } })
  const list = await world.ask('GET /customers/c1/conversations', { key: 'one' })
  expect((list.json.conversations as readonly { conversation: string }[]).map(({ conversation }) => conversation)).toEqual(['shop:one~c1'])
  await world.ask('POST /messages', { body: { conversation: 'shop:two~c2', body: text } })
  expect((await world.ask('GET /customers/c2', { key: 'one' })).status).toBe(404)
  for (const claims of [
    { sub: 'c1', role: 'customer' },
    { sub: 'c1', role: 'customer', shop: 'one' },
    { sub: 'a', role: 'agent', shop: 'two' },
  ]) {
    expect([claims, (await world.ask('POST /passes', { key: 'one', body: claims })).status]).toEqual([claims, 403])
  }
  expect((await world.ask('GET /conversations/a~b/messages', { key: 'one' })).status).toBe(403)
  expect([(await world.upload('one')).status, (await world.upload('reader')).status]).toEqual([201, 403])
})

describe('ids', () => {
  test.each(['shop:1~shop:2', 'shop:~c1', 'shop:1~', '~c1', 'shop:1', 'c1~shop:1', 'shop:1~a~b', 'shop:1~a b', 'shop:1~{a}', 'shop:1~constructor'])(
    'no conversation is %s',
    async (conversation) => {
      for (const [route, { body }] of Object.entries(ROUTES).filter(([each]) => each.includes('CONVERSATION'))) {
        const { status, json } = await ask(route, { names: { CONVERSATION: conversation }, body })
        expect([route, status, json.error?.code]).toEqual([route, 404, 'unknown_conversation'])
      }
      expect((await world.ask('POST /messages', { body: { conversation, body: text } })).status).toBe(404)
    },
  )

  test.each(['a~b', 'a b', '{a}', 'shop:1', '\u0000', 'toString', '\ud83d\ude00\u200d', 'x'.repeat(60)])('no shop is %j', async (shop) => {
    for (const route of Object.keys(ROUTES).filter((each) => each.includes('SHOP'))) {
      expect([route, (await ask(route, { names: { SHOP: shop } })).status]).toEqual([route, 400])
    }
    expect((await world.ask('POST /conversations', { body: { shop, customer: 'c1' } })).status).toBe(400)
  })

  test.each(['a~b', 'a b', '{a}', 'shop:1', 'shop:', '\u0000', '__proto__', 'x'.repeat(65)])('no customer is %j', async (customer) => {
    for (const route of Object.keys(ROUTES).filter((each) => each.includes('CUSTOMER'))) {
      expect([route, (await ask(route, { names: { CUSTOMER: customer } })).status]).toEqual([route, 400])
    }
    expect((await world.ask('POST /conversations', { body: { shop: '1', customer, message: { body: text } } })).status).toBe(400)
  })
})

test('numbers in an address are written as numbers', async () => {
  for (const limit of ['0', '101', '-1', '1.5', '1e1', '0x1', '', ' 1', '1&limit=2', 'Infinity']) {
    expect([limit, (await world.ask(`GET /shops/one/conversations?limit=${limit}`)).status]).toEqual([limit, 400])
  }
  for (const before of ['', 'x', '99999999999999999999']) {
    expect([before, (await world.ask(`GET /conversations/shop:one~c1/messages?before=${before}`)).status]).toEqual([before, 400])
  }
  expect((await world.ask('GET /shops/one/conversations?state=opened')).status).toBe(400)
  expect((await world.ask('GET /shops/one/conversations?state=all&state=open')).status).toBe(400)
})

test.each([
  ['not JSON', '{"conversation":', 400],
  ['a list', '[]', 400],
  ['null', 'null', 400],
  ['a prototype', '{"__proto__":{"a":1},"conversation":"shop:one~c1","body":{"text":"x"}}', 400],
  [
    'too deep',
    JSON.stringify({ conversation: 'shop:one~c1', body: { text: 'x', a: JSON.parse(`${'['.repeat(30)}${']'.repeat(30)}`) as unknown } }),
    400,
  ],
  ['too many parts', JSON.stringify({ conversation: 'shop:one~c1', body: { text: 'x', a: Array.from({ length: 3000 }, () => 1) } }), 400],
  ['too large a body', JSON.stringify({ conversation: 'shop:one~c1', body: { text: 'x', a: 'x'.repeat(40_000) } }), 413],
  ['too large a request', JSON.stringify({ conversation: 'shop:one~c1', body: { text: 'x', a: 'x'.repeat(70_000) } }), 413],
  ['an id with half a character', '{"conversation":"shop:one~c1","id":"\\ud800","body":{"text":"x"}}', 400],
])('a message that is %s is refused', async (_what, body, status) => {
  const answer = await world.ask('POST /messages', { body })
  expect([answer.status, answer.json.error?.code]).toEqual([status, expect.any(String)])
})

test('a limited route says what is left, and a refusal when to come again', async () => {
  const rates = { backend: { total: { perMinute: 60, burst: 3 } }, idempotency: { total: { perMinute: 1, burst: 1 } } }
  const gateway = await startGateway({ API_KEY: KEYS.all }, { rates, now: () => 1_800_000_000_000 })
  try {
    const ask = async (method: string, path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${gateway.url}/v1/${path}`, { method, headers: { authorization: `Bearer ${KEYS.all}`, ...headers } })
      const said = ['limit', 'remaining', 'reset'].map((name) => answer.headers.get(`ratelimit-${name}`))
      return [answer.status, ...said, answer.headers.get('retry-after')]
    }
    expect(await ask('GET', 'shops/1/agents')).toEqual([200, '3', '2', '1', null])
    expect(await ask('DELETE', 'shops/1/quick-replies/r', { 'idempotency-key': 'one' })).toEqual([200, '3', '1', '2', null])
    expect(await ask('DELETE', 'shops/1/quick-replies/r', { 'idempotency-key': 'two' })).toEqual([429, null, '0', '60', '60'])
    expect(await ask('GET', 'shops/1/agents')).toEqual([429, null, '0', '1', '1'])
    expect((await fetch(`${gateway.url}/v1/openapi.json`)).headers.get('ratelimit-limit')).toBeNull()
  } finally {
    await gateway.stop()
  }
})

test('what a key changes is logged with its name, once, and no key ever', async () => {
  const lines: string[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  const gateway = await startGateway({ API_KEY: KEYS.all, API_KEYS }, { logger: Fastify({ logger: { level: 'debug', stream: sink } }).log })
  try {
    const send = (key: string, headers: Record<string, string> = {}) =>
      fetch(`${gateway.url}/v1/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ conversation: 'shop:1~c1', body: text }),
      })
    for (let n = 0; n < 2; n++) await send(KEYS.writer, { 'idempotency-key': 'k1' })
    await send(KEYS.reader)
    await send('a wrong key of somebody')
    const told = lines.map((line) => JSON.parse(line) as { key?: string; route?: string; about?: string[]; code?: string })
    expect(told.filter(({ key, code }) => key === 'writer' && code === undefined)).toMatchObject([
      { route: 'POST /v1/messages', about: ['shop:1~c1'] },
    ])
    expect(told.some(({ key, code }) => key === 'reader' && code === 'forbidden')).toBe(true)
    for (const secret of [...Object.values(KEYS), 'a wrong key']) expect(lines.join('')).not.toContain(secret)
  } finally {
    await gateway.stop()
  }
})

describe('the setting API_KEYS', () => {
  const long = 'k'.repeat(32)
  test.each([
    [`${long}`, 'entry 1 a part is missing'],
    [`crm:${long}`, 'entry 1 a part is missing'],
    [`crm:read:${long} ${long}k:read:crm`, 'entry 2 the name'],
    [`CRM:read:${long}`, 'entry 1 the name'],
    [`:read:${long}`, 'entry 1 the name'],
    [`crm:read:${long.slice(1)}`, 'entry 1 the key'],
    [`crm:read:${'k'.repeat(201)}`, 'entry 1 the key'],
    ['crm:read:käse-käse-käse-käse-käse-käse-käse', 'entry 1 the key'],
    [`crm::${long}`, 'a right is none of read'],
    [`crm:${long}:${long}`, 'a right is none of read'],
    [`crm:Read:${long}`, 'a right is none of read'],
    [`crm:read,:${long}`, 'a right is none of read'],
    [`crm:read@:${long}`, 'ids of shops'],
    [`crm:read@shop:1:${long}`, 'ids of shops'],
    [`crm:read@1,:${long}`, 'ids of shops'],
    [`crm:webhooks@1:${long}`, 'webhooks'],
    [`crm:all@1:${long}`, 'webhooks'],
    [`crm:read:${long} erp:read:${long}`, 'entry 2 is there already'],
    [`crm:read:${long} crm:write:${long}x`, 'one name the same rights'],
    [`crm:read:${long} crm:read@1:${long}x`, 'one name the same rights'],
    [`api:read:${long}x`, 'one name the same rights'],
    [Array.from({ length: 101 }, (_, n) => `k${n}:read:${long}${n}`).join(' '), 'at most 100'],
  ])('%# ends the start with a sentence that repeats no key', (setting, sentence) => {
    const read = () => readConfig({ API_KEY: 'first', API_KEYS: setting })
    expect(read).toThrow(/^API_KEYS must/)
    expect(read).toThrow(sentence)
    expect(read).not.toThrow(/kkkk|käse/)
  })

  test('that was written into API_KEY, or repeats it, ends the start, too', () => {
    expect(() => readConfig({ API_KEY: `crm:read,write:${long}` })).toThrow('API_KEYS must have the entry')
    expect(() => readConfig({ API_KEY: long, API_KEYS: `crm:read:${long}` })).toThrow('entry 1 is there already')
  })

  test('gives names, rights and shops; a shop may have a colon', () => {
    const keys = new ApiKeys({ API_KEY: undefined, API_KEYS: `  all:all:${long}\n eu:read,write@a:b,八:${long}x ` })
    const of = (secret: string) => keys.of({ headers: { authorization: `Bearer ${secret}` } })
    expect([of(long)?.name, of(long)?.rights.size, of(long)?.shops]).toEqual(['all', RIGHTS.length, undefined])
    expect([of(`${long}x`)?.name, [...(of(`${long}x`)?.rights ?? [])], [...(of(`${long}x`)?.shops ?? [])]]).toEqual([
      'eu',
      ['read', 'write'],
      ['a:b', '八'],
    ])
    expect(of(`${long}y`)).toBeUndefined()
  })
})
