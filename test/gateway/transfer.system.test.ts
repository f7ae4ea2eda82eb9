/** Two gateways on a real Redis, and the one of the agent who accepts is killed in the middle of it: nobody loses the conversation. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Assignment } from '../../gateway/protocol/model.ts'
import { spawnGateway, type PassClaims, type SpawnedGateway } from '../kit/gateway.ts'
import { startRedis, type RedisServer } from '../kit/redis.ts'
import { RedisProxy } from '../kit/redis-proxy.ts'
import { assignmentOf, text, pushedRow } from '../kit/shop-nodes.ts'
import { WireClient } from '../kit/wire-client.ts'

let folder: string
let redis: RedisServer
let environment: Record<string, string>
let other: SpawnedGateway
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  redis = await startRedis()
  environment = { REDIS_URL: redis.url, DATA_DIR: folder, HANDOVER_MS: '1000' }
  other = await spawnGateway(environment)
})
afterAll(async () => {
  await other.stop()
  await redis.stop()
  await rm(folder, { recursive: true, force: true })
})

async function arrive(node: SpawnedGateway, claims: PassClaims): Promise<WireClient> {
  const wireClient = await new WireClient(node.url, 'ws').open()
  await wireClient.hello({ token: await node.pass(claims) })
  if (claims.shop === undefined) return wireClient
  const of = [`shop:${claims.shop}`]
  // a welcome does not wait for the entry of whoever it welcomes
  await expect
    .poll(async () => (await wireClient.command('presence', { of })).presence[of[0]!]?.agents?.map(({ id }) => id), { timeout: 10_000 })
    .toContain(claims.sub)
  return wireClient
}

const agent = (shop: string, sub: string): PassClaims => ({ sub, role: 'agent', shop, name: sub.toUpperCase() })

test('at many moments of the acceptance: one of the two has the conversation, and the customer is told once', async () => {
  const ends = new Set<string>()
  for (const [round, afterMs] of [0, 1, 3, 8, 30].entries()) {
    const shop = `7-${round}`
    const doomed = await spawnGateway(environment)
    const one = await arrive(other, agent(shop, 'one'))
    const customer = await arrive(other, { sub: `c-${round}` })
    const { conversation } = await customer.command('send', text(`shop:${shop}`, 'm1'))
    const two = await arrive(doomed, agent(shop, 'two'))
    const { transfer } = (await one.command('transfer', { conversation, to: 'two' })).service
    expect((await two.push('transferPush')).transfer.id).toBe(transfer!.id)
    two.sendPacket({ type: 'event', name: 'acceptTransfer', id: 99, args: [{ conversation, transfer: transfer!.id, accept: true }] })
    await wait(afterMs)
    await doomed.kill()
    const seen = (await assignmentOf(one, `c-${round}`))!
    expect(seen.phase).toBe('open')
    ends.add(seen.agent!.id)
    // says the same again on another line at another node
    const back = await arrive(other, agent(shop, 'two'))
    const { service } = await back.command('acceptTransfer', { conversation, transfer: transfer!.id, accept: true })
    expect(service).toMatchObject({ phase: 'open', agent: { id: 'two' } })
    const { messages } = await customer.command('history', { conversation })
    expect(messages.map(({ kind, from }) => [kind, from])).toEqual([
      ['text', `c-${round}`],
      ['system', 'two'],
    ])
    expect((await customer.push('messagePush')).body).toMatchObject({ event: 'transferred', agent: 'TWO' })
  }
  console.log(`right after the kill it was of: ${[...ends].join(', ')}`)
}, 120_000)

test('an agent accepts and is gone with the node: the waiting customer gets another agent', async () => {
  const shop = '8'
  const doomed = await spawnGateway(environment)
  const one = await arrive(other, agent(shop, 'one'))
  const customer = await arrive(other, { sub: 'c8' })
  const { conversation } = await customer.command('send', text(`shop:${shop}`, 'm1'))
  const two = await arrive(doomed, agent(shop, 'two'))
  const { transfer } = (await one.command('transfer', { conversation, to: 'two' })).service
  await two.push('transferPush')
  await two.command('acceptTransfer', { conversation, transfer: transfer!.id, accept: true })
  await doomed.kill()
  await customer.command('send', text(`shop:${shop}`, 'm2'))
  const now = (): Promise<Assignment | undefined> => assignmentOf(one, 'c8')
  await expect.poll(now, { timeout: 100_000, interval: 1000 }).toMatchObject({ phase: 'open', agent: { id: 'one' } })
  await one.command('send', text('c8', 'r1'))
  await customer.until(() => customer.pushes('messagePush').some(({ id }) => id === 'r1'))
}, 150_000)

test('many agents of two nodes claim and transfer the same conversations at once: each has one agent, as the index says', async () => {
  const shop = '9'
  const second = await spawnGateway(environment)
  const agents = await Promise.all(['a', 'b', 'c', 'd'].map((sub, n) => arrive(n % 2 === 0 ? other : second, agent(shop, sub))))
  for (const one of agents) await one.command('changeStatus', { status: 'busy' })
  const customers = await Promise.all(Array.from({ length: 12 }, (_, n) => arrive(n % 2 === 0 ? second : other, { sub: `c9-${n}` })))
  await Promise.all(customers.map((customer) => customer.command('send', text(`shop:${shop}`, 'm1'))))
  const answers = await Promise.all(customers.flatMap((_, n) => agents.map((one) => one.ask('claim', { to: `c9-${n}` }))))
  expect(answers.filter(({ ok }) => ok)).toHaveLength(12)
  expect(new Set(answers.flatMap(({ error }) => error?.code ?? []))).toEqual(new Set(['conflict']))
  const { conversations } = await agents[1]!.command('queue', {})
  expect(conversations.map(({ service }) => service?.phase)).toEqual(Array.from({ length: 12 }, () => 'open'))
  const { presence } = await agents[2]!.command('presence', { of: [`shop:${shop}`] })
  const loads = presence[`shop:${shop}`]!.agents!.map(({ id, load }) => [id, load])
  const counted = ['a', 'b', 'c', 'd'].map((id) => [id, conversations.filter(({ service }) => service?.agent?.id === id).length])
  expect(loads).toEqual(counted)
  await second.stop()
}, 60_000)

test('what a colleague at another node did while this node was cut off from the bus is pushed after the gap', async () => {
  const shop = '10'
  const proxy = await RedisProxy.to(redis.port)
  const cutOff = await spawnGateway({ ...environment, REDIS_URL: proxy.url })
  const [one, two] = [await arrive(other, agent(shop, 'one')), await arrive(cutOff, agent(shop, 'two'))]
  await two.command('changeStatus', { status: 'busy' })
  const customer = await arrive(other, { sub: 'c10' })
  await customer.command('send', text(`shop:${shop}`, 'm1'))
  await pushedRow(two, 'c10', ({ phase }) => phase === 'open')
  for (const connection of proxy.connections('subscribe')) connection.set('replies', 'drop')
  await one.command('close', { to: 'c10' })
  expect(two.pushes('conversationPush').at(-1)?.service?.phase).toBe('open')
  proxy.cut('subscribe')
  await pushedRow(two, 'c10', ({ phase }) => phase === 'closed')
  await cutOff.stop()
  await proxy.close()
}, 60_000)
