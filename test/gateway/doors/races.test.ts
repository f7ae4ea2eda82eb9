/** Races between subscribing and reading, and a store that becomes unavailable. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { conversationId } from '../../../gateway/protocol/keys.ts'
import { startGateway, type PassClaims, type StartedGateway } from '../../kit/gateway.ts'
import { HookedBackbone } from '../../kit/hooked-backbone.ts'
import { WireClient } from '../../kit/wire-client.ts'

let folder: string
let backbone: HookedBackbone
let gateway: StartedGateway
let count = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  backbone = new HookedBackbone(await openEmbedded({ dataDir: join(folder, 'store') }))
  gateway = await startGateway({ DATA_DIR: folder }, { backbone })
})
beforeEach(() => {
  backbone.beforeRead = async () => undefined
  backbone.afterRead = async () => undefined
  backbone.isAway = false
})
afterAll(async () => {
  await gateway.stop()
  await rm(folder, { recursive: true })
})

async function arrive(claims: PassClaims, hello: Record<string, unknown> = {}): Promise<WireClient> {
  const wireClient = await new WireClient(gateway.url, 'ws').open()
  await wireClient.hello({ token: await gateway.pass(claims), ...hello })
  return wireClient
}

/** Appends to the store directly, as another node does. */
const append = (sub: string, shop: string, id: string) =>
  backbone.inner.store.append({
    conversation: conversationId(sub, `shop:${shop}`),
    id,
    from: 'other',
    side: `shop:${shop}`,
    kind: 'text',
    body: { text: id },
    at: Date.now(),
    origin: 'other',
  })

/** Runs `act` once, at the next call for that conversation. */
const onceFor = (conversation: string, run: () => Promise<unknown>) => {
  let isDone = false
  return async (asked: string): Promise<void> => {
    if (isDone || asked !== conversation) return
    isDone = true
    await run()
  }
}

const people = () => {
  const [shop, sub] = [`s${++count}`, `c${count}`]
  const text = (id: string) => ({ to: `shop:${shop}`, id, kind: 'text', body: { text: id } })
  return { shop, sub, text, conversation: conversationId(sub, `shop:${shop}`) }
}

describe('a message written during a hello', () => {
  test('is pushed after the missed ones when it is written right after the log was read', async () => {
    const { shop, sub, conversation } = people()
    await append(sub, shop, 'm1')
    backbone.afterRead = onceFor(conversation, () => append(sub, shop, 'm2'))
    const customer = await arrive({ sub }, { to: `shop:${shop}` })
    await customer.push('messagePush', 1)
    expect(customer.pushes('messagePush').map(({ id }) => id)).toEqual(['m1', 'm2'])
  })

  test('arrives once when it is written right before the log is read', async () => {
    const { shop, sub, conversation } = people()
    await append(sub, shop, 'm1')
    backbone.beforeRead = onceFor(conversation, () => append(sub, shop, 'm2'))
    const customer = await arrive({ sub }, { to: `shop:${shop}` })
    await append(sub, shop, 'm3')
    await customer.push('messagePush', 2)
    expect(customer.pushes('messagePush').map(({ id }) => id)).toEqual(['m1', 'm2', 'm3'])
  })
})

describe("a message written while an agent's node learns of a new conversation", () => {
  test.each(['beforeRead', 'afterRead'] as const)('(%s) arrives once and in order', async (moment) => {
    const { shop, sub, conversation } = people()
    const agent = await arrive({ sub: `a-${shop}`, role: 'agent', shop })
    backbone[moment] = onceFor(conversation, () => append(sub, shop, 'm2'))
    await append(sub, shop, 'm1')
    await agent.push('messagePush', 1)
    await append(sub, shop, 'm3')
    await agent.push('messagePush', 2)
    expect(agent.pushes('messagePush').map(({ id }) => id)).toEqual(['m1', 'm2', 'm3'])
  })
})

describe('while the store is unavailable', () => {
  test('sessions stay open, and commands are refused at once and may be sent again', async () => {
    const { text, sub } = people()
    const customer = await arrive({ sub })
    backbone.isAway = true
    expect((await customer.ask('send', text('m1'))).error).toMatchObject({ code: 'unavailable', retry: true })
    expect((await customer.ask('history', { to: 'shop:1' })).error?.code).toBe('unavailable')
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503)
    backbone.isAway = false
    expect((await customer.command('send', text('m1'))).seq).toBe(1)
  })

  test('a hello is refused and may be repeated in the same session', async () => {
    const { sub, shop } = people()
    const token = await gateway.pass({ sub })
    const wireClient = await new WireClient(gateway.url, 'ws').open()
    backbone.isAway = true
    expect(await wireClient.refusedHello({ token, to: `shop:${shop}` })).toMatchObject({ code: 'unavailable', retry: true })
    backbone.isAway = false
    wireClient.sendPacket({ type: 'connect', data: { token, to: `shop:${shop}` } })
    await wireClient.until(() => wireClient.received.find(({ type }) => type === 'connect'))
    await append(sub, shop, 'm1')
    expect((await wireClient.push('messagePush')).id).toBe('m1')
  })
})

test('a message reaches the newer of two sessions of one device', async () => {
  const { shop, sub } = people()
  await arrive({ sub }, { device: 'd.1' })
  const newer = await arrive({ sub }, { device: 'd.1', to: `shop:${shop}` })
  await append(sub, shop, 'm1')
  expect((await newer.push('messagePush')).id).toBe('m1')
})
