/** A client that reads nothing for 10 s while bytes wait gets `slow`, and is cut 10 s later. Real sockets; the clock is moved. */
import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { SendBuffer, takenBytes } from '../../../gateway/doors/send-buffer.ts'
import type { Message } from '../../../gateway/protocol/model.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { eventNamed, PausableClient, SOCKETS } from '../../kit/pausable-client.ts'
import { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 60_000 })

const LIMIT_MS = 10_000

describe('a stalled network', () => {
  let now = 0

  function pendingOf(network: { taken: number }): SendBuffer {
    return new SendBuffer({ refused: () => 0, taken: () => network.taken, now: () => now })
  }

  test('is noticed by the time since the first check that found bytes waiting', () => {
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

  test('restarts the time with any progress, a packet or a part of one, and ends with nothing left', () => {
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

  test('makes progress while a client reads one large write bit by bit', async () => {
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
    socket.write(Buffer.alloc(bytes), () => pending.take())
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

/** Waits until the value stays the same: the socket buffers in between are full. */
async function stands(value: () => number): Promise<void> {
  let last = NaN
  await vi.waitUntil(() => Object.is(last, (last = value())), { interval: 50, timeout: 30_000 })
}

describe('at the gateway', () => {
  let gateway: StartedGateway
  /** The gateway's clock, which moves only here. */
  let clock = 0
  /** The gateway's sockets of the connections of this test. */
  let ends: Socket[] = []
  const onConnection = (message: unknown): void => void ends.push((message as { socket: Socket }).socket)

  beforeAll(async () => {
    diagnostics.subscribe('net.server.socket', onConnection)
    gateway = await startGateway({ RATE_LIMITS: 'off' }, { uptime: () => clock })
    const writer = await new WireClient(gateway.url, 'ws').open()
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

  /** Moves the clock, a part of the limit at a time, while the gateway checks its sessions once a second. */
  const passes = (isDone: () => boolean | Promise<boolean>) =>
    vi.waitUntil(
      () => {
        clock += LIMIT_MS / 4
        return isDone()
      },
      { interval: 400, timeout: 30_000 },
    )

  const HISTORY = '["history",{"to":"writer","limit":100}]'

  /** Requests answers of half a megabyte until the gateway's socket refuses bytes; far below the limit for `slow`. */
  async function fill(client: PausableClient, end: Socket): Promise<void> {
    for (let n = 1; end.writableLength < 65_536; n++) {
      const before = end.bytesWritten
      client.send(`2${n}${HISTORY}`)
      await vi.waitUntil(() => end.bytesWritten > before + 400_000, { interval: 5, timeout: 30_000 })
      await stands(() => end.writableLength)
    }
  }

  test('a stalled WebSocket gets `slow` after the packets already sent and is cut after the same time again; one that reads stays', async () => {
    const token = await gateway.pass({ sub: 'reader' })
    const open = async (way: (typeof SOCKETS)[number]) => {
      const client = new PausableClient(gateway.url, way, { token })
      await client.welcomed()
      return { way, client, end: ends.find(({ remotePort }) => remotePort === client.port)! }
    }
    const resumed = await Promise.all(SOCKETS.map(open))
    const paused = await Promise.all(SOCKETS.map(open))
    const read = await Promise.all(SOCKETS.map(open))
    await Promise.all(
      [...resumed, ...paused].map(async ({ client, end }) => {
        client.pause()
        await fill(client, end)
      }),
    )
    const before = await slowByes()
    await passes(async () => (await slowByes()) === before + 4)
    expect(paused.map(({ end }) => end.destroyed)).toEqual([false, false])
    for (const { way, client } of resumed) {
      client.resume()
      const code = await client.closed
      if (way === 'ws') expect(code).toBe(4001)
      expect(client.packets.at(-1)).toContain('2["byePush",{"code":"slow"')
    }
    await passes(() => paused.every(({ end }) => end.destroyed))
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

    test('messages that no poll fetches are followed by `slow`; a waiting poll is never slow', async () => {
      const [{ poll }, patient] = [await openPolling('reader'), await openPolling('somebody')]
      const waiting = patient.poll()
      const writer = await new WireClient(gateway.url, 'ws').open()
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

    test('an unread answer to a poll is cut, and the session ends', async () => {
      const { url, say } = await openPolling('reader')
      const made = () => metric('im_commands_total\\{command="history"\\}')
      const madeBefore = await made()
      const { port, pathname, search } = new URL(url)
      const socket = connect(Number(port), '127.0.0.1').pause()
      onTestFinished(() => void socket.destroy())
      await once(socket, 'connect')
      const end = await vi.waitUntil(() => ends.find(({ remotePort }) => remotePort === socket.localPort))
      // half a megabyte each; the network accepts the answer to the first poll, not to the second
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
