/** A move of a data folder into real Redis servers: the same pages, lists, records and pictures come out of both; killed in the middle, it begins again. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Backbone } from '../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { readConfig } from '../../../gateway/config.ts'
import { runDataCommand } from '../../../gateway/data-commands.ts'
import { startCluster, startRedis, startRing, startSentinel, type RedisServer } from '../../kit/redis.ts'
import { wholeImage } from '../../kit/whole-image.ts'
import { contentOf, EACH, makeSound, scratchFolder, TALKS, type Content } from './damage.ts'

let root: string
let folder: string
let pictures: readonly string[]
let content: Content
const IMAGE = Buffer.from(Array.from({ length: 100_001 }, (_, i) => i % 251))
let waiting: string

beforeAll(async () => {
  root = scratchFolder('move')
  folder = join(root, 'data')
  pictures = await makeSound(folder)
  const backbone = await openEmbedded({ dataDir: folder })
  const { store, records, images } = backbone
  const [first] = (await store.read('shop:7~c3', { after: 0, limit: 1 })).messages
  const { prev: _, ...rest } = first!
  await store.replace({ ...rest, kind: 'withdrawn', body: { text: '' } })
  // an assignment without a message, an append after an assignment, a quotation mark in an id
  await store.setAssignment({ conversation: 'shop:7~c9', expect: '', text: 'waiting', phase: 'waiting', muted: [{ side: 'c9', until: 9e15 }] })
  const odd = {
    conversation: 'shop:7~c"8',
    id: 'a "quoted", id',
    from: 'c"8',
    side: 'c"8',
    kind: 'text',
    body: { text: '\u2028 "\\ ö' },
    at: 77,
    origin: '',
  }
  await store.append(odd)
  await records.put({ collection: 'leases', key: 'ends', value: 'x y', now: Date.now(), expiresAt: Date.now() + 3_600_000 })
  await records.put({ collection: 'leases', key: 'ended', value: 'x', now: 1, expiresAt: 2 })
  pictures = [...pictures, await images.put({ type: 'image/jpeg', bytes: IMAGE })]
  waiting = await images.put({ type: 'image/png', bytes: IMAGE }, 3_600_000)
  content = await contentOf(backbone, pictures)
  await backbone.close()
})
afterAll(() => rmSync(root, { recursive: true }))

async function run(command: 'check' | 'move', url: string, given: readonly string[] = []): Promise<{ isSound: boolean; said: string }> {
  const lines: string[] = []
  const config = readConfig({ REDIS_URL: url, DATA_DIR: folder })
  const isSound = await runDataCommand(command, { given, config, say: (line) => lines.push(line) })
  return { isSound, said: lines.join('\n') }
}

async function opened(url: string): Promise<Backbone> {
  const backbone = await openRedis({ url })
  onTestFinished(() => backbone.close())
  return backbone
}

/** As a gateway finds it there. */
async function requireAll(url: string): Promise<void> {
  const backbone = await opened(url)
  expect(backbone.unready()).toBeUndefined()
  expect(await contentOf(backbone, pictures)).toEqual(content)
  const { store, records, images } = backbone
  expect(await store.read('shop:7~c9', { limit: 9 })).toMatchObject({ head: { seq: 0 }, assignment: { text: 'waiting' } })
  await expect(
    store.append({ conversation: 'shop:7~c9', id: 'x', from: 'c9', side: 'c9', kind: 'text', body: { text: '' }, at: 1, origin: '' }),
  ).rejects.toThrow(/muted/)
  expect(await records.items('leases', Date.now())).toMatchObject([{ key: 'ends', value: 'x y' }])
  expect((await wholeImage(await images.get(pictures.at(-1)!)))?.bytes.equals(IMAGE)).toBe(true)
  expect(await images.keep(waiting)).toBeLessThan(3_600_001)
  // what was sent before is known, and what comes is behind it
  const { pages } = content
  const last = pages[0]!.messages.at(-1)!
  const again = { conversation: 'shop:7~c0', id: last.id, from: last.from, side: last.side, kind: last.kind, body: last.body, at: 1e12, origin: '' }
  expect(await store.append(again)).toMatchObject({ seq: EACH, duplicate: true, epoch: last.epoch, at: last.at })
  expect(await store.append({ ...again, id: 'next' })).toMatchObject({ seq: EACH + 1, prev: last.id, duplicate: false, epoch: last.epoch })
  expect(await store.advance({ conversation: 'shop:7~c2', side: 'shop:7', read: 5, origin: '' })).toEqual({ delivered: 20, read: 10 })
  const { assignment } = await store.read('shop:7~c1', { limit: 1 })
  expect(await store.setAssignment({ conversation: 'shop:7~c1', expect: assignment!.version, text: 'open', phase: 'open' })).toMatchObject({
    isSet: true,
  })
}

