/** Two gateways on a real Redis that loses something in silence: nothing else is written that would show it. Of publishes, nothing reconnects either. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Redis } from 'ioredis'
import { connectDirectly } from '../../gateway/backbone/redis/direct.ts'
import { openRedis } from '../../gateway/backbone/redis/redis.ts'
import { startGateway, type PassClaims, type StartedGateway } from '../kit/gateway.ts'
import { RedisProxy } from '../kit/redis-proxy.ts'
import { eventually, startCluster, startRedis, startRing, startSentinel } from '../kit/redis.ts'
import { WireClient } from '../kit/wire-client.ts'

/** Two looks at what Redis has counted, and the reads. */
const FEW_SECONDS_MS = 10_000

interface World {
  /** The gateway of those who write. */
  readonly here: StartedGateway
  /** The gateway to which publishes are lost. */
  readonly there: StartedGateway
  /** Whether all that is published for `there` is lost. */
  lose(isLost: boolean): Promise<void>
  /** To be called when something was. */
  lost(): Promise<void>
}

let stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  stops = []
})

async function started(url: string, urlThere = url): Promise<{ here: StartedGateway; there: StartedGateway }> {
  const there = await startGateway({ COMMANDS_PER_SECOND: '0' }, { backbone: await openRedis({ url: urlThere }) })
  stops.push(() => there.stop())
  const here = await startGateway({ COMMANDS_PER_SECOND: '0' }, { backbone: await openRedis({ url }) })
  stops.push(() => here.stop())
  return { here, there }
}

/** As if the node were counted and not reached: its routes lead to nobody, and what is counted into its inboxes rises. */
async function onGroup(start: () => Promise<{ readonly url: string; stop(): Promise<void> }>): Promise<World> {
  const group = await start()
  stops.push(() => group.stop())
  const there = await startGateway({ COMMANDS_PER_SECOND: '0' }, { backbone: await openRedis({ url: group.url }) })
  stops.push(() => there.stop())
  const servers = await connectDirectly(group.url)
  stops.push(async () => servers.close())
  const keysLike = async (pattern: string): Promise<{ redis: Redis; key: string }[]> =>
    (await Promise.all(servers.all.map(async ({ redis }) => (await redis.keys(pattern)).map((key) => ({ redis, key }))))).flat()
  const inboxes = await eventually(
    () => keysLike('im:*:in:*'),
    (keys) => keys.length > 0,
  )
  const node = inboxes[0]!.key.split(':in:')[1]!
  const here = await startGateway({ COMMANDS_PER_SECOND: '0' }, { backbone: await openRedis({ url: group.url }) })
  stops.push(() => here.stop())
  let taken: { redis: Redis; key: string; route: string }[] = []
  return {
    here,
    there,
    lose: async (isLost) => {
      for (const { redis, key, route } of taken) await redis.set(key, route)
      taken = []
      for (const { redis, key } of isLost ? await keysLike('im:*:at:ImSide:*') : []) {
        const route = (await redis.get(key))!
        if (!route.includes(node)) continue
        taken.push({ redis, key, route })
        await redis.set(key, route.replace(node, 'nobody'))
      }
    },
    lost: async () => {
      for (const { redis, key } of inboxes) await redis.incr(key)
    },
  }
}

