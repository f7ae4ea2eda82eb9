/** Webhooks while processes are killed: the gateway, its Redis and the consumer. What was acknowledged is delivered, in order in each conversation. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../kit/free-port.ts'
import { spawnGateway, startGateway, type PassClaims, type SpawnedGateway, type StartedGateway } from '../kit/gateway.ts'
import { eventually, startCluster, startRedis, startRing } from '../kit/redis.ts'
import { WEBHOOK_SECRET, WebhookConsumer, type Delivered } from '../kit/webhook-consumer.ts'
import { spawnConsumer, storm, STORM_KEY, tally, type Tally } from '../kit/webhook-storm.ts'
import { WireClient } from '../kit/wire-client.ts'

const LIMIT_MS = 180_000

let folder: string
let file: string
let port: number
let settings: Record<string, string>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-webhooks-'))
  file = join(folder, 'taken')
  port = await freePort()
  settings = {
    DATA_DIR: folder,
    API_KEY: STORM_KEY,
    RATE_LIMITS: 'off',
    COMMANDS_PER_SECOND: '0',
    WEBHOOK_URL: `http://127.0.0.1:${port}/#message`,
    WEBHOOK_SECRET,
  }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const numbersOf = (events: readonly Delivered[]) => events.map(({ data }) => data.message!.seq)

const delivered = (count: number): Promise<Tally> =>
  eventually(
    () => tally(file),
    (found) => found.count >= count,
    120_000,
  )

/** Runs each step once, when so many messages were sent; `done` waits for all of them. */
function schedule(steps: readonly (readonly [count: number, run: () => Promise<void>])[]): { at(count: number): void; done(): Promise<void> } {
  const runs: Promise<void>[] = []
  return {
    at: (count) => void (count === steps[runs.length]?.[0] && runs.push((runs.at(-1) ?? Promise.resolve()).then(steps[runs.length]![1]))),
    done: async () => void (await Promise.all(runs)),
  }
}

test.each(['the embedded store', 'Redis'])(
  'with %s, nothing is lost and nothing is out of order while gateway, store and consumer are killed',
  async (name) => {
    const redis = name === 'Redis' ? await startRedis('--appendonly', 'yes', '--appendfsync', 'always') : undefined
    const environment = { ...settings, PORT: String(await freePort()), ...(redis === undefined ? undefined : { REDIS_URL: redis.url }) }
    let gateway: SpawnedGateway = await spawnGateway(environment)
    let killConsumer = await spawnConsumer(port, file)
    const restartConsumer = async (): Promise<void> => {
      await killConsumer()
      killConsumer = await spawnConsumer(port, file)
    }
    const restartGateway = async (): Promise<void> => {
      await gateway.kill()
      gateway = await spawnGateway(environment)
    }
    const restartRedis = async (): Promise<void> => {
      await redis?.signal()
      await redis?.start()
    }
    const [conversationCount, eachCount] = [40, 50]
    const steps = schedule([
      [400, restartConsumer],
      [800, restartGateway],
      [1200, restartRedis],
      [1500, restartConsumer],
      [1800, restartGateway],
    ])
    await storm({ urls: () => [gateway.url], conversationCount, eachCount, onSent: (count) => steps.at(count) })
    await steps.done()
    const found = await delivered(conversationCount * eachCount)
    expect(found).toMatchObject({ count: conversationCount * eachCount, misplaced: 0 })
    await gateway.stop()
    await killConsumer()
    await redis?.stop()
  },
  LIMIT_MS,
)

