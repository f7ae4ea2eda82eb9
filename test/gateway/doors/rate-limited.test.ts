/** A session that ignores `rate_limited` is closed in the end; hellos with a signed pass do not count for their address. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { Talker, WAYS } from '../../kit/talker.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let gateway: StartedGateway
beforeAll(async () => {
  gateway = await startGateway({ COMMANDS_PER_SECOND: '1' })
})
afterAll(() => gateway.stop())

describe.each(WAYS)('over %s', (way) => {
  test('a command over the limit is refused unread with a time to retry, and a session that goes on ends with `abuse`', async () => {
    const talker = await new Talker(gateway.url, way).open()
    await talker.hello({ token: await gateway.pass({ sub: `c-${way.length}-${way.at(-1)}` }) })
    for (let n = 1; n <= 230; n++) talker.send(`2${n}["conversations",{},not JSON`)
    expect(await talker.push('byePush')).toMatchObject({ code: 'abuse', reconnect: false })
    await talker.closed()
    const codes = talker.received.flatMap((packet) => (packet.type === 'ack' ? [packet.args[0] as { error: { code: string; afterMs: number } }] : []))
    expect(codes.length).toBe(200)
    for (const { error } of codes) {
      expect(error.code).toBe('rate_limited')
      expect(error.afterMs).toBeGreaterThan(0)
    }
  })
})
