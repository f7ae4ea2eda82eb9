/** Servers that answer and would not serve: seen before the first message is refused, and said in Redis' own words. */
import { afterEach, describe, expect, test } from 'vitest'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import type { Backbone } from '../../../gateway/backbone/backbone.ts'
import { eventually, startCluster, startRedis, startRing, type RedisServer } from '../../kit/redis.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function redis(...args: string[]): Promise<RedisServer> {
  const server = await startRedis(...args)
  stops.push(() => server.stop())
  return server
}

interface Node extends Backbone {
  /** What was said of each server, without repetitions. */
  readonly said: string[]
}

async function open(url: string): Promise<Node> {
  const said: string[] = []
  const node = await openRedis({
    url,
    probeMs: 50,
    pingMs: 200,
    commandTimeoutMs: 500,
    onHealth: (server, problem) => {
      const line = `${server}: ${problem ?? 'well'}`
      if (said.findLast((each) => each.startsWith(`${server}: `)) !== line) said.push(line)
    },
  })
  stops.push(() => node.close())
  return Object.assign(node, { said })
}

const becomes = (node: Backbone, pattern: RegExp) =>
  eventually(
    async () => node.unready() ?? 'ready',
    (said) => pattern.test(said),
  )

/** A state an operator may bring a server into, how it is left, and Redis' word for it. */
const ODD: readonly (readonly [string, readonly string[], readonly string[], RegExp])[] = [
  ['memory is full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0'], /OOM command not allowed/],
  [
    'it became a read-only replica',
    ['REPLICAOF', '127.0.0.1', '1'],
    ['REPLICAOF', 'NO', 'ONE'],
    /READONLY You can't write against a read only replica/,
  ],
  [
    'the eviction policy deletes',
    ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru'],
    ['CONFIG', 'SET', 'maxmemory-policy', 'noeviction'],
    /maxmemory-policy is allkeys-lru/,
  ],
  ['too few replicas are there', ['CONFIG', 'SET', 'min-replicas-to-write', '1'], ['CONFIG', 'SET', 'min-replicas-to-write', '0'], /NOREPLICAS/],
  ['the user lost the channels', ['ACL', 'SETUSER', 'default', 'resetchannels'], ['ACL', 'SETUSER', 'default', 'allchannels'], /NOPERM.*channel/],
  [
    'the user lost the channels of persons',
    ['ACL', 'SETUSER', 'default', 'resetchannels', '&ImInbox:*', '&ImShopPub:*'],
    ['ACL', 'SETUSER', 'default', 'allchannels'],
    /NOPERM.*channel/,
  ],
  ['the user may not write', ['ACL', 'SETUSER', 'default', '-@write'], ['ACL', 'SETUSER', 'default', '+@all'], /can't run this command/],
  ['the user may not publish', ['ACL', 'SETUSER', 'default', '-publish'], ['ACL', 'SETUSER', 'default', '+@all'], /can't run this command/],
  ['the user lost the keys', ['ACL', 'SETUSER', 'default', 'resetkeys'], ['ACL', 'SETUSER', 'default', 'allkeys'], /NOPERM/],
]

describe('not ready while', () => {
  test.each(ODD)('%s, and ready again when that is over', async (_name, make, end, word) => {
    const server = await redis()
    const node = await open(server.url)
    expect(node.unready()).toBeUndefined()
    await server.cli(...make)
    await becomes(node, word)
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(node.unready()).toMatch(word)
    await server.cli(...end)
    await becomes(node, /^ready$/)
    const told = node.said.filter((line) => !/connection was lost|not connected/.test(line))
    expect(
      told.filter((line) => word.test(line)),
      told.join('\n'),
    ).toHaveLength(1)
    expect(told.at(-1)).toBe(`127.0.0.1:${server.port}: well`)
  })

  test.each(ODD)('%s from the start', async (_name, make, _end, word) => {
    const server = await redis()
    await server.cli(...make)
    const node = await open(server.url)
    expect(node.unready()).toMatch(word)
    expect(node.said.join('\n')).toMatch(word)
  })

  test('no server is there, at the start and later', async () => {
    const server = await redis()
    await server.signal()
    const node = await open(server.url)
    expect(node.unready()).toMatch(/ECONNREFUSED/)
    expect(node.said).toHaveLength(1)
    await server.start()
    await becomes(node, /^ready$/)
    await server.signal()
    await becomes(node, /ECONNREFUSED|lost/)
    await eventually(
      async () => node.said.at(-1)!,
      (line) => /ECONNREFUSED/.test(line),
    )
  })
})

test('on a ring and in a Cluster the reason names the one server that cannot serve', async () => {
  const ring = await startRing(3)
  const cluster = await startCluster()
  stops.push(
    () => ring.stop(),
    () => cluster.stop(),
  )
  for (const { url, servers } of [ring, cluster]) {
    const node = await open(url)
    await becomes(node, /^ready$/)
    const { port, ...rest } = { port: servers[1]!.port, cli: (...args: string[]) => servers[1]!.cli(...args) }
    await rest.cli('CONFIG', 'SET', 'maxmemory', '1')
    await eventually(
      async () => node.said.join('\n'),
      (said) => said.includes(`127.0.0.1:${port}: OOM`),
    )
    await rest.cli('CONFIG', 'SET', 'maxmemory', '0')
    await eventually(
      async () => node.said.join('\n'),
      (said) => said.includes(`127.0.0.1:${port}: OOM`) && said.lastIndexOf(`:${port}: well`) > said.lastIndexOf(`:${port}: OOM`),
    )
  }
})