/** Bytes of publishes are taken out of the connections between Redis and the node. */
async function onWire(count: number): Promise<World> {
  const { url, servers, stop } = count === 1 ? await single() : await startRing(count)
  stops.push(stop)
  const proxies = await Promise.all(servers.map(({ port }) => RedisProxy.to(port)))
  stops.push(() => Promise.all(proxies.map((proxy) => proxy.close())))
  const { here, there } = await started(url, proxies.map((proxy) => proxy.url).join(','))
  return {
    here,
    there,
    lose: async (isLost) => {
      for (const proxy of proxies) proxy.isLost = (channel) => isLost && /^ImInbox:(?!\{im-probe)/.test(channel)
    },
    lost: async () => undefined,
  }
}

async function single() {
  const redis = await startRedis()
  return { servers: [redis], url: redis.url, stop: () => redis.stop() }
}

async function arrive(gateway: StartedGateway, claims: PassClaims): Promise<WireClient> {
  const wireClient = await new WireClient(gateway.url, 'ws').open()
  stops.push(async () => wireClient.close())
  await wireClient.hello({ token: await gateway.pass(claims) })
  return wireClient
}

const text = (to: string, id: string) => ({ to, id, kind: 'text', body: { text: id } })
const numbered = (client: WireClient, from: string): unknown[] =>
  client.pushes('messagePush').flatMap((message) => (message.from === from ? [[message.seq, message.id]] : []))
const missed = async ({ url }: StartedGateway): Promise<number> =>
  Number(/^im_missed_total (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1])
const within = { timeout: FEW_SECONDS_MS, interval: 50 }

describe.each([
  ['on one server, on the wire', () => onWire(1)],
  ['on a ring, on the wire', () => onWire(2)],
  ['on one server', () => onGroup(single)],
  ['with Sentinel', () => onGroup(startSentinel)],
  ['on a ring', () => onGroup(() => startRing(2))],
  ['in a Cluster', () => onGroup(startCluster)],
] as const)('publishes that are lost in silence, %s', (_, start) => {
  test('arrive within seconds, the last of a row as well, each once and in order, and so do new conversations', async () => {
    const { here, there, lose, lost } = await start()
    const [customer, stranger] = [await arrive(here, { sub: 'c1' }), await arrive(here, { sub: 'c2' })]
    const [agent, window] = [await arrive(there, { sub: 'a1', role: 'agent', shop: '1' }), await arrive(there, { sub: 'c1' })]
    await customer.command('send', text('shop:1', 'm1'))
    await Promise.all([agent.push('messagePush'), window.push('messagePush')])
    // enough to see whether what was not lost comes twice
    for (let n = 2; n <= 20; n++) await customer.command('send', text('shop:1', `m${n}`))
    await agent.push('messagePush', 19)
    await lose(true)
    for (let n = 21; n <= 23; n++) await customer.command('send', text('shop:1', `m${n}`))
    for (let n = 1; n <= 2; n++) await stranger.command('send', text('shop:1', `s${n}`))
    await lost()
    const expected = Array.from({ length: 23 }, (_, i) => [i + 1, `m${i + 1}`])
    await expect
      .poll(() => [numbered(agent, 'c1'), numbered(window, 'c1'), numbered(agent, 'c2')], within)
      .toEqual([
        expected,
        expected,
        [
          [1, 's1'],
          [2, 's2'],
        ],
      ])
    // a shop's rows come again after each gap
    expect(agent.pushes('conversationPush').filter(({ to }) => to === 'c2').length).toBeGreaterThan(0)
    // two sides of one conversation, and the shop's of the other
    await expect.poll(() => missed(there), within).toBe(3)
    await lose(false)
    await customer.command('send', text('shop:1', 'm24'))
    await agent.until(() => numbered(agent, 'c1').length > 23)
    expect(numbered(agent, 'c1')).toEqual([...expected, [24, 'm24']])
    expect(await missed(here)).toBe(0)
  })
})

test('a Redis that starts again without its newest messages: whoever saw them is told to read', async () => {
  const redis = await startRedis()
  stops.push(() => redis.stop())
  const { here, there } = await started(redis.url)
  const [customer, agent] = [await arrive(here, { sub: 'c1' }), await arrive(there, { sub: 'a1', role: 'agent', shop: '1' })]
  const window = await arrive(there, { sub: 'c1' })
  await customer.command('send', text('shop:1', 'm1'))
  await agent.push('messagePush')
  await redis.cli('SAVE')
  await customer.command('send', text('shop:1', 'm2'))
  await Promise.all([agent.push('messagePush', 1), window.push('messagePush', 1)])
  await redis.signal('SIGKILL')
  await redis.start()
  for (const client of [customer, agent, window]) expect(await client.push('resumePush')).toEqual({ conversation: 'shop:1~c1', more: true })
  expect((await window.command('history', { to: 'shop:1', after: 2 })).head).toMatchObject({ seq: 1, id: 'm1' })
})
