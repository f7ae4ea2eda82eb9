/** Gateways of two formats never write into one database: each refuses, and says what to do. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Unavailable, type Backbone } from '../../../gateway/backbone/backbone.ts'
import { connectDirectly } from '../../../gateway/backbone/redis/direct.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { eventually, startCluster, startRedis, startRing, startSentinel, type RedisGroup, type RedisServer } from '../../kit/redis.ts'
import { wholeImage } from '../../kit/whole-image.ts'
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

test('what a gateway of November 2026 wrote, in format 2, is read with everything in it, and written on', async () => {
  const group = await single()
  stops.push(() => group.stop())
  const [server] = group.servers as [RedisServer]
  const text = await readFile(join(import.meta.dirname, 'recorded', 'redis-format-2.json'), 'utf8')
  const { image, commands } = JSON.parse(text) as { image: string; commands: string[][] }
  for (const command of commands) await server.cli(...command)
  const { store, records, images } = await open(group.url)
  const page = await store.read('shop:7~c1', { limit: 9 })
  expect(page.messages.map(({ seq, id, prev, body }) => [seq, id, prev, body.text])).toEqual([
    [1, 'm1', undefined, 'text of m1'],
    [2, 'm2', 'm1', 'text of m2'],
    [3, 'm "3"', 'm2', 'text of m "3"'],
  ])
  expect(page).toMatchObject({
    head: { epoch: 'CFHpGP52ss', seq: 3, id: 'm "3"' },
    cursors: { c1: { delivered: 3, read: 3 }, 'shop:7': { delivered: 3, read: 2 } },
    names: { c1: 'Ada', 'shop:7': 'Grace' },
    assignment: { text: 'open', version: 'T6z_noc673OQ' },
  })
  expect((await store.list('shop:7', { limit: 9 })).rows.map(({ conversation }) => conversation)).toEqual(['shop:7~c1'])
  expect(await records.items('shop:7/notes', 2)).toMatchObject([{ key: 'n', value: 'a note' }])
  expect((await wholeImage(await images.get(image)))?.bytes.toString()).toBe('not really a picture')
  const next = { conversation: 'shop:7~c1', from: 'c1', side: 'c1', kind: 'text', body: { text: 'on' }, at: 1.8e12, origin: '' }
  expect(await store.append({ ...next, id: 'm1' })).toMatchObject({ seq: 1, duplicate: true })
  expect(await store.append({ ...next, id: 'next' })).toMatchObject({ seq: 4, prev: 'm "3"' })
})

test.each(KINDS)(
  '%s, format 2, whose data are the same: not ready while an older gateway is at work, then it takes the database over',
  async (_name, start) => {
    const group = await start()
    stops.push(() => group.stop())
    const servers = await connectDirectly(group.url)
    stops.push(async () => servers.close())
    for (const { redis, tag } of servers.all) await redis.set(`im:{${tag}}`, '2')
    // the older gateway's probe listens
    const [{ redis, tag }] = servers.all as [(typeof servers.all)[number]]
    const older = redis.duplicate()
    await older.connect()
    await (servers.isCluster ? older.ssubscribe(`ImConv:{${tag}}`) : older.subscribe(`ImConv:{${tag}}`))
    const node = await open(group.url)
    expect(node.unready()).toMatch(/an older im-chat is at work.*Stop the older gateways/)
    older.disconnect()
    await eventually(
      async () => node.unready(),
      (problem) => problem === undefined,
    )
    for (const one of servers.all) expect(await one.redis.get(`im:{${one.tag}}`)).toBe('3')
    expect(await node.store.append(newTalk().message())).toMatchObject({ seq: 1 })
  },
)

test('a format that is newer is refused, too', async () => {
  const group = await single()
  stops.push(() => group.stop())
  await group.servers[0]!.cli('SET', 'im:{im-probe}', '4')
  expect((await open(group.url)).unready()).toMatch(/format 4/)
})
