import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openRedis } from '../../../gateway/backbone/redis/redis.ts'
import { participantId, shardNumber, userChannel } from '../../../gateway/protocol/keys.ts'
import { startCluster, startRing, type RedisGroup } from '../../kit/redis.ts'
import { Recorder } from './laws/recorder.ts'

const USERS = [
  { fromid: '10086' },
  { sourceid: 'wx', fromid: '10086' },
  { sourceid: 'app-', fromid: 'a_b.c' },
  { sourceid: 'm.', fromid: '张三' },
  { fromid: 'Łódź-ñandú' },
  { sourceid: '店', fromid: '👩‍💻' },
  { fromid: 'quote"back\\slash/' },
]
const channels = USERS.map(({ sourceid, fromid }) => userChannel(participantId(sourceid, fromid)))

/** Real php-cli with phpredis. */
async function runBackend(group: RedisGroup, kind: '' | 'cluster:'): Promise<[channel: string, number: number, receivers: number][]> {
  const servers = kind + group.servers.map(({ port }) => `127.0.0.1:${port}`).join(',')
  const { stdout } = await promisify(execFile)('php', [join(import.meta.dirname, 'backend.php'), servers, JSON.stringify(USERS)])
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, number, number])
}

describe('a PHP backend publishes on user channels', () => {
  it.each([
    ['of a static ring: it picks the same server as we do', startRing, ''],
    ['of a Cluster, by SPUBLISH', startCluster, 'cluster:'],
  ] as const)('%s', async (_, start, kind) => {
    const group = await start()
    const node = await openRedis({ url: group.url })
    const recorders = await Promise.all(channels.map((channel) => Recorder.on(node.bus, channel)))
    const printed = await runBackend(group, kind)
    expect(printed.map(([channel]) => channel)).toEqual(channels)
    expect(printed.map(([, number]) => number)).toEqual(channels.map((channel) => shardNumber(channel, group.servers.length)))
    expect(printed.map(([, , receivers]) => receivers)).toEqual(channels.map(() => 1))
    for (const [i, recorder] of recorders.entries()) {
      const [sync, notice] = await recorder.until(2)
      // Byte for byte as PHP wrote them, with no origin, and told from a packet by the first byte.
      expect(sync).toBe(
        '{"type":"syncChangeUser","uid":"shop:42","socketid":"php-1",' +
          `"changeUserData":{"fromid":${JSON.stringify(USERS[i]!.fromid).replaceAll('/', '\\/')}}}`,
      )
      expect(notice).toBe('{"type":"notice","text":"您的订单已发货 \\/ shipped"}')
      expect(recorder.relayed.map(({ origin }) => origin)).toEqual(['', ''])
    }
    await node.close()
    await group.stop()
  })
})
