/** Gateways of two formats never write into one database: each refuses, and says what to do. */
import { afterEach, expect, test } from 'vitest'
import { Unavailable, type Backbone } from '../../../gateway/backbone/backbone.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { eventually, startCluster, startRedis, startRing, startSentinel, type RedisGroup, type RedisServer } from '../../kit/redis.ts'
import { newTalk } from './laws/conversation.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const single = async (): Promise<RedisGroup> => {
  const server = await startRedis()
  return { servers: [server], url: server.url, stop: () => server.stop() }
}
const KINDS: readonly [string, () => Promise<RedisGroup>][] = [
  ['one server', single],
  ['a ring', () => startRing(2)],
  ['Sentinel', startSentinel],
  ['a Cluster', () => startCluster()],
]

async function open(url: string): Promise<Backbone> {
  const node = await openRedis({ url, pingMs: 200 })
  stops.push(() => node.close())
  return node
}

/** On whichever server takes it. */
async function onOne(servers: readonly RedisServer[], ...command: string[]): Promise<void> {
  for (const server of servers)
    if (!/MOVED|READONLY|unknown command|ERR/.test(await server.cli(...command).catch((error: Error) => error.message))) return
  throw new Error(`no server took ${command.join(' ')}`)
}

test.each(KINDS)(
  '%s with conversations of an older gateway: not ready, nothing is written, and the sentence says what to do',
  async (_name, start) => {
    const group = await start()
    stops.push(() => group.stop())
    await onOne(group.servers, 'HSET', 'im:{c:shop:7~c1}:meta', 'e', 'epoch', 's', '1')
    const node = await open(group.url)
    expect(node.unready()).toMatch(/conversations of an older im-chat.*empty database/s)
    const answers = await Promise.all(Array.from({ length: 9 }, () => node.store.append(newTalk().message()).catch((error: unknown) => error)))
    expect(answers.some((answer) => answer instanceof Unavailable)).toBe(true)
    if (group.servers.length === 1) expect(answers.every((answer) => answer instanceof Unavailable)).toBe(true)
  },
)

test('the database is emptied: the gateway becomes ready by itself', async () => {
  const group = await single()
  stops.push(() => group.stop())
  await group.servers[0]!.cli('HSET', 'im:{c:shop:7~c1}:meta', 'e', 'epoch')
  const node = await open(group.url)
  expect(node.unready()).toMatch(/older/)
  await group.servers[0]!.cli('FLUSHALL')
  await eventually(
    async () => node.unready(),
    (problem) => problem === undefined,
  )
  expect(await node.store.append(newTalk().message())).toMatchObject({ seq: 1 })
})

test('an older gateway that runs without conversations is seen by its probe, and one that comes later does not become ready', async () => {
  const group = await single()
  stops.push(() => group.stop())
  const [server] = group.servers as [RedisServer]
  /** What the probe of the older format does. */
  const olderProbe = () =>
    server.cli('EVAL', `redis.call('HSET', KEYS[1], 'at', ARGV[1]) redis.call('PEXPIRE', KEYS[1], 300)`, '1', 'im:{im-probe}', 'x')
  await olderProbe()
  const node = await open(group.url)
  expect(node.unready()).toMatch(/an older im-chat uses this database/)
  await eventually(
    async () => node.unready(),
    (problem) => problem === undefined,
  )
  await expect(olderProbe()).rejects.toThrow(/WRONGTYPE/)
})

test('a format that is newer is refused, too', async () => {
  const group = await single()
  stops.push(() => group.stop())
  await group.servers[0]!.cli('SET', 'im:{im-probe}', '3')
  expect((await open(group.url)).unready()).toMatch(/format 3/)
})
