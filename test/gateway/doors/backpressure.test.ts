/** A peer that stops reading, over real sockets and real long polling, gets `slow`, is closed, and catches up at its next hello. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import WebSocket from 'ws'
import type { Message } from '../../../gateway/protocol/model.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { eventNamed, PausableClient, SOCKETS } from '../../kit/pausable-client.ts'
import { WireClient, TRANSPORTS } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 60_000 })

let gateway: StartedGateway
beforeAll(async () => {
  gateway = await startGateway({ COMMANDS_PER_SECOND: '0' })
})
afterAll(() => gateway.stop())

/** 12 kB on the wire: socket buffers of one machine take some megabytes before they are full. */
const LONG = '好'.repeat(4000)
const text = (to: string, id: string, body = id) => ({ to, id, kind: 'text', body: { text: body } })

async function arrive(sub: string): Promise<WireClient> {
  const wireClient = await new WireClient(gateway.url, 'ws').open()
  await wireClient.hello({ token: await gateway.pass({ sub }) })
  return wireClient
}

async function metric(name: string): Promise<number> {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? 0)
}

/** Messages somebody missed, as a client gets them: the pushes of the resume, and by `history` those it left out at either end. */
async function heal(wireClient: WireClient, { conversation, seq: held }: Message, head: number): Promise<Message[]> {
  await wireClient.until(() => wireClient.pushes('resumePush').length > 0 || wireClient.pushes('messagePush').some(({ seq }) => seq === head))
  const messages: Message[] = wireClient.pushes('messagePush')
  while (messages[0] !== undefined && messages[0].seq > held + 1) {
    const older = await wireClient.command('history', { conversation, before: messages[0].seq, limit: 100 })
    messages.unshift(...older.messages.filter(({ seq }) => seq > held))
  }
  while ((messages.at(-1)?.seq ?? held) < head) {
    messages.push(...(await wireClient.command('history', { conversation, after: messages.at(-1)?.seq ?? held, limit: 100 })).messages)
  }
  return messages
}

describe.each(SOCKETS)('a peer that stops reading over %s', (transport) => {
  test('gets `slow` after the packets already sent, and the rest, once and in order, at its next hello', async () => {
    const [sub, other] = [`reader-${transport.length}`, `writer-${transport.length}`] as const
    const token = await gateway.pass({ sub })
    const client = new PausableClient(gateway.url, transport, { token, to: other })
    await client.welcomed()
    const writer = await arrive(other)
    client.pause()
    const byes = await metric('im_byes_total\\{code="slow"\\}')
    let written = 0
    while ((await metric('im_byes_total\\{code="slow"\\}')) === byes) {
      await Promise.all(Array.from({ length: 50 }, () => writer.command('send', text(sub, `m${++written}`, LONG))))
    }
    client.resume()
    const code = await client.closed
    if (transport === 'ws') expect(code).toBe(4001)
    expect(eventNamed(client.packets, 'byePush')).toMatchObject([{ code: 'slow', reconnect: true }])
    expect(client.packets.at(-1)).toContain('byePush')
    const got = eventNamed(client.packets, 'messagePush') as Message[]
    expect(got.map(({ seq }) => seq)).toEqual(Array.from({ length: got.length }, (_, n) => n + 1))
    expect(got.length).toBeLessThan(written)
    const last = got.at(-1)!
    const again = await new WireClient(gateway.url, 'ws').open()
    const { resumed } = await again.hello({ token, resume: { cursors: [[last.conversation, last.epoch, last.seq, last.id]] } })
    expect(resumed[0]).toMatchObject({ status: written - last.seq > 200 ? 'reload' : 'follows', head: { seq: written } })
    const missed = Array.from({ length: written - last.seq }, (_, n) => last.seq + 1 + n)
    expect((await heal(again, last, written)).map(({ seq }) => seq)).toEqual(missed)
  })
})

