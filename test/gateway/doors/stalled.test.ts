/** Who takes nothing for 10 s while something waits is told `slow`, and cut after as long again. Real sockets; the clock is moved. */
import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { SendBuffer, takenBytes } from '../../../gateway/doors/send-buffer.ts'
import type { Message } from '../../../gateway/protocol/model.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { eventNamed, PausableClient, SOCKETS } from '../../kit/pausable-client.ts'
import { Talker } from '../../kit/talker.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 60_000 })

const LIMIT_MS = 10_000

describe('a network that takes nothing', () => {
  let now = 0

  function pendingOf(network: { taken: number }): SendBuffer {
    return new SendBuffer({ refused: () => 0, taken: () => network.taken, now: () => now })
  }

  test('is noticed by how long that lasts, from the first look at what waits', () => {
    const network = { taken: 0 }
    const pending = pendingOf(network)
    expect(pending.stalledMs()).toBe(0)
    now += 5000
    pending.add(100, true)
    expect(pending.stalledMs()).toBe(0)
    now += 9000
    expect(pending.stalledMs()).toBe(9000)
    pending.add(100, true)
    now += 1000
    expect(pending.stalledMs()).toBe(10_000)
  })

  test('any progress starts it anew: a packet taken, or a part of one; with nothing left it is over', () => {
    const network = { taken: 0 }
    const pending = pendingOf(network)
    pending.add(100, true)
    pending.add(100, false)
    pending.stalledMs()
    for (const progress of [
      () => pending.take(),
      () => {
        network.taken += 1
      },
    ]) {
      now += 9000
      expect(pending.stalledMs()).toBe(9000)
      progress()
      expect(pending.stalledMs()).toBe(0)
    }
    now += 9000
    pending.take()
    now += 9000
    expect(pending.stalledMs()).toBe(0)
  })

  test('a reader of one large write takes it bit by bit, which is progress long before the write is done', async () => {
    const server = createServer()
    onTestFinished(() => void server.close())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const reader = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [socket] = (await once(server, 'connection')) as [Socket]
    onTestFinished(() => void reader.destroy())
    onTestFinished(() => void socket.destroy())
    reader.pause()
    const bytes = 32_000_000
    const pending = new SendBuffer({ refused: () => socket.writableLength, taken: () => takenBytes(socket), now: () => now })
    pending.add(bytes, true)
    socket.write(Buffer.alloc(bytes), pending.take)
    await stands(() => takenBytes(socket))
    pending.stalledMs()
    now += LIMIT_MS
    expect(pending.stalledMs()).toBe(LIMIT_MS)
    const before = takenBytes(socket)
    reader.resume()
    await vi.waitUntil(() => takenBytes(socket) > before, { interval: 1 })
    reader.pause()
    expect(pending.bytes).toBe(bytes)
    expect(pending.stalledMs()).toBe(0)
  })
})

/** Until the value is the same for a while: the networks in between are full. */
async function stands(value: () => number): Promise<void> {
  let last = NaN
  await vi.waitUntil(() => Object.is(last, (last = value())), { interval: 50, timeout: 30_000 })
}

