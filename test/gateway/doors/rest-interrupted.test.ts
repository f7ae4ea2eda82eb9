/** Requests of backends that were interrupted, as by a gateway that was killed or a store that went away, and are sent again. The clock is moved. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Unavailable } from '../../../gateway/backbone/backbone.ts'
import type { Records } from '../../../gateway/backbone/records.ts'
import { ShopNodes } from '../../kit/shop-nodes.ts'
import { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let nodes: ShopNodes
let put: Records['put']
beforeAll(async () => {
  nodes = await ShopNodes.start({ COMMANDS_PER_SECOND: '0' })
  put = nodes.backbone.records.put
})
afterAll(() => nodes.stop())

/** The next put that `isIt` goes wrong, as does what would follow it with a record of a request: the process was killed. */
function dieAt(isIt: (item: Parameters<Records['put']>[0]) => boolean): void {
  const { records } = nodes.backbone
  const { remove } = records
  const killed = () => Promise.reject(new Unavailable('killed'))
  Object.assign(records, {
    put: (item: Parameters<Records['put']>[0]) => {
      if (!isIt(item)) return put(item)
      const removeUnlessKilled: Records['remove'] = (one) => {
        if (!one.collection.startsWith('once ')) return remove(one)
        Object.assign(records, { remove })
        return killed()
      }
      Object.assign(records, { put, remove: removeUnlessKilled })
      return killed()
    },
  })
}

async function ask(route: string, body?: object, idempotencyKey?: string) {
  const [method = '', path = ''] = route.split(' ')
  const response = await fetch(`${nodes.url}/v1${path}`, {
    method,
    headers: {
      authorization: 'Bearer key',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}

test('a message whose answer was lost with its gateway is written once, as soon as the key is free again', async () => {
  const conversation = `shop:${nodes.unique('s')}~${nodes.unique('c')}`
  const write = () => ask('POST /messages', { conversation, body: { text: 'Sent' } }, 'k1')
  dieAt(({ collection, value }) => collection.startsWith('once ') && value.includes('"until":0'))
  expect((await write()).status).toBe(503)
  expect(await write()).toMatchObject({ status: 429, json: { error: { code: 'rate_limited', retry: true } } })
  nodes.pass(31_000)
  expect(await write()).toMatchObject({ status: 200, json: { seq: 1, duplicate: true } })
  expect(await write()).toMatchObject({ status: 200, json: { seq: 1 } })
  expect((await ask(`GET /conversations/${conversation}`)).json).toMatchObject({ head: { seq: 1 } })
})

test('a key is forgotten after a day', async () => {
  const conversation = `shop:${nodes.unique('s')}~${nodes.unique('c')}`
  const write = (text: string) => ask('POST /messages', { conversation, body: { text } }, 'k2')
  expect((await write('one')).status).toBe(200)
  nodes.pass(86_390_000)
  expect((await write('two')).status).toBe(409)
  nodes.pass(20_000)
  expect(await write('one')).toMatchObject({ status: 200, json: { duplicate: true } })
})

test('a merge that was interrupted goes on, and copies nothing twice', async () => {
  const [shop, customer] = [nodes.unique('s'), nodes.unique('c')]
  const { token, sub } = (await (await fetch(`${nodes.url}/v1/guests`, { method: 'POST' })).json()) as { token: string; sub: string }
  const guest = await new WireClient(nodes.url, 'ws').open()
  await guest.hello({ token })
  const texts = Array.from({ length: 250 }, (_, n) => `n${n}`)
  await Promise.all(texts.map((text) => guest.command('send', { to: `shop:${shop}`, id: text, kind: 'text', body: { text } })))
  const merge = () => ask(`POST /customers/${customer}/merge`, { guest: sub })
  let pages = 0
  dieAt(({ key }) => key.startsWith(`shop:${shop}`) && ++pages === 2)
  expect((await merge()).status).toBe(503)
  expect((await ask(`GET /conversations/shop:${shop}~${customer}`)).json).toMatchObject({ head: { seq: 200 } })
  expect((await merge()).json).toMatchObject({ conversations: [{ conversation: `shop:${shop}~${customer}` }] })
  const all: string[] = []
  for (let after = 0; after < 250; after += 100) {
    const { messages } = (await ask(`GET /conversations/shop:${shop}~${customer}/messages?after=${after}&limit=100`)).json
    all.push(...(messages as { body: { text: string } }[]).map(({ body: { text } }) => text))
  }
  expect(all).toEqual(texts)
})
