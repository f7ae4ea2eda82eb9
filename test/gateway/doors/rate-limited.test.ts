/** A session that ignores `rate_limited` is closed in the end; hellos with a signed pass do not count for their address. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { WireClient, TRANSPORTS } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let gateway: StartedGateway
beforeAll(async () => {
  gateway = await startGateway({ COMMANDS_PER_SECOND: '1' })
})
afterAll(() => gateway.stop())

describe.each(TRANSPORTS)('over %s', (transport) => {
  test('a command over the limit is refused unread with a time to retry, and a session that goes on ends with `abuse`', async () => {
    const wireClient = await new WireClient(gateway.url, transport).open()
    await wireClient.hello({ token: await gateway.pass({ sub: `c-${transport.length}-${transport.at(-1)}` }) })
    for (let n = 1; n <= 230; n++) wireClient.send(`2${n}["conversations",{},not JSON`)
    expect(await wireClient.push('byePush')).toMatchObject({ code: 'abuse', reconnect: false })
    await wireClient.closed()
    const codes = wireClient.received.flatMap((packet) =>
      packet.type === 'ack' ? [packet.args[0] as { error: { code: string; afterMs: number } }] : [],
    )
    expect(codes.length).toBe(200)
    for (const { error } of codes) {
      expect(error.code).toBe('rate_limited')
      expect(error.afterMs).toBeGreaterThan(0)
    }
  })
})
