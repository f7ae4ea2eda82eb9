/** Whatever throws in a batch, on its way to Redis or back, fails its own operation and no other. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Server } from '../../../gateway/backbone/redis/server.ts'
import { RedisImages } from '../../../gateway/backbone/redis/images.ts'
import { FixedRing } from '../../../gateway/backbone/redis/fixed-ring.ts'
import type { Op } from '../../../gateway/backbone/redis/op.ts'
import { PlainCommand } from '../../../gateway/backbone/redis/batch-call.ts'
import { RedisConnection } from '../../../gateway/backbone/redis/redis-connection.ts'
import { Router } from '../../../gateway/backbone/redis/router.ts'
import { loadScripts, type Scripts } from '../../../gateway/backbone/redis/scripts.ts'
import { REDIS_DEFAULTS } from '../../../gateway/backbone/redis/settings.ts'
import { startRedis, type RedisServer } from '../../kit/redis.ts'

let redis: RedisServer
let ring: FixedRing
let router: Router
let scripts: Scripts
beforeAll(async () => {
  redis = await startRedis()
  const settings = { ...REDIS_DEFAULTS, url: redis.url }
  scripts = loadScripts(settings, 'PUBLISH')
  ring = new FixedRing([
    new Server({
      name: 'one',
      redis: { host: '127.0.0.1', port: redis.port },
      settings,
      scripts,
      isCluster: false,
      tag: () => 'im-probe',
    }),
  ])
  await ring.checked
  router = new Router(ring, 'writer', settings)
})
afterAll(async () => {
  await router.drain()
  await ring.close()
  await redis.stop()
})

const push = (key: string, more: Partial<Op<unknown>> = {}): Op<unknown> => ({
  key,
  keys: [],
  args: ['RPUSH', key, key],
  weight: 1,
  parse: (reply) => reply,
  ...more,
})
const bug = (): never => {
  throw new TypeError('a bug')
}
const BAD: readonly [string, Partial<Op<unknown>>][] = [
  [
    'its arguments',
    {
      get args() {
        return bug()
      },
    },
  ],
  ['its reply', { parse: bug }],
  ['Redis itself', { args: ['NOSUCHCOMMAND'] }],
]

test.each(BAD)(
  'what throws by %s fails alone; those before and behind it in the batch, and of its own key, are carried out once',
  async (name, more) => {
    const key = (which: string): string => `${name} ${which}`
    const bad = Object.defineProperties(push(key('bad')), Object.getOwnPropertyDescriptors(more)) as Op<unknown>
    // the first is on its way while the others gather
    const results = await Promise.allSettled(
      [push(key('first')), push(key('a')), push(key('b')), bad, push(key('bad')), push(key('c'))].map((op) => router.run(op)),
    )
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    for (const which of ['first', 'a', 'b', 'c']) expect(await redis.cli('LLEN', key(which))).toBe('1')
    expect(await router.run(push(key('later')))).toBe(1)
  },
)

/** How many scripts the server has run. */
async function callsCount(): Promise<number> {
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.cli('INFO', 'commandstats'))?.[1] ?? 0)
}

test('what one turn of the event loop submits goes in one call; what comes while that is under way, in the next', async () => {
  const touch = (n: number): Promise<unknown> =>
    router.run(push(`list ${n}`, { script: scripts.touch, keys: [`list ${n}`], args: [String(n), 'shop:1~c1', ''] }))
  const before = await callsCount()
  const first = [1, 2, 3].map(touch)
  await Promise.resolve()
  await Promise.all([...first, touch(4)])
  expect((await callsCount()) - before).toBe(1)
  const meanwhile = touch(5).then(() => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  await Promise.all([meanwhile, touch(6), touch(7)])
  expect((await callsCount()) - before).toBe(3)
})

test('a command that the driver sends again is the one that it was, whatever was sent since', async () => {
  const settings = { ...REDIS_DEFAULTS, url: redis.url, commandTimeoutMs: 200 }
  const connection = new RedisConnection({ redis: { host: '127.0.0.1', port: redis.port }, settings, resends: 1 })
  await connection.checked
  const set = async (key: string): Promise<unknown> => (await connection.send([new PlainCommand(['SET', key, key])]))[0]
  expect(await set('before')).toBe('OK')
  const id = String(await connection.redis.client('ID'))
  await redis.cli('CLIENT', 'PAUSE', '10000', 'WRITE')
  // the server has it and does not answer; then its connection is closed, with all that it has not carried out
  expect(await set('unanswered')).toBeInstanceOf(Error)
  const other = set('other')
  await redis.cli('CLIENT', 'KILL', 'ID', id)
  await redis.cli('CLIENT', 'UNPAUSE')
  await other
  await expect.poll(() => redis.cli('MGET', 'unanswered', 'other')).toBe('unanswered\nother')
  await connection.close()
})

const writePiece = (key: string, [offset, piece, length, lastsMs]: readonly [number, string, number, number]): Promise<unknown> =>
  router.run(push(key, { script: scripts.image, keys: [key], args: [String(offset), piece, String(length), String(lastsMs)] }))
const imagesForTest = () => new RedisImages({ writes: router, reads: router, scripts, settings: { ...REDIS_DEFAULTS, url: redis.url } })

test('an image whose beginning Redis lost on the way is refused, and leaves nothing; one of a node that ends goes by itself', async () => {
  const key = 'im:image:lost'
  expect(await writePiece(key, [0, 'image/png\nAAAA', 18, 60_000])).toBe(1)
  expect(Number(await redis.cli('PTTL', key))).toBeGreaterThan(50_000)
  await redis.cli('DEL', key)
  expect(await writePiece(key, [14, 'BBBB', 18, 0])).toBe(0)
  expect(await redis.cli('EXISTS', key)).toBe('0')
  const id = await imagesForTest().put({ type: 'image/png', bytes: Buffer.alloc(200_000, 1) })
  expect(await redis.cli('PTTL', `im:image:${id}`)).toBe('-1')
})

test('a piece of an image that comes again late does not make the finished image go', async () => {
  const key = 'im:image:late'
  const pieces = [
    [0, 'image/png\nAAAA', 22, 60_000],
    [14, 'BBBB', 22, 60_000],
    [18, 'CCCC', 22, 60_000],
  ] as const
  expect(await writePiece(key, pieces[0])).toBe(1)
  expect(await writePiece(key, pieces[2])).toBe(0)
  for (const piece of pieces) expect(await writePiece(key, piece)).toBe(1)
  await redis.cli('PERSIST', key)
  for (const piece of pieces) expect(await writePiece(key, piece)).toBe(1)
  expect(await redis.cli('PTTL', key)).toBe('-1')
  expect(await redis.cli('GET', key)).toBe('image/png\nAAAABBBBCCCC')
})

test('an image needs no more memory than a string that is written at once', async () => {
  for (const size of [1, 300_000, 1_000_000, 4_000_000]) {
    const id = await imagesForTest().put({ type: 'image/png', bytes: Buffer.alloc(size, 1) })
    const key = `im:image:${id}`
    await router.run(push('whole', { args: ['SET', 'whole', 'x'.repeat(Number(await redis.cli('STRLEN', key)))] }))
    const [pieced, whole] = [Number(await redis.cli('MEMORY', 'USAGE', key)), Number(await redis.cli('MEMORY', 'USAGE', 'whole'))]
    expect(pieced).toBeLessThan(whole * 1.02 + 100)
  }
})
