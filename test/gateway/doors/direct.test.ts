/** Which persons may start a conversation, and that a guest is marked as one wherever its name is shown. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startGateway, type PassClaims, type StartedGateway } from '../../kit/gateway.ts'
import { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

const DIRECTS = ['signed-in', 'off', 'on'] as const
const nodes = new Map<string, StartedGateway>()
beforeAll(async () => {
  for (const DIRECT of DIRECTS) {
    nodes.set(DIRECT, await startGateway({ API_KEY: 'key', GUESTS_PER_MINUTE: '0', ...(DIRECT === 'signed-in' ? {} : { DIRECT }) }))
  }
})
afterAll(async () => {
  for (const node of nodes.values()) await node.stop()
})

interface Someone {
  readonly id: string
  readonly wireClient: WireClient
}

const unique = (name: string): string => `${name}-${randomUUID().slice(0, 8)}`
const text = (to: string, id = randomUUID()) => ({ to, id, kind: 'text', body: { text: id } })

async function arrive(node: StartedGateway, claims: PassClaims): Promise<Someone> {
  const wireClient = await new WireClient(node.url, 'ws').open()
  await wireClient.hello({ token: await node.pass(claims) })
  return { id: claims.sub, wireClient }
}

async function guest(node: StartedGateway, name = 'Support'): Promise<Someone> {
  const response = await fetch(`${node.url}/v1/guests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  const { token, sub } = (await response.json()) as { token: string; sub: string }
  const wireClient = await new WireClient(node.url, 'ws').open()
  await wireClient.hello({ token })
  return { id: sub, wireClient }
}

const backend = (node: StartedGateway, conversation: string) =>
  fetch(`${node.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
    body: JSON.stringify({ conversation, body: { text: 'of the backend' } }),
  })

const MAY = [
  // DIRECT: signed in → signed in, guest → signed in, signed in → guest, guest → guest
  ['signed-in', true, false, false, false],
  ['off', false, false, false, false],
  ['on', true, true, true, true],
] as const

describe.each(MAY)('DIRECT %s', (direct, ...may) => {
  test('says which persons may start', async () => {
    const node = nodes.get(direct)!
    const [ann, bob] = [await arrive(node, { sub: unique('ann') }), await arrive(node, { sub: unique('bob') })]
    const [one, two] = [await guest(node), await guest(node)]
    const tries = [
      [ann, bob],
      [one, ann],
      [ann, one],
      [one, two],
    ] as const
    for (const [i, [from, to]] of tries.entries()) {
      const answer = await from.wireClient.ask('send', text(to.id))
      expect([answer.ok, answer.error?.code]).toEqual(may[i] ? [true, undefined] : [undefined, 'start_forbidden'])
      if (may[i]) continue
      // nothing is stored or listed, also when the conversation is named in another way
      expect((await to.wireClient.command('conversations', {})).conversations.filter((row) => row.to === from.id)).toEqual([])
      const conversation = [from.id, to.id].sort().join('~')
      expect((await from.wireClient.ask('send', { conversation, id: 'm', kind: 'text', body: { text: 'm' } })).error?.code).toBe('start_forbidden')
    }
  })

  test('allows everybody to write to shops, and shops to everybody', async () => {
    const node = nodes.get(direct)!
    const shop = unique('s')
    const agent = await arrive(node, { sub: unique('a'), role: 'agent', shop })
    const [ann, one] = [await arrive(node, { sub: unique('ann') }), await guest(node)]
    for (const { wireClient } of [ann, one]) await wireClient.command('send', text(`shop:${shop}`))
    const fresh = await arrive(node, { sub: unique('new') })
    await agent.wireClient.command('send', text(fresh.id))
    expect((await fresh.wireClient.command('conversations', {})).conversations).toHaveLength(1)
  })

  test('allows an answer, also by a guest, and the conversation to continue', async () => {
    const node = nodes.get(direct)!
    const [ann, one] = [await arrive(node, { sub: unique('ann') }), await guest(node)]
    const conversation = [ann.id, one.id].sort().join('~')
    expect((await backend(node, conversation)).status).toBe(200)
    await one.wireClient.command('send', text(ann.id))
    await ann.wireClient.command('send', text(one.id))
    expect((await ann.wireClient.command('history', { to: one.id })).messages).toHaveLength(3)
  })
})

test('all of many simultaneous first messages of a guest are refused', async () => {
  const node = nodes.get('signed-in')!
  const [ann, one] = [await arrive(node, { sub: unique('ann') }), await guest(node)]
  const answers = await Promise.all(Array.from({ length: 40 }, () => one.wireClient.ask('send', text(ann.id))))
  expect(new Set(answers.map(({ error }) => error?.code))).toEqual(new Set(['start_forbidden']))
})

test('a guest named Support is marked as a guest in identity, messages, typing, lists and resumes', async () => {
  const node = nodes.get('on')!
  const shop = unique('s')
  const agent = await arrive(node, { sub: unique('a'), role: 'agent', shop })
  const [ann, one] = [await arrive(node, { sub: unique('ann'), name: 'Support' }), await guest(node, 'Support')]
  for (const [someone, isGuest] of [
    [ann, undefined],
    [one, true],
  ] as const) {
    const { conversation } = await someone.wireClient.command('send', text(`shop:${shop}`))
    const pushed = await agent.wireClient.until(() => agent.wireClient.pushes('messagePush').find(({ from }) => from === someone.id))
    const row = await agent.wireClient.until(() => agent.wireClient.pushes('conversationPush').find(({ to }) => to === someone.id))
    await someone.wireClient.command('typing', { to: `shop:${shop}` })
    const typing = await agent.wireClient.until(() => agent.wireClient.pushes('typingPush').find(({ from }) => from === someone.id))
    expect([pushed.guest, row.guest, row.last?.guest, typing.guest]).toEqual([isGuest, isGuest, isGuest, isGuest])
    const { conversations } = await agent.wireClient.command('conversations', {})
    expect(conversations.find((listed) => listed.conversation === conversation)?.guest).toBe(isGuest)
    const late = await new WireClient(node.url, 'ws').open()
    const { resumed } = await late.hello({ token: await node.pass({ sub: unique('b'), role: 'agent', shop }), to: someone.id })
    expect(resumed[0]?.guest).toBe(isGuest)
    const own = await new WireClient(node.url, 'ws').open()
    const { identity } = await own.hello({ token: await node.pass({ sub: someone.id }) })
    expect(identity.guest).toBe(isGuest)
  }
})

test('SOURCES: a pass with another src, and a sub that begins with a source, are refused with the reason', async () => {
  const node = await startGateway({ SOURCES: 'wx,m.' })
  const told = async (claims: PassClaims): Promise<string> =>
    node.pass(claims).then(
      () => 'ok',
      (error: unknown) => String(error),
    )
  expect(await told({ sub: '7' })).toBe('ok')
  expect(await told({ src: 'wx', sub: '7' })).toBe('ok')
  expect(await told({ src: 'm.', sub: 'x7', role: 'agent', shop: '1' })).toBe('ok')
  expect(await told({ src: 'w', sub: 'x7' })).toMatch(/src is not one of SOURCES/)
  expect(await told({ src: 'wx7', sub: '' + '7' })).toMatch(/src is not one of SOURCES/)
  expect(await told({ sub: 'wx7' })).toMatch(/sub begins with one of SOURCES/)
  expect(await told({ src: '', sub: 'wx7' })).toMatch(/sub begins with one of SOURCES/)
  expect(await told({ sub: 'm.1', role: 'agent', shop: '1' })).toMatch(/sub begins with one of SOURCES/)
  expect((await guest(node)).id).toMatch(/^guest-/)
  await node.stop()
})

test('SOURCES: the hello refuses such a pass when it was signed elsewhere with the same secret', async () => {
  const secret = 'x'.repeat(32)
  const [open, closed] = [await startGateway({ IM_SECRET: secret, API_KEY: 'key' }), await startGateway({ IM_SECRET: secret, SOURCES: 'ab' })]
  const mint = async (claims: PassClaims): Promise<string> => {
    const response = await fetch(`${open.url}/v1/passes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
      body: JSON.stringify({ role: 'customer', ...claims }),
    })
    return ((await response.json()) as { token: string }).token
  }
  for (const [claims, reason] of [
    [{ src: 'a', sub: 'b1' }, /src is not/],
    [{ sub: 'ab1' }, /sub begins/],
  ] as const) {
    const wireClient = await new WireClient(closed.url, 'ws').open()
    const refusal = await wireClient.refusedHello({ token: await mint(claims) })
    expect([refusal.code, reason.test(refusal.message)]).toEqual(['pass_invalid', true])
  }
  const wireClient = await new WireClient(closed.url, 'ws').open()
  expect((await wireClient.hello({ token: await mint({ src: 'ab', sub: '1' }) })).identity.id).toBe('ab1')
  await open.stop()
  await closed.stop()
})
