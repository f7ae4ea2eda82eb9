/** A customer who is erased leaves no byte in any Redis, by scanning all keys and reading each: on one server, a ring and a Cluster. */
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'
import { PICTURES } from '../kit/pictures.ts'
import { startCluster, startRing } from '../kit/redis.ts'
import { WireClient } from '../kit/wire-client.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const KEY = 'the-key-of-the-tests'
const headers = { authorization: `Bearer ${KEY}` }

const READERS: Readonly<Record<string, (redis: Redis, key: string) => Promise<unknown>>> = {
  string: (redis, key) => redis.get(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  hash: (redis, key) => redis.hgetall(key),
  zset: (redis, key) => redis.zrange(key, '0', '-1'),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
}

/** Keys and values of all servers, as text. */
async function dump(ports: readonly number[]): Promise<string> {
  const parts: string[] = []
  for (const port of ports) {
    const redis = new Redis(port, '127.0.0.1', { lazyConnect: true })
    await redis.connect()
    // a replica follows its master, and may be a moment behind
    const [role] = (await redis.role()) as [string]
    for (let cursor = role === 'master' ? '' : '0'; cursor !== '0';) {
      const [next, keys] = await redis.scan(cursor === '' ? '0' : cursor, 'COUNT', 1000)
      cursor = next
      for (const key of keys) {
        const read = READERS[await redis.type(key)]!
        parts.push(key, JSON.stringify(await read(redis, key)))
      }
    }
    redis.disconnect()
  }
  return parts.join('\n')
}

async function person(gateway: StartedGateway, claims: Parameters<StartedGateway['pass']>[0]): Promise<WireClient> {
  const client = await new WireClient(gateway.url, 'ws').open()
  await client.hello({ token: await gateway.pass(claims) })
  return client
}

async function live(gateway: StartedGateway, sub: string, word: string): Promise<WireClient> {
  const customer = await person(gateway, { sub, name: `${word}name` })
  const agent = await person(gateway, { sub: 'ann', role: 'agent', shop: '1', name: 'Ann' })
  const say = (client: WireClient, to: string, id: string) => client.command('send', { to, id, kind: 'text', body: { text: `${word} ${id}` } })
  for (let i = 0; i < 150; i++) await say(customer, 'shop:1', `m${i}`)
  await say(agent, sub, 'a1')
  await say(customer, 'shop:2', 'm1')
  await agent.command('saveNote', { to: sub, id: 'n1', text: `note about ${word}` })
  const token = { authorization: `Bearer ${await gateway.pass({ sub })}` }
  const uploaded = await fetch(`${gateway.url}/v1/images`, { method: 'POST', headers: token, body: new Uint8Array(PICTURES.png) })
  const body = { text: `${word} picture`, url: ((await uploaded.json()) as { url: string }).url }
  await customer.command('send', { to: 'shop:1', id: 'p1', kind: 'image', body })
  await agent.command('close', { to: sub })
  await customer.command('rate', { to: 'shop:1', score: 4, text: `rating ${word}` })
  return customer
}

const picture = PICTURES.png.toString('base64')

test.each([
  ['one server', () => startRing(1)],
  ['a ring', startRing],
  ['a Cluster', startCluster],
])('on %s', { timeout: 60_000 }, async (_, start) => {
  const { url, stop } = await start()
  stops.push(stop)
  const ports = [...url.matchAll(/127\.0\.0\.1:(\d+)|localhost:(\d+)/g)].map(([, a, b]) => Number(a ?? b))
  expect(ports.length).toBeGreaterThan(0)
  const gateway = await startGateway({ REDIS_URL: url, API_KEY: KEY, RATINGS: 'on', LOG_LEVEL: 'silent' })
  stops.push(() => gateway.stop())
  const customer = await live(gateway, 'lin', 'ERASEDWORD')
  await live(gateway, 'other', 'OTHERWORD')
  const before = await dump(ports)
  expect(before).toContain('ERASEDWORD')
  expect(before.split(picture)).toHaveLength(3)
  // so that the customer is not there any more, whose name an open session tells
  customer.close()
  const erased = await fetch(`${gateway.url}/v1/customers/lin`, { method: 'DELETE', headers })
  expect(await erased.json()).toEqual({ conversations: 2, messages: 153, pictures: 1 })
  const after = await dump(ports)
  expect(after).not.toContain('ERASEDWORD')
  expect(after.split(picture)).toHaveLength(2)
  expect(after).toContain('OTHERWORD')
  expect(after.split('\n').filter((line) => line.includes('~lin'))).toEqual([])
})
