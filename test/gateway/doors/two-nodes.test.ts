/** Two gateways on one backbone: it makes no difference at which one somebody is. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Backbone } from '../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { userChannel } from '../../../gateway/protocol/keys.ts'
import { startGateway, type PassClaims, type StartedGateway } from '../../kit/gateway.ts'
import { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let folder: string
let backbone: Backbone
let nodes: [StartedGateway, StartedGateway]
let count = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  backbone = await openEmbedded({ dataDir: join(folder, 'store') })
  const shared = { ...backbone, close: async () => undefined }
  const environment = { DATA_DIR: join(folder, 'shared') }
  nodes = [await startGateway(environment, { backbone: shared }), await startGateway(environment, { backbone: shared })]
})
afterAll(async () => {
  for (const node of nodes) await node.stop()
  await backbone.close()
  await rm(folder, { recursive: true })
})

async function arrive(node: 0 | 1, claims: PassClaims, hello: Record<string, unknown> = {}): Promise<WireClient> {
  const wireClient = await new WireClient(nodes[node].url, 'ws').open()
  await wireClient.hello({ token: await nodes[node].pass(claims), ...hello })
  return wireClient
}

const text = (to: string, id: string) => ({ to, id, kind: 'text', body: { text: id } })
const unique = (name: string): string => `${name}${++count}`

test('a new conversation is pushed to an agent at the other node, and the answer comes back', async () => {
  const [shop, sub] = [unique('s'), unique('c')]
  const agent = await arrive(1, { sub: `a-${shop}`, role: 'agent', shop })
  const customer = await arrive(0, { sub })
  await Promise.all(['m1', 'm2', 'm3'].map((id) => customer.command('send', text(`shop:${shop}`, id))))
  await agent.push('conversationPush')
  await agent.push('messagePush', 2)
  expect(agent.pushes('messagePush').map(({ id }) => id)).toEqual(['m1', 'm2', 'm3'])
  await agent.command('send', text(sub, 'r1'))
  expect(await customer.push('messagePush')).toMatchObject({ id: 'r1', seq: 4 })
})

test("windows of one person at two nodes see each other's messages and focus", async () => {
  const [shop, sub] = [unique('s'), unique('c')]
  const one = await arrive(0, { sub })
  const other = await arrive(1, { sub })
  await one.command('send', text(`shop:${shop}`, 'm1'))
  expect((await other.push('messagePush')).id).toBe('m1')
  await other.command('send', text(`shop:${shop}`, 'm2'))
  expect((await one.push('messagePush')).id).toBe('m2')
  await one.command('changeUser', { toid: `shop:${shop}` })
  expect((await other.push('syncChangeUserPush')).toid).toBe(`shop:${shop}`)
})

test('a message in an old conversation, to which its node is not subscribed, still arrives', async () => {
  const [sub, old] = [unique('c'), unique('s')]
  const early = await arrive(0, { sub })
  await early.command('send', text(`shop:${old}`, 'm1'))
  for (let n = 0; n < 60; n++) await early.command('send', text(`shop:${old}-${n}`, 'm1'))
  const customer = await arrive(1, { sub: unique('x') })
  const late = await arrive(1, { sub })
  const agent = await arrive(0, { sub: `a-${old}`, role: 'agent', shop: old })
  await agent.command('send', text(sub, 'r1'))
  expect(await late.push('messagePush')).toMatchObject({ id: 'r1', seq: 2 })
  await agent.command('send', text(sub, 'r2'))
  expect(await late.push('messagePush', 1)).toMatchObject({ id: 'r2', seq: 3 })
  expect(customer.pushes('messagePush')).toEqual([])
})

test('a new window gets every push when the last one closes at the same time', async () => {
  const [shop, sub] = [unique('s'), unique('c')]
  const agent = await arrive(1, { sub: `a-${shop}`, role: 'agent', shop })
  let window = await arrive(0, { sub }, { to: `shop:${shop}` })
  for (let n = 1; n <= 20; n++) {
    const [next] = await Promise.all([arrive(0, { sub }, { to: `shop:${shop}` }), Promise.resolve(window.close())])
    await agent.command('send', text(sub, `m${n}`))
    await next.until(() => next.pushes('messagePush').some(({ id }) => id === `m${n}`))
    window = next
  }
})

test("a publish of a backend on a user's channel reaches the windows", async () => {
  const sub = unique('c')
  const one = await arrive(0, { sub })
  const other = await arrive(1, { sub })
  const publish = (json: unknown) => backbone.bus.publish(userChannel(sub), '', typeof json === 'string' ? json : JSON.stringify(json))
  await publish({ type: 'syncChangeUser', uid: 'shop:9', socketid: 'php', changeUserData: {} })
  await publish('not JSON')
  await publish(['a', 'list'])
  await publish({ type: 'coupon', text: '5 off', amount: 5 })
  for (const window of [one, other]) {
    expect(await window.push('syncChangeUserPush')).toEqual({ toid: 'shop:9', socketid: 'php' })
    expect(await window.push('noticePush')).toEqual({ type: 'coupon', text: '5 off', amount: 5 })
    expect(window.pushes('noticePush')).toHaveLength(1)
  }
})
