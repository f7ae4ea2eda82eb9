/** What a hello asks of a real Redis goes out together: one round trip from the hello to the welcome. */
import { afterEach, expect, test } from 'vitest'
import { openRedis } from '../../gateway/backbone/redis/redis.ts'
import { loadScripts } from '../../gateway/backbone/redis/scripts.ts'
import { REDIS_DEFAULTS } from '../../gateway/backbone/redis/settings.ts'
import type { Welcome } from '../../gateway/protocol/commands.ts'
import { conversationId, shopSide, sideChannel } from '../../gateway/protocol/keys.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'
import { RedisProxy } from '../kit/redis-proxy.ts'
import { startRedis, type RedisServer } from '../kit/redis.ts'
import { countRoundTrips } from '../kit/round-trips.ts'
import { WireClient } from '../kit/wire-client.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function started(urlOf: (port: number) => Promise<string>): Promise<{ server: RedisServer; gateway: StartedGateway }> {
  const server = await startRedis()
  stops.push(() => server.stop())
  const gateway = await startGateway({ COMMANDS_PER_SECOND: '0' }, { backbone: await openRedis({ url: await urlOf(server.port) }) })
  stops.push(() => gateway.stop())
  return { server, gateway }
}

async function say(gateway: StartedGateway, sub: string): Promise<void> {
  const client = await connect(gateway)
  client.sendPacket({ type: 'connect', data: { token: await gateway.pass({ sub }), device: sub, v: 1 } })
  await client.until(() => client.received.some(({ type }) => type === 'connect'))
  client.sendPacket({ type: 'event', name: 'send', args: [{ to: shopSide('7'), id: 'm1', kind: 'text', body: { text: 'hello' } }], id: 1 })
  await client.until(() => client.received.some(({ type }) => type === 'ack'))
  client.close()
}

async function connect(gateway: StartedGateway): Promise<WireClient> {
  const client = await new WireClient(gateway.url).open()
  stops.push(async () => client.close())
  return client
}

test('an agent waits for one round trip to Redis, with eight cursors as with none: the route is written while the logs and the shop are read', async () => {
  let counter: Awaited<ReturnType<typeof countRoundTrips>> | undefined
  const { gateway } = await started(async (port) => {
    counter = await countRoundTrips(port)
    return counter.url.replace('http:', 'redis:')
  })
  stops.push(async () => counter!.close())
  const subs = Array.from({ length: 8 }, (_, i) => `c${i}`)
  for (const sub of subs) await say(gateway, sub)
  const cursors = subs.map((sub) => [conversationId(sub, shopSide('7')), '', 0, ''])
  for (const resume of [{ cursors: [] }, { cursors }]) {
    let least = Infinity
    // other work of the gateway may be under way meanwhile
    for (let i = 0; i < 10; i++) {
      const token = await gateway.pass({ sub: `agent-${i}`, role: 'agent', shop: '7' })
      const client = await connect(gateway)
      const before = counter!.count
      client.sendPacket({ type: 'connect', data: { token, device: 'd', v: 1, resume } })
      const welcome = await client.until(() => client.received.find(({ type }) => type === 'connect'))
      least = Math.min(least, counter!.count - before)
      expect((welcome as { data: Welcome }).data.resumed).toHaveLength(resume.cursors.length)
      client.close()
    }
    expect(least).toBe(1)
  }
})

test('a log that was read before its route was written, because Redis lacked one of the scripts, is read again', async () => {
  let proxy: RedisProxy | undefined
  const { server, gateway } = await started(async (port) => {
    proxy = await RedisProxy.to(port)
    return proxy.url
  })
  stops.push(() => proxy!.close())
  const { read } = loadScripts({ url: '', ...REDIS_DEFAULTS }, 'PUBLISH')
  await say(gateway, 'c1')
  let againCount = 0
  // a job of the gateway may bring the scripts back before the hello comes
  for (let n = 2; againCount === 0 && n < 12; n++) {
    await server.cli('SCRIPT', 'FLUSH')
    await server.cli('SCRIPT', 'LOAD', read.source)
    const client = await connect(gateway)
    client.sendPacket({ type: 'connect', data: { token: await gateway.pass({ sub: `c${n}` }), device: 'd', v: 1, to: shopSide('7') } })
    await client.until(() => client.received.some(({ type }) => type === 'connect'))
    const route = `at:${sideChannel(`c${n}`)}`
    const log = `:log:${conversationId(`c${n}`, shopSide('7'))}`
    const { said } = proxy!.connections(route)[0]!
    const [routeCount, logCount] = [route, log].map((text) => said.split(text).length - 1)
    // the first time both went out together
    expect(logCount).toBeGreaterThanOrEqual(routeCount!)
    if (routeCount === 2) {
      againCount++
      expect(said.lastIndexOf(log)).toBeGreaterThan(said.lastIndexOf(route))
    }
    client.close()
  }
  expect(againCount).toBe(1)
})