describe('a peer that stops polling', () => {
  const EIO = 'EIO=4&transport=polling'

  /** Bare long polling, so that the test decides when to poll. */
  async function openPolling(hello: object) {
    const opened = await (await fetch(`${gateway.url}/im/?${EIO}`)).text()
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
    const url = `${gateway.url}/im/?${EIO}&sid=${sid}`
    await fetch(url, { method: 'POST', body: `40${JSON.stringify(hello)}` })
    const poll = async (): Promise<{ status: number; packets: string[] }> => {
      const response = await fetch(url)
      return { status: response.status, packets: (await response.text()).split('\x1e').map((packet) => packet.slice(1)) }
    }
    let welcome: string[] = []
    while (!welcome.some((packet) => packet.startsWith('0{"sid"'))) welcome = (await poll()).packets
    return { poll }
  }

  test('loses typing pushes first, then its session; the next poll brings the waiting packets and `slow` last', async () => {
    const { poll } = await openPolling({ token: await gateway.pass({ sub: 'poller' }), to: 'poller-friend' })
    const writer = await arrive('poller-friend')
    const [dropped, byes] = [await metric('im_volatile_dropped_total'), await metric('im_byes_total\\{code="slow"\\}')]
    await writer.command('typing', { to: 'poller' })
    let written = 0
    while ((await metric('im_byes_total\\{code="slow"\\}')) === byes) {
      await Promise.all(Array.from({ length: 10 }, () => writer.command('send', text('poller', `m${++written}`, LONG))))
      await writer.command('typing', { to: 'poller' })
    }
    expect(await metric('im_volatile_dropped_total')).toBeGreaterThan(dropped)
    const { packets } = await poll()
    const seqs = (eventNamed(packets, 'messagePush') as Message[]).map(({ seq }) => seq)
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => n + 1))
    expect(seqs.length).toBeLessThanOrEqual(written)
    expect(eventNamed(packets, 'byePush')).toMatchObject([{ code: 'slow' }])
    let status = 200
    while (status === 200) status = (await poll()).status
    expect(status).toBe(400)
  })

  test('loses nothing and keeps its session when it polls again in time', async () => {
    const { poll } = await openPolling({ token: await gateway.pass({ sub: 'late' }), to: 'late-friend' })
    const writer = await arrive('late-friend')
    const seqs: number[] = []
    for (let round = 0; round < 4; round++) {
      for (let n = 1; n <= 100; n++) await writer.command('send', text('late', `m${round * 100 + n}`))
      while (seqs.length < (round + 1) * 100) {
        const pushed = eventNamed((await poll()).packets, 'messagePush') as Message[]
        seqs.push(...pushed.map(({ seq }) => seq))
      }
    }
    expect(seqs).toEqual(Array.from({ length: 400 }, (_, n) => n + 1))
  })
})

describe('a burst of 5,000 messages to a client that reads', () => {
  const IN_ORDER = Array.from({ length: 5000 }, (_, n) => n + 1)

  async function burst(sub: string, other: string): Promise<void> {
    const writer = new PausableClient(gateway.url, 'ws', { token: await gateway.pass({ sub: other }) })
    await writer.welcomed()
    for (const n of IN_ORDER) writer.send(`2${n}["send",${JSON.stringify(text(sub, `m${n}`, 'x'.repeat(200)))}]`)
  }

  test.each(TRANSPORTS)('arrives whole over %s', async (transport) => {
    const [sub, other] = [`burst-${transport.length}`, `friend-${transport.length}`] as const
    const reader = await new WireClient(gateway.url, transport).open()
    onTestFinished(() => reader.close())
    await reader.hello({ token: await gateway.pass({ sub }), to: other })
    await burst(sub, other)
    await vi.waitUntil(() => reader.isClosed || reader.pushes('messagePush').length >= 5000, { timeout: 30_000 })
    expect(reader.pushes('byePush')).toEqual([])
    expect(reader.pushes('messagePush').map(({ seq }) => seq)).toEqual(IN_ORDER)
  })
})

test('a message above 2 MiB closes a WebSocket session with 1009 and no packet', async () => {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws`)
  onTestFinished(() => socket.terminate())
  await new Promise((resolve) => socket.once('open', resolve))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.send('x'.repeat(2_097_153))
  expect(await closed).toBe(1009)
})