test.each(['the embedded store', 'Redis'])('with %s, a bot is told by webhook and answers by REST, under a name of its own', async (name) => {
  const redis = name === 'Redis' ? await startRedis() : undefined
  const consumer = await WebhookConsumer.start(port)
  const node = await startGateway({ ...settings, ...(redis === undefined ? undefined : { REDIS_URL: redis.url }) })
  const headers = { authorization: `Bearer ${STORM_KEY}`, 'content-type': 'application/json' }
  const write = (body: object) => fetch(`${node.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(body) })
  const customer = await new WireClient(node.url, 'ws').open()
  await customer.hello({ token: await node.pass({ sub: 'c1' }) })
  await customer.command('send', { to: 'shop:7', id: 'm1', kind: 'text', body: { text: 'Is it blue?' } })
  const [{ data }] = (await consumer.count(1)) as [Delivered]
  const answer = { conversation: data.conversation, id: 'b1', body: { text: 'It is.' }, bot: { id: 'bot', name: 'Robin' } }
  expect(await (await write(answer)).json()).toMatchObject({ ok: true, seq: 2 })
  expect(await (await write(answer)).json()).toMatchObject({ ok: true, seq: 2, duplicate: true })
  expect(await customer.push('messagePush')).toMatchObject({ seq: 2, side: 'shop:7', from: 'bot', name: 'Robin', kind: 'text' })
  expect((await write({ ...answer, id: 'b2', bot: { id: 'a b', name: 'Robin' } })).status).toBe(400)
  expect((await write({ ...answer, id: 'b3', bot: { id: 'bot', name: '\u202e' } })).status).toBe(400)
  const agent = await new WireClient(node.url, 'ws').open()
  await agent.hello({ token: await node.pass({ sub: 'a1', role: 'agent', shop: '7' }) })
  const { conversations } = await agent.command('conversations', {})
  expect(conversations[0]?.service?.agent?.id).not.toBe('bot')
  expect(numbersOf(await consumer.count(2))).toEqual([1, 2])
  await node.stop()
  await consumer.stop()
  await redis?.stop()
})

test('on Redis, what happens to a conversation comes in order, also from the node that does not deliver', async () => {
  const redis = await startRedis()
  const consumer = await WebhookConsumer.start(port)
  const environment = { ...settings, REDIS_URL: redis.url, WEBHOOK_URL: consumer.url, WEBHOOK_ABSENT_MS: '1000' }
  const nodes = [await startGateway(environment), await startGateway(environment)] as const
  const arrive = async (node: StartedGateway, claims: PassClaims): Promise<WireClient> => {
    const client = await new WireClient(node.url, 'ws').open()
    await client.hello({ token: await node.pass(claims) })
    return client
  }
  const customer = await arrive(nodes[0], { sub: 'c1' })
  const { conversation } = await customer.command('send', { to: 'shop:7', id: 'm1', kind: 'text', body: { text: 'secret words' } })
  await consumer.until(() => consumer.taken.some(({ type }) => type === 'absent'))
  await customer.command('withdraw', { conversation, seq: 1, id: 'm1' })
  await consumer.until(() => consumer.taken.some(({ type }) => type === 'withdrawn'))
  const agent = await arrive(nodes[1], { sub: 'a1', role: 'agent', shop: '7' })
  await agent.command('claim', { to: 'c1' })
  await agent.command('block', { to: 'c1', reason: 'spam' })
  await agent.command('close', { to: 'c1' })
  await consumer.until(() => consumer.taken.some(({ type }) => type === 'closed'))
  expect(consumer.taken.map(({ type }) => type)).toEqual(['message', 'opened', 'absent', 'withdrawn', 'assigned', 'blocked', 'closed'])
  expect(consumer.taken.every(({ isSigned }) => isSigned)).toBe(true)
  expect(consumer.taken[3]!.body).not.toContain('secret words')
  for (const node of nodes) await node.stop()
  await consumer.stop()
  await redis.stop()
})

test(
  'of two nodes one delivers; when it is killed, the other goes on where it was',
  async () => {
    const redis = await startRedis()
    const environment = { ...settings, REDIS_URL: redis.url }
    const doomed = await spawnGateway(environment)
    const other = await spawnGateway(environment)
    const killConsumer = await spawnConsumer(port, file)
    let urls = [doomed.url, other.url]
    const steps = schedule([
      [
        500,
        async () => {
          urls = [other.url]
          await doomed.kill()
        },
      ],
    ])
    await storm({ urls: () => urls, conversationCount: 20, eachCount: 50, onSent: (count) => steps.at(count) })
    await steps.done()
    expect(await delivered(1000)).toMatchObject({ count: 1000, misplaced: 0 })
    await other.stop()
    await killConsumer()
    await redis.stop()
  },
  LIMIT_MS,
)

describe.each([
  ['a ring', startRing],
  ['a Cluster', startCluster],
] as const)('on %s of Redis servers', (_name, startServers) => {
  test(
    'messages at both nodes come once and in order, and without delay from the node that does not deliver',
    async () => {
      const servers = await startServers()
      const consumer = await WebhookConsumer.start(port)
      const environment = { ...settings, REDIS_URL: servers.url }
      const nodes = [await startGateway(environment), await startGateway(environment)]
      const urls = nodes.map(({ url }) => url)
      await storm({ urls: () => urls, conversationCount: 20, eachCount: 20 })
      const taken = await consumer.count(400)
      expect(new Set(taken.map(({ id }) => id)).size).toBe(400)
      const one = taken.filter(({ data }) => data.conversation === 'shop:1~c3').map(({ data }) => data.message!.seq)
      expect(one).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
      for (const node of nodes) await node.stop()
      await consumer.stop()
      await servers.stop()
    },
    LIMIT_MS,
  )
})
