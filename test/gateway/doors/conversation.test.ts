/** What two people and their windows see, over every transport and with the double of the client's tests. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { CommandInput } from '../../../gateway/protocol/commands.ts'
import { conversationId } from '../../../gateway/protocol/keys.ts'
import { ALL_TRANSPORTS, startGatewayAndDouble, type AnyTransport } from '../../kit/gateway-and-double.ts'
import type { PassClaims } from '../../kit/gateway.ts'
import type { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let gateway: Awaited<ReturnType<typeof startGatewayAndDouble>>
let count = 0
const wireClients: WireClient[] = []

beforeAll(async () => {
  gateway = await startGatewayAndDouble()
})
afterAll(async () => {
  for (const wireClient of wireClients) wireClient.close()
  await gateway.stop()
})

const text = (to: string, id: string, words = id): CommandInput<'send'> => ({ to, id, kind: 'text', body: { text: words } })
const unique = (name: string): string => `${name}${++count}`

async function arrive(transport: AnyTransport, claims: PassClaims, hello: Record<string, unknown> = {}) {
  const wireClient = await gateway.wireClient(transport)
  wireClients.push(wireClient)
  const welcome = await wireClient.hello({ token: await gateway.pass(transport, claims), ...hello })
  return Object.assign(wireClient, { welcome })
}

const agentOf = (shop: string, sub = `agent-of-${shop}`): PassClaims => ({ sub, role: 'agent', shop, name: 'Ann' })

describe.each(ALL_TRANSPORTS)('over %s', (transport) => {
  test('a hello is answered with identity, limits and the time', async () => {
    const sub = unique('c')
    const { welcome } = await arrive(transport, { sub, src: 'wx-', name: 'Li' })
    expect(welcome.identity).toMatchObject({ id: `wx-${sub}`, side: `wx-${sub}`, role: 'customer', name: 'Li' })
    expect(welcome).toMatchObject({ v: 1, resumed: [], limits: { textLength: 4000, packetBytes: 65_536 } })
    expect(welcome.sid).toMatch(/^[a-z0-9]+\./)
  })

  test('a message reaches the other side, in order, and not the session that sent it', async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const customer = await arrive(transport, { sub }, { to: `shop:${shop}` })
    const first = await customer.command('send', text(`shop:${shop}`, 'm1'))
    const agent = await arrive(transport, agentOf(shop), { to: sub })
    expect((await agent.push('messagePush')).id).toBe('m1')
    const [second, third] = await Promise.all([
      customer.command('send', text(`shop:${shop}`, 'm2')),
      customer.command('send', text(`shop:${shop}`, 'm3')),
    ])
    expect([first.seq, second.seq, third.seq]).toEqual([1, 2, 3])
    await agent.push('messagePush', 2)
    expect(agent.pushes('messagePush').map(({ id, prev }) => [prev, id])).toEqual([
      [undefined, 'm1'],
      ['m1', 'm2'],
      ['m2', 'm3'],
    ])
    const reply = await agent.command('send', text(sub, 'r1'))
    expect(await customer.push('messagePush')).toMatchObject({
      id: 'r1',
      from: `agent-of-${shop}`,
      side: `shop:${shop}`,
      name: 'Ann',
      seq: reply.seq,
    })
    expect(customer.pushes('messagePush')).toHaveLength(1)
  })

  test("a new conversation is pushed to the shop's agents, with its first message once", async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const agent = await arrive(transport, agentOf(shop))
    const customer = await arrive(transport, { sub, name: 'Li' })
    await customer.command('send', text(`shop:${shop}`, 'm1'))
    await customer.command('send', text(`shop:${shop}`, 'm2'))
    const row = await agent.push('conversationPush')
    expect(row).toMatchObject({ conversation: conversationId(`shop:${shop}`, sub), to: sub, name: 'Li' })
    await agent.push('messagePush', 1)
    await agent.command('conversations', {})
    expect(agent.pushes('messagePush').map(({ id }) => id)).toEqual(['m1', 'm2'])
  })

  test('two windows of one customer see the same, each message once', async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const one = await arrive(transport, { sub }, { to: `shop:${shop}` })
    const other = await arrive(transport, { sub })
    await one.command('send', text(`shop:${shop}`, 'm1'))
    expect((await other.push('messagePush')).id).toBe('m1')
    await other.command('send', text(`shop:${shop}`, 'm2'))
    expect((await one.push('messagePush')).id).toBe('m2')
    expect([one.pushes('messagePush').length, other.pushes('messagePush').length]).toEqual([1, 1])
    expect(one.pushes('conversationPush').length).toBe(1)
  })

  test('a message sent again with the same client id changes nothing and gets the same answer', async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const customer = await arrive(transport, { sub })
    const first = await customer.command('send', text(`shop:${shop}`, 'm1'))
    const again = await customer.command('send', text(`shop:${shop}`, 'm1', 'other words'))
    expect(again).toEqual({ ...first, duplicate: true })
    const { messages, more } = await customer.command('history', { to: `shop:${shop}` })
    expect(messages.map(({ body }) => body.text)).toEqual(['m1'])
    expect(more).toBe(false)
  })

  test('history pages both ways', async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const customer = await arrive(transport, { sub })
    for (let n = 1; n <= 7; n++) await customer.command('send', text(`shop:${shop}`, `m${n}`))
    const seqs = async (range: { before?: number; after?: number }) => {
      const { messages, more } = await customer.command('history', { to: `shop:${shop}`, limit: 3, ...range })
      return [messages.map(({ seq }) => seq), more]
    }
    expect(await seqs({})).toEqual([[5, 6, 7], true])
    expect(await seqs({ before: 5 })).toEqual([[2, 3, 4], true])
    expect(await seqs({ before: 2 })).toEqual([[1], false])
    expect(await seqs({ after: 2 })).toEqual([[3, 4, 5], true])
    expect(await seqs({ after: 5 })).toEqual([[6, 7], false])
  })

  test('cursors only move forward and are pushed to the other side', async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const customer = await arrive(transport, { sub }, { to: `shop:${shop}` })
    await customer.command('send', text(`shop:${shop}`, 'm1'))
    await customer.command('send', text(`shop:${shop}`, 'm2'))
    const agent = await arrive(transport, agentOf(shop))
    const {
      conversations: [row],
    } = await agent.command('conversations', {})
    expect(row).toMatchObject({ to: sub, unread: 2, head: { seq: 2 } })
    await agent.command('delivered', { to: sub, seq: 2 })
    await agent.command('read', { to: sub, seq: 2 })
    expect(await customer.push('cursorPush', 0)).toMatchObject({ participant: `shop:${shop}`, delivered: 2, read: 0 })
    expect(await customer.push('cursorPush', 1)).toMatchObject({ participant: `shop:${shop}`, delivered: 2, read: 2 })
    expect((await agent.command('conversations', {})).conversations[0]?.unread).toBe(0)
  })

  test('a cursor moves up to the last message and never back, and who has it already tells nobody', async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const agent = await arrive(transport, agentOf(shop))
    await agent.command('send', text(sub, 'm1'))
    const customer = await arrive(transport, { sub }, { to: `shop:${shop}` })
    await customer.command('read', { to: `shop:${shop}`, seq: 900 })
    await customer.command('delivered', { to: `shop:${shop}`, seq: 1 })
    await customer.command('read', { to: `shop:${shop}`, seq: 0 })
    await agent.command('send', text(sub, 'm2'))
    await customer.command('read', { to: `shop:${shop}`, seq: 2 })
    await agent.push('cursorPush', 1)
    expect(agent.pushes('cursorPush').map(({ delivered, read }) => [delivered, read])).toEqual([
      [1, 1],
      [2, 2],
    ])
    expect(customer.pushes('cursorPush')).toEqual([])
  })

  test('a list has the last conversation first, page by page, with its last message and what is unread', async () => {
    const [shop, one, other] = [unique('s'), unique('c'), unique('c')]
    const agent = await arrive(transport, agentOf(shop))
    for (const sub of [one, other]) {
      const customer = await arrive(transport, { sub, name: `Li ${sub}` })
      await customer.command('send', text(`shop:${shop}`, 'first'))
      await customer.command('send', text(`shop:${shop}`, 'last'))
      // pages are told apart by their time
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const [newest, older] = [await agent.command('conversations', { limit: 1 }), await agent.command('conversations', {})]
    expect([newest.conversations.map(({ to }) => to), newest.more]).toEqual([[other], true])
    expect([older.conversations.map(({ to }) => to), older.more]).toEqual([[other, one], false])
    expect(older.conversations[1]).toMatchObject({
      name: `Li ${one}`,
      unread: 2,
      head: { seq: 2, id: 'last' },
      last: { seq: 2, body: { text: 'last' } },
    })
    const rest = await agent.command('conversations', { before: newest.conversations[0]!.at })
    expect(rest.conversations.map(({ to }) => to)).toEqual([one])
  })

  test("typing is shown to the other side and to colleagues, not to one's own windows", async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const customer = await arrive(transport, { sub }, { to: `shop:${shop}` })
    const window = await arrive(transport, { sub }, { to: `shop:${shop}` })
    const agent = await arrive(transport, agentOf(shop), { to: sub })
    const colleague = await arrive(transport, agentOf(shop, 'colleague'), { to: sub })
    await agent.command('typing', { to: sub, on: false })
    expect(await colleague.push('typingPush')).toMatchObject({ from: `agent-of-${shop}`, side: `shop:${shop}`, name: 'Ann', on: false })
    expect(await customer.push('typingPush')).toMatchObject({ on: false })
    await customer.command('typing', { to: `shop:${shop}` })
    expect(await agent.push('typingPush')).toMatchObject({ from: sub, side: sub, on: true })
    await agent.command('send', text(sub, 'r1'))
    await window.push('messagePush')
    expect([window, customer].map((one) => one.pushes('typingPush').map(({ side }) => side))).toEqual([[`shop:${shop}`], [`shop:${shop}`]])
  })

  test('changeUser is acknowledged to its window and pushed to the others', async () => {
    const sub = unique('c')
    const one = await arrive(transport, { sub })
    const other = await arrive(transport, { sub })
    await one.command('changeUser', { toid: 'shop:7' })
    expect(await other.push('syncChangeUserPush')).toEqual({ toid: 'shop:7', socketid: one.welcome.sid })
    expect(await one.push('changeUserPush')).toEqual({ toid: 'shop:7' })
    expect([one.pushes('syncChangeUserPush'), other.pushes('changeUserPush')]).toEqual([[], []])
  })

  test('a pass is renewed in an open session, only for the same participant', async () => {
    const sub = unique('c')
    const customer = await arrive(transport, { sub, ttlMs: 60_000 })
    const renewed = await customer.command('renew', { token: await gateway.pass(transport, { sub, ttlMs: 3_600_000 }) })
    expect(renewed.identity.expiresAt).toBeGreaterThan(customer.welcome.identity.expiresAt)
    const stranger = await customer.ask('renew', { token: await gateway.pass(transport, { sub: unique('x') }) })
    expect(stranger.error?.code).toBe('forbidden')
  })
})

describe.each(ALL_TRANSPORTS)('resume over %s', (transport) => {
  test('missed messages follow the welcome at once, up to the head', async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const agent = await arrive(transport, agentOf(shop))
    const { conversation, epoch } = await agent.command('send', text(sub, 'm1'))
    for (let n = 2; n <= 5; n++) await agent.command('send', text(sub, `m${n}`))
    const customer = await arrive(transport, { sub }, { resume: { cursors: [[conversation, epoch, 2, 'm2']] } })
    expect(customer.welcome.resumed).toMatchObject([{ conversation, to: `shop:${shop}`, status: 'follows', head: { seq: 5, id: 'm5' } }])
    expect(customer.welcome.resumed[0]).not.toHaveProperty('name')
    await customer.push('messagePush', 2)
    expect(customer.pushes('messagePush').map(({ seq }) => seq)).toEqual([3, 4, 5])
  })

  test("a cursor of another log diverges, one far behind reloads the newest page, one of others' conversation is left out", async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const agent = await arrive(transport, agentOf(shop))
    const { conversation, epoch } = await agent.command('send', text(sub, 'm1'))
    await Promise.all(Array.from({ length: 240 }, (_, n) => agent.command('send', text(sub, `m${n + 2}`))))
    const resumed = async (...cursor: [string, string, number, string]) => {
      const customer = await arrive(transport, { sub }, { resume: { cursors: [cursor] } })
      return [customer.welcome.resumed[0]?.status, customer] as const
    }
    expect((await resumed(conversation, 'another', 1, 'm1'))[0]).toBe('diverged')
    expect((await resumed(conversation, epoch, 1, 'lost'))[0]).toBe('diverged')
    expect((await resumed(conversation, epoch, 900, 'm900'))[0]).toBe('diverged')
    expect((await resumed(conversationId('other', 'else'), epoch, 1, 'm1'))[0]).toBe(undefined)
    const [status, customer] = await resumed(conversation, epoch, 1, 'm1')
    expect(status).toBe('reload')
    await customer.push('messagePush', 29)
    expect(customer.pushes('messagePush').map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, n) => 212 + n))
  })

  test('messages sent during a welcome are neither lost nor doubled', async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const agent = await arrive(transport, agentOf(shop))
    const { conversation, epoch } = await agent.command('send', text(sub, 'm1'))
    const sending = (async () => {
      for (let n = 2; n <= 120; n++) await agent.command('send', text(sub, `m${n}`))
    })()
    const resume = { cursors: [[conversation, epoch, 1, 'm1']] }
    const customers = await Promise.all(Array.from({ length: 12 }, () => arrive(transport, { sub }, { resume })))
    await sending
    for (const customer of customers) {
      await customer.push('messagePush', 118)
      expect(customer.pushes('messagePush').map(({ seq }) => seq)).toEqual(Array.from({ length: 119 }, (_, n) => n + 2))
    }
  })

  test('the next session gets everything when one ends during its resume', async () => {
    const [shop, sub] = [unique('s'), unique('c')]
    const agent = await arrive(transport, agentOf(shop))
    const { conversation, epoch } = await agent.command('send', text(sub, 'm1'))
    await Promise.all(Array.from({ length: 150 }, (_, n) => agent.command('send', text(sub, `m${n + 2}`))))
    const token = await gateway.pass(transport, { sub })
    for (let n = 0; n < 5; n++) {
      const dying = await gateway.wireClient(transport)
      dying.sendPacket({ type: 'connect', data: { token, resume: { cursors: [[conversation, epoch, 1, 'm1']] } } })
      dying.close()
    }
    const customer = await arrive(transport, { sub }, { resume: { cursors: [[conversation, epoch, 1, 'm1']] } })
    await customer.push('messagePush', 149)
    expect(customer.pushes('messagePush').at(-1)?.seq).toBe(151)
  })
})

describe.concurrent('a session ends with a byePush', () => {
  test.each(ALL_TRANSPORTS)('that says reconnect when its pass expires, over %s', async (transport) => {
    const customer = await arrive(transport, { sub: unique('c'), ttlMs: 1500 })
    expect(await customer.push('byePush')).toMatchObject({ code: 'pass_expired', reconnect: true })
    await customer.closed()
    if (transport === 'ws') expect(customer.closeCode).toBe(4004)
  })

  test.each(ALL_TRANSPORTS)(
    'that says do not reconnect when the same device opens a newer session, over %s',
    async (transport) => {
      const sub = unique('c')
      const older = await arrive(transport, { sub }, { device: 'phone.1' })
      const beside = await arrive(transport, { sub }, { device: 'phone.2' })
      const newer = await arrive(transport, { sub }, { device: 'phone.1' })
      expect(await older.push('byePush')).toMatchObject({ code: 'replaced', reconnect: false })
      await older.closed()
      if (transport === 'ws') expect(older.closeCode).toBe(4100)
      expect([beside.isClosed, newer.isClosed]).toEqual([false, false])
    },
    15_000,
  )
})
