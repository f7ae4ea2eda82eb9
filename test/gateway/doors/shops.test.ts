/** Invented shops are refused at every door, and new conversations are rate-limited. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { conversationId } from '../../../gateway/protocol/keys.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let node: StartedGateway
beforeAll(async () => {
  node = await startGateway({ SHOPS: '7, 八', API_KEY: 'key', GUESTS_PER_MINUTE: '0' })
})
afterAll(() => node.stop())

async function arrive(sub: string, hello: object = {}): Promise<WireClient> {
  const wireClient = await new WireClient(node.url, 'ws').open()
  await wireClient.hello({ token: await node.pass({ sub }), ...hello })
  return wireClient
}

const text = (to: string, id: string) => ({ to, id, kind: 'text', body: { text: id } })

test('listed shops are served', async () => {
  const ann = await arrive('ann', { to: 'shop:7' })
  for (const to of ['shop:7', 'shop:八']) expect(await ann.command('send', text(to, 'm1'))).toMatchObject({ seq: 1 })
})

test.each([
  ['send', text('shop:8', 'm1')],
  ['send', { conversation: conversationId('shop:8', 'bob'), id: 'm1', kind: 'text', body: { text: 'x' } }],
  ['history', { to: 'shop:8' }],
  ['read', { to: 'shop:8', seq: 1 }],
  ['delivered', { to: 'shop:8', seq: 1 }],
  ['typing', { to: 'shop:8' }],
  ['changeUser', { toid: 'shop:8' }],
  ['viewing', { to: 'shop:8', product: { title: 'Kettle' } }],
] as const)('%s to another is refused', async (command, input) => {
  const bob = await arrive('bob')
  expect((await bob.ask(command, input)).error).toMatchObject({ code: 'unknown_shop', retry: false })
})

test('a hello to an unknown shop is refused, a resume leaves it out, and it has no presence', async () => {
  const wireClient = await new WireClient(node.url, 'ws').open()
  expect(await wireClient.refusedHello({ token: await node.pass({ sub: 'cyd' }), to: 'shop:8' })).toMatchObject({
    code: 'unknown_shop',
    retry: false,
  })
  const cyd = await new WireClient(node.url, 'ws').open()
  const { resumed } = await cyd.hello({
    token: await node.pass({ sub: 'cyd' }),
    resume: { cursors: ['shop:8~cyd', 'shop:7~cyd'].map((one) => [one, 'e', 1, 'm1']) },
  })
  expect(resumed.map(({ conversation }) => conversation)).toEqual(['shop:7~cyd'])
  expect(await cyd.command('presence', { of: ['shop:7', 'shop:8'] })).toEqual({ ok: true, presence: { 'shop:7': expect.anything() } })
})

test('an agent of an unknown shop gets no pass, and a signed one is refused', async () => {
  const answer = await fetch(`${node.url}/v1/passes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
    body: JSON.stringify({ sub: 'a1', role: 'agent', shop: '8' }),
  })
  expect(((await answer.json()) as { error: object }).error).toMatchObject({ code: 'unknown_shop' })
})

test('REST refuses an unknown shop', async () => {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer key' }
  const body = JSON.stringify({ conversation: 'shop:8~ann', body: { text: 'x' } })
  const answers = [
    await fetch(`${node.url}/v1/messages`, { method: 'POST', headers, body }),
    await fetch(`${node.url}/v1/conversations/shop:8~ann/messages`, { headers }),
  ]
  for (const answer of answers) expect(((await answer.json()) as { error: object }).error).toMatchObject({ code: 'unknown_shop' })
})

test('a customer who has started many conversations may start no more for a while, and continues the others', async () => {
  const open = await startGateway({ COMMANDS_PER_SECOND: '0' })
  try {
    const wireClient = await new WireClient(open.url, 'ws').open()
    await wireClient.hello({ token: await open.pass({ sub: 'dan' }) })
    const answers = []
    for (let n = 0; n < 130; n++) answers.push(await wireClient.ask('send', text(`shop:x${n}`, 'm1')))
    expect(answers.filter(({ ok }) => ok === true).length).toBe(120)
    expect(answers.at(-1)!.error).toMatchObject({ code: 'rate_limited', retry: true, afterMs: expect.any(Number) })
    for (let n = 0; n < 200; n++) expect((await wireClient.ask('send', text('shop:x1', `n${n}`))).ok).toBe(true)
    // a message sent again starts no conversation
    expect(await wireClient.ask('send', text('shop:x2', 'm1'))).toMatchObject({ ok: true, duplicate: true })
  } finally {
    await open.stop()
  }
})

test('a conversation that begins again, after its customer was erased, counts as a new one', async () => {
  const open = await startGateway({ COMMANDS_PER_SECOND: '0', API_KEY: 'key' })
  try {
    const wireClient = await new WireClient(open.url, 'ws').open()
    await wireClient.hello({ token: await open.pass({ sub: 'dan' }) })
    expect(await wireClient.command('send', text('shop:x', 'm1'))).toMatchObject({ seq: 1 })
    const erased = await fetch(`${open.url}/v1/customers/dan`, { method: 'DELETE', headers: { authorization: 'Bearer key' } })
    expect(await erased.json()).toMatchObject({ conversations: 1 })
    expect(await wireClient.command('send', text('shop:x', 'm2'))).toMatchObject({ seq: 1 })
    const answers = []
    for (let n = 0; n < 130; n++) answers.push(await wireClient.ask('send', text(`shop:x${n}`, 'm1')))
    expect(answers.filter(({ ok }) => ok === true).length).toBe(118)
  } finally {
    await open.stop()
  }
})

test('an agent may start any number of conversations', async () => {
  const open = await startGateway({ COMMANDS_PER_SECOND: '0' })
  try {
    const wireClient = await new WireClient(open.url, 'ws').open()
    await wireClient.hello({ token: await open.pass({ sub: 'a1', role: 'agent', shop: '7' }) })
    for (let n = 0; n < 200; n++) expect((await wireClient.ask('send', text(`c${n}`, 'm1'))).ok).toBe(true)
  } finally {
    await open.stop()
  }
})