describe.each([
  ['one server', async () => startRedis()],
  ['a ring', async () => startRing(3)],
  ['Sentinel', startSentinel],
  ['a Cluster', startCluster],
])('into %s', (_, start) => {
  test('everything is there, and a check finds it sound', async () => {
    const redis = await start()
    onTestFinished(() => redis.stop())
    const moved = await run('move', redis.url)
    expect(moved.said).toContain(`Moved ${TALKS * EACH + 1} messages in ${TALKS + 2} conversations, 4 records, 8 pictures: the same on both sides.`)
    const { isSound, said } = await run('check', redis.url)
    expect(said).toMatch(new RegExp(`are sound[^]*conversations +${TALKS + 2}\n +messages +${TALKS * EACH + 1}\n +pictures +8`))
    expect(isSound).toBe(true)
    await requireAll(redis.url)
    expect((await run('check', redis.url)).isSound).toBe(true)
    await expect(run('move', redis.url)).rejects.toThrow(/is not empty.*FLUSHDB/)
  })
})

async function oneRedis(...args: string[]): Promise<RedisServer> {
  const redis = await startRedis(...args)
  onTestFinished(() => redis.stop())
  return redis
}

async function largeFolder(place: string, count: number): Promise<void> {
  const backbone = await openEmbedded({ dataDir: place })
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      backbone.store.append({
        conversation: `shop:7~p${i}`,
        id: 'm',
        from: `p${i}`,
        side: `p${i}`,
        kind: 'text',
        body: { text: 'x' },
        at: i,
        origin: '',
      }),
    ),
  )
  await backbone.close()
}

test('a move whose Redis goes away says so, and the next one into another Redis has everything', async () => {
  const [away, there] = [await oneRedis(), await oneRedis()]
  const place = join(root, 'away')
  await largeFolder(place, 3000)
  const failed = run('move', away.url, [place]).catch((error: Error) => error.message)
  await expect.poll(() => away.cli('DBSIZE').then(Number), { interval: 1 }).toBeGreaterThan(300)
  await away.signal()
  expect(await failed).toMatch(/^Redis failed: .*start the move again: it begins anew/)
  expect((await run('move', there.url, [place])).said).toContain('Moved 3000 messages in 3000 conversations')
})

test('a move that is killed keeps gateways away, and the next one begins again', async () => {
  const redis = await oneRedis()
  const large = join(root, 'large')
  const count = 3000
  await largeFolder(large, count)
  const child = spawn(process.execPath, ['dist/gateway/main.js', 'move', large], { env: { PATH: process.env.PATH, REDIS_URL: redis.url } })
  onTestFinished(() => void child.kill('SIGKILL'))
  const gone = once(child, 'exit')
  await expect.poll(() => redis.cli('DBSIZE').then(Number), { interval: 1, timeout: 20_000 }).toBeGreaterThan(300)
  child.kill('SIGKILL')
  expect(await gone).toEqual([null, 'SIGKILL'])
  const left = Number(await redis.cli('DBSIZE'))
  expect(left).toBeLessThan(count * 3)
  await redis.cli('SET', 'im:image:of-a-record-that-was-removed-since', 'x')
  expect((await opened(redis.url)).unready()).toMatch(/a move into this database has not finished/)
  expect((await run('check', redis.url)).said).toMatch(/has not finished/)
  expect((await run('move', redis.url, [large])).said).toContain(`Moved ${count} messages in ${count} conversations, 0 records, 0 pictures`)
  expect((await opened(redis.url)).unready()).toBeUndefined()
  expect(await redis.cli('EXISTS', 'im:image:of-a-record-that-was-removed-since')).toBe('0')
})

test('a folder in use, a Redis in use, one that evicts, is full or away: each is a sentence, and the folder stays as it was', async () => {
  const redis = await oneRedis()
  const backbone = await openEmbedded({ dataDir: folder })
  await expect(run('move', redis.url)).rejects.toThrow(/in use by another gateway/)
  await backbone.close()
  await (await openRedis({ url: redis.url })).close()
  await expect(run('move', redis.url)).rejects.toThrow(/is not empty/)
  await expect(run('move', (await oneRedis('--maxmemory-policy', 'allkeys-lru')).url)).rejects.toThrow(/maxmemory-policy is allkeys-lru/)
  await expect(run('move', (await oneRedis('--maxmemory', '1500kb', '--maxmemory-policy', 'noeviction')).url)).rejects.toThrow(/Redis failed: .*OOM/)
  await expect(run('move', 'redis://127.0.0.1:1')).rejects.toThrow(/cannot be reached: .*ECONNREFUSED/)
  const after = await openEmbedded({ dataDir: folder })
  expect(await contentOf(after, pictures)).toEqual(content)
  await after.close()
})

test('a check names what does not fit together in Redis', async () => {
  const redis = await oneRedis()
  await run('move', redis.url)
  const names = (await redis.cli('KEYS', 'im:*:log:*')).split('\n')
  const log = (name: string): string => names.find((key) => key.endsWith(name))!
  await redis.cli('RPOP', log('~c0'))
  await redis.cli('LSET', log('~c1'), '3', 'nonsense')
  await redis.cli('LREM', log('~c2'), '1', await redis.cli('LINDEX', log('~c2'), '4'))
  await redis.cli('ZREM', 'im:list:c4', 'shop:7~c4')
  await redis.cli('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
  const { isSound, said } = await run('check', redis.url)
  expect(isSound).toBe(false)
  expect(said).toMatch(/shop:7~c0: its head ends with 25, its log with 24/)
  expect(said).toMatch(/shop:7~c1: the entry behind 3 cannot be read/)
  expect(said).toMatch(/shop:7~c2: message 6 follows 4/)
  expect(said).toMatch(/shop:7~c4 is missing from the list of c4/)
})
