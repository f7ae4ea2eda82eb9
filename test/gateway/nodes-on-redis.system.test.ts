/** Gateways on a real Redis: many nodes are one chat, a PHP backend speaks into it, and an outage is only that. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spawnEnding } from '../kit/ends-with-us.ts'
import { startGateway, type PassClaims, type StartedGateway } from '../kit/gateway.ts'
import { freePort } from '../kit/free-port.ts'
import { eventually, RedisServer, startRedis, startRing, type RedisGroup } from '../kit/redis.ts'
import { WireClient } from '../kit/wire-client.ts'

const run = promisify(execFile)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function arrive(node: StartedGateway, claims: PassClaims, hello: Record<string, unknown> = {}): Promise<WireClient> {
  const wireClient = await new WireClient(node.url, 'ws').open()
  await wireClient.hello({ token: await node.pass(claims), ...hello })
  return wireClient
}

const text = (to: string, id: string) => ({ to, id, kind: 'text', body: { text: id } })
const statusOf = async (url: string): Promise<number> => (await fetch(url)).status

describe('a ring of four servers', () => {
  let ring: RedisGroup
  let nodes: StartedGateway[]

  beforeAll(async () => {
    ring = await startRing(4)
    const environment = { REDIS_URL: ring.url, DATA_DIR: folder }
    nodes = [await startGateway(environment), await startGateway(environment)]
  })
  afterAll(async () => {
    for (const node of nodes) await node.stop()
    await ring.stop()
  })

  test('people at two nodes chat as at one', async () => {
    const agent = await arrive(nodes[1]!, { sub: 'a1', role: 'agent', shop: '7' })
    const customer = await arrive(nodes[0]!, { sub: 'c1' })
    for (let n = 1; n <= 20; n++) await customer.command('send', text('shop:7', `m${n}`))
    await agent.push('messagePush', 19)
    expect(agent.pushes('messagePush').map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
    await agent.command('send', text('c1', 'r1'))
    // by its number: what was sent while the first message made its way may be told to its sender as well
    await customer.until(() => customer.pushes('messagePush').some(({ seq, from }) => seq === 21 && from === 'a1'))
    await agent.command('typing', { to: 'c1' })
    expect((await customer.push('typingPush')).from).toBe('a1')
  })

  test('a client that loses its node in the middle finds the rest at the other', async () => {
    const agent = await arrive(nodes[1]!, { sub: 'a1', role: 'agent', shop: '8' })
    const customer = await arrive(nodes[0]!, { sub: 'c2' })
    const { conversation, epoch } = await customer.command('send', text('shop:8', 'm1'))
    await agent.push('messagePush')
    customer.close()
    await customer.closed()
    for (let n = 2; n <= 5; n++) await agent.command('send', text('c2', `m${n}`))
    const back = await arrive(nodes[1]!, { sub: 'c2' }, { resume: { cursors: [[conversation, epoch, 1, 'm1']] } })
    await back.push('messagePush', 3)
    expect(back.pushes('messagePush').map(({ seq }) => seq)).toEqual([2, 3, 4, 5])
  })

  test('PHP hears on the channels of both sides that a message was withdrawn, without its words', async () => {
    const agent = await arrive(nodes[1]!, { sub: 'a1', role: 'agent', shop: '9' })
    const customer = await arrive(nodes[0]!, { sub: 'c9', src: 'wx' })
    const { seq, conversation } = await customer.command('send', text('shop:9', 'secret'))
    await agent.push('messagePush')
    const ports = ring.servers.map(({ port }) => port).join(',')
    const channels = ['ImMsgPub:wxc9', 'ImShopPub:9']
    const subscribers = (channel: string): Promise<string[]> =>
      Promise.all(ring.servers.map(async (server) => (await server.cli('PUBSUB', 'NUMSUB', channel)).trim().split('\n').at(-1)!))
    const before = await Promise.all(channels.map(subscribers))
    const listeners = channels.map((channel) => spawnEnding('php', ['test/gateway/subscribe.php', ports, channel, 'withdrawn'], {}))
    const firsts = listeners.map(async ({ stdout }) => String((await once(stdout!, 'data'))[0]))
    for (const [i, channel] of channels.entries())
      await eventually(
        () => subscribers(channel),
        (now) => now.join() !== before[i]!.join(),
      )
    await customer.command('withdraw', { to: 'shop:9', seq, id: 'secret' })
    for (const line of await Promise.all(firsts)) {
      expect(JSON.parse(line)).toEqual({ type: 'withdrawn', conversation, seq, id: 'secret', at: expect.any(Number) })
      expect(line.replace('"id":"secret"', '')).not.toContain('secret')
    }
    for (const listener of listeners) listener.kill()
  })

  test.each([
    ['wx', '10086'],
    ['', '7'],
    ['m.', '张三'],
  ])('PHP finds the channel of %s%s and its windows hear it', async (src, sub) => {
    const claims = src === '' ? { sub } : { sub, src }
    const windows = [await arrive(nodes[0]!, claims), await arrive(nodes[1]!, claims)]
    const ports = ring.servers.map(({ port }) => port).join(',')
    const publish = async (json: unknown) => (await run('php', ['test/gateway/publish.php', ports, src, sub, JSON.stringify(json)])).stdout.trim()
    const heard = await publish({ type: 'syncChangeUser', uid: 'shop:7', socketid: 'php', changeUserData: [] })
    await publish({ type: 'coupon', text: '满100减5' })
    expect(heard).toBe('2')
    for (const window of windows) {
      expect(await window.push('syncChangeUserPush')).toEqual({ toid: 'shop:7', socketid: 'php' })
      expect(await window.push('noticePush')).toEqual({ type: 'coupon', text: '满100减5' })
    }
  })
})

describe('an outage', () => {
  test('sessions stay open, sends are refused at once and succeed afterwards, without a new hello', async () => {
    const redis = await startRedis()
    const node = await startGateway({ REDIS_URL: redis.url, DATA_DIR: folder })
    const agent = await arrive(node, { sub: 'a1', role: 'agent', shop: '9' }, { to: 'c3' })
    const customer = await arrive(node, { sub: 'c3' }, { to: 'shop:9' })
    await customer.command('send', text('shop:9', 'm1'))
    await agent.push('messagePush')
    await redis.signal()
    const { error } = await customer.ask('send', text('shop:9', 'm2'))
    expect(error).toMatchObject({ code: 'unavailable', retry: true })
    expect(await statusOf(`${node.url}/readyz`)).toBe(503)
    await redis.start()
    await eventually(
      () => statusOf(`${node.url}/readyz`),
      (status) => status === 200,
    )
    await eventually(
      () => customer.ask('send', text('shop:9', 'm2')),
      ({ ok }) => ok === true,
    )
    await agent.until(() => agent.pushes('messagePush').some(({ id }) => id === 'm2'))
    expect([customer.isClosed, agent.isClosed]).toEqual([false, false])
    await node.stop()
    await redis.stop()
  })

  test('at the start: the gateway says why it is not ready, and becomes ready by itself', async () => {
    const redis = new RedisServer(await freePort(), [])
    const node = await startGateway({ REDIS_URL: redis.url, DATA_DIR: folder })
    const response = await fetch(`${node.url}/readyz`)
    const { reason } = (await response.json()) as { reason: string }
    expect(response.status).toBe(503)
    expect(reason).toContain(String(redis.port))
    const token = await node.pass({ sub: 'c4' })
    const wireClient = await new WireClient(node.url, 'ws').open()
    expect(await wireClient.refusedHello({ token })).toMatchObject({ code: 'unavailable', retry: true })
    await redis.start()
    await eventually(
      () => statusOf(`${node.url}/readyz`),
      (status) => status === 200,
    )
    wireClient.sendPacket({ type: 'connect', data: { token } })
    await wireClient.until(() => wireClient.received.find(({ type }) => type === 'connect'))
    await node.stop()
    await redis.stop()
  })
})