describe('at the gateway', () => {
  let gateway: StartedGateway
  /** The gateway's, which stands while nobody moves it. */
  let clock = 0
  /** The gateway's ends of the connections of this test. */
  let ends: Socket[] = []
  const onConnection = (message: unknown): void => void ends.push((message as { socket: Socket }).socket)

  beforeAll(async () => {
    diagnostics.subscribe('net.server.socket', onConnection)
    gateway = await startGateway({ RATE_LIMITS: 'off' }, { uptime: () => clock })
    const writer = await new Talker(gateway.url, 'ws').open()
    await writer.hello({ token: await gateway.pass({ sub: 'writer' }) })
    await Promise.all(Array.from({ length: 40 }, (_, n) => writer.command('send', text(`m${n}`, '好'.repeat(4000)))))
    writer.close()
  })
  beforeEach(() => {
    ends = []
  })
  afterAll(async () => {
    diagnostics.unsubscribe('net.server.socket', onConnection)
    await gateway.stop()
  })

  const text = (id: string, body: string) => ({ to: 'reader', id, kind: 'text', body: { text: body } })

  async function metric(name: string): Promise<number> {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? 0)
  }
  const slowByes = (): Promise<number> => metric('im_byes_total\\{code="slow"\\}')

  /** Moves the clock, a part of the limit at a time, while the gateway looks at its lines once a second. */
  const passes = (isDone: () => boolean | Promise<boolean>) =>
    vi.waitUntil(
      () => {
        clock += LIMIT_MS / 4
        return isDone()
      },
      { interval: 400, timeout: 30_000 },
    )

  const HISTORY = '["history",{"to":"writer","limit":100}]'

  /** Half a megabyte an answer, until the gateway's end of the line is refused some of it; far below what would be slow at once. */
  async function fill(client: PausableClient, end: Socket): Promise<void> {
    for (let n = 1; end.writableLength < 65_536; n++) {
      const before = end.bytesWritten
      client.send(`2${n}${HISTORY}`)
      await vi.waitUntil(() => end.bytesWritten > before + 400_000, { interval: 5, timeout: 30_000 })
      await stands(() => end.writableLength)
    }
  }

  test('a WebSocket is told behind what it was sent; who still takes nothing is gone after as long again; who reads stays', async () => {
    const token = await gateway.pass({ sub: 'reader' })
    const open = async (way: (typeof SOCKETS)[number]) => {
      const client = new PausableClient(gateway.url, way, { token })
      await client.welcomed()
      return { way, client, end: ends.find(({ remotePort }) => remotePort === client.port)! }
    }
    const wake = await Promise.all(SOCKETS.map(open))
    const sleep = await Promise.all(SOCKETS.map(open))
    const read = await Promise.all(SOCKETS.map(open))
    await Promise.all(
      [...wake, ...sleep].map(async ({ client, end }) => {
        client.pause()
        await fill(client, end)
      }),
    )
    const before = await slowByes()
    await passes(async () => (await slowByes()) === before + 4)
    expect(sleep.map(({ end }) => end.destroyed)).toEqual([false, false])
    for (const { way, client } of wake) {
      client.resume()
      const code = await client.closed
      if (way === 'ws') expect(code).toBe(4001)
      expect(client.packets.at(-1)).toContain('2["byePush",{"code":"slow"')
    }
    await passes(() => sleep.every(({ end }) => end.destroyed))
    for (const {
      client: { packets, send },
    } of read) {
      send(`21${HISTORY}`)
      await vi.waitUntil(() => packets.some((packet) => packet.startsWith('31[{"ok":true')))
      expect(eventNamed(packets, 'byePush')).toEqual([])
    }
  })

  describe('over polling', () => {
    async function openPolling(sub: string) {
      const opened = await (await fetch(`${gateway.url}/im/?EIO=4&transport=polling`)).text()
      const url = `${gateway.url}/im/?EIO=4&transport=polling&sid=${(JSON.parse(opened.slice(1)) as { sid: string }).sid}`
      const say = (packet: string) => fetch(url, { method: 'POST', body: `4${packet}` })
      const poll = async (): Promise<string[]> => (await (await fetch(url)).text()).split('\x1e').map((packet) => packet.slice(1))
      await say(`0${JSON.stringify({ token: await gateway.pass({ sub }) })}`)
      while (!(await poll()).some((packet) => packet.startsWith('0{"sid"'))) continue
      onTestFinished(async () => void (await fetch(url, { method: 'POST', body: '1' })))
      return { url, say, poll }
    }

    test('messages for which no poll comes: `slow` behind them, for whoever polls in the end; a poll may wait as long as it likes', async () => {
      const [{ poll }, patient] = [await openPolling('reader'), await openPolling('somebody')]
      const waiting = patient.poll()
      const writer = await new Talker(gateway.url, 'ws').open()
      onTestFinished(() => writer.close())
      await writer.hello({ token: await gateway.pass({ sub: 'writer' }) })
      const before = await slowByes()
      const { seq } = await writer.command('send', text('late', 'are you there?'))
      await passes(async () => (await slowByes()) > before)
      const packets = await poll()
      expect((eventNamed(packets, 'messagePush') as Message[]).map((message) => message.seq)).toEqual([seq])
      expect(eventNamed(packets, 'byePush')).toMatchObject([{ code: 'slow', reconnect: true }])
      await patient.say('21["presence",{"of":[]}]')
      expect((await waiting).join()).toContain('31[{"ok":true')
      expect(await slowByes()).toBe(before + 1)
    })

    test('the answer to a poll that is not taken is cut off, and the session with it', async () => {
      const { url, say } = await openPolling('reader')
      const made = () => metric('im_commands_total\\{command="history"\\}')
      const madeBefore = await made()
      const { port, pathname, search } = new URL(url)
      const socket = connect(Number(port), '127.0.0.1').pause()
      onTestFinished(() => void socket.destroy())
      await once(socket, 'connect')
      const end = await vi.waitUntil(() => ends.find(({ remotePort }) => remotePort === socket.localPort))
      // half a megabyte each; the network takes what the first poll is answered with, and not what the second one is
      await say(Array.from({ length: 13 }, (_, n) => `2${n}${HISTORY}`).join('\x1e4'))
      for (const count of [7, 13]) {
        await vi.waitUntil(async () => (await made()) >= madeBefore + count, { timeout: 20_000 })
        socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: x\r\n\r\n`)
      }
      await vi.waitUntil(() => end.writableLength > 0, { timeout: 20_000 })
      const before = await slowByes()
      await passes(async () => (await slowByes()) === before + 1)
      await passes(() => end.destroyed)
      await vi.waitUntil(async () => (await fetch(url)).status === 400)
    })
  })
})
