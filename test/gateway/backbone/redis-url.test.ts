import { describe, expect, it } from 'vitest'
import { slotOf } from '../../../gateway/backbone/redis/slot.ts'
import { framed, unframed } from '../../../gateway/backbone/redis/frames.ts'
import { parseRedisUrl } from '../../../gateway/backbone/redis/url.ts'

describe('REDIS_URL', () => {
  const host = '10.0.0.1'
  it.each([
    ['redis://10.0.0.1', { kind: 'ring', servers: [{ host, port: 6379 }] }],
    ['redis://10.0.0.1:7000/3', { kind: 'ring', servers: [{ host, port: 7000, db: 3 }] }],
    ['redis://:p%40ss@10.0.0.1', { kind: 'ring', servers: [{ host, port: 6379, password: 'p@ss' }] }],
    [
      'rediss://im:secret@[::1]:7000',
      {
        kind: 'ring',
        servers: [{ host: '::1', port: 7000, username: 'im', password: 'secret', tls: {} }],
      },
    ],
    [
      'redis://10.0.0.1,redis://:b@redis-b:7000/1',
      {
        kind: 'ring',
        servers: [
          { host, port: 6379 },
          { host: 'redis-b', port: 7000, password: 'b', db: 1 },
        ],
      },
    ],
    [
      'redis+sentinel://10.0.0.1,s-b:26380/im',
      {
        kind: 'sentinel',
        sentinels: [
          { host, port: 26_379 },
          { host: 's-b', port: 26_380 },
        ],
        name: 'im',
        access: {},
      },
    ],
    [
      'redis+sentinel://:p@s-a/my%20master/2?sentinelPassword=q',
      {
        kind: 'sentinel',
        sentinels: [{ host: 's-a', port: 26_379 }],
        name: 'my master',
        access: { password: 'p', db: 2 },
        sentinelPassword: 'q',
      },
    ],
    [
      'rediss+cluster://u:p@c-a:7000,c-b',
      {
        kind: 'cluster',
        seeds: [
          { host: 'c-a', port: 7000 },
          { host: 'c-b', port: 6379 },
        ],
        access: { username: 'u', password: 'p', tls: {} },
      },
    ],
  ])('%s', (url, target) => {
    expect(parseRedisUrl(url)).toEqual(target)
  })

  it.each([
    '',
    'localhost:6379',
    'http://a',
    'redis://',
    'redis://a:port',
    'redis://a,b',
    'redis://a/db',
    'redis+sentinel://a',
    'redis+cluster://a/1',
    'redis+cluster://a,redis+cluster://b',
    'redis://a,redis+cluster://b',
  ])('%s is refused with the grammar', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(/REDIS_URL is not readable.*redis\+sentinel:/)
  })

  it.each([
    'redis://im:secret@a:port',
    'redis://im:se/cret@a:1',
    'redis://im:se@cret@a:1',
    'redis://:secret',
    'redis://a:1,redis://im:sec/ret@b:1',
    'im:secret@a',
    'redis+sentinel://a:1?sentinelPassword=secret',
    'redis+sentinel://im:se/cret@a:1/im?sentinelPassword=s@cret',
    'rediss+cluster://im:secret@a/1',
    'redis://im:secret%zz@a:1',
  ])('that cannot be read is a sentence without any of its secrets: %s', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(/^(?!.*(secret|cret|ret@|%zz|@a|@b)).*REDIS_URL/s)
  })
})

describe('a slot', () => {
  // CLUSTER KEYSLOT of a real server.
  it.each([
    ['foo', 12_182],
    ['{user1000}.following', 3443],
    ['{user1000}.followers', 3443],
    ['foo{}bar', 14_292],
    ['foo{{bar}}zap', 4015],
    ['ImMsgPub:张三', 4606],
    ['', 0],
  ])('of %s is %d', (key, slot) => {
    expect(slotOf(key)).toBe(slot)
  })
})

describe('the payload of a channel', () => {
  it("is a gateway's, with its origin, whatever the packet contains", () => {
    const { origin, packet } = unframed(Buffer.from(framed('line-1', '2["x",{"t":"a\nb 客"}]')))
    expect([origin, packet.toString()]).toEqual(['line-1', '2["x",{"t":"a\nb 客"}]'])
    expect(unframed(Buffer.from(framed('', '2["x"]'))).origin).toBe('')
  })

  it("is a backend's if it is an object, however that is written", () => {
    const written = '{\n  "type": "notice",\n  "text": "店"\n}'
    const { origin, packet } = unframed(Buffer.from(written))
    expect([origin, packet.toString()]).toEqual(['', written])
  })
})
