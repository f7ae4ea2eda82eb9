/** Peers that stop reading, over real sockets and real long polling: told, cut, and caught up at their next hello. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import WebSocket from 'ws'
import type { Message } from '../../../gateway/protocol/model.ts'
import { decodePacket, type Packet } from '../../../gateway/protocol/packet.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { Talker } from '../../kit/talker.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 60_000 })

let gateway: StartedGateway
beforeAll(async () => {
  gateway = await startGateway({ COMMANDS_PER_SECOND: '0' })
})
afterAll(() => gateway.stop())

/** 12 kB on the wire: networks between two sockets of one machine take some megabytes before they stop. */
const LONG = '好'.repeat(4000)
const text = (to: string, id: string, body = id) => ({ to, id, kind: 'text', body: { text: body } })

async function arrive(sub: string): Promise<Talker> {
  const talker = await new Talker(gateway.url, 'ws').open()
  await talker.hello({ token: await gateway.pass({ sub }) })
  return talker
}

async function metric(name: string): Promise<number> {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? 0)
}

const eventNamed = (packets: readonly string[], name: string): unknown[] => packets.flatMap((packet) => {
  const decoded = decodePacket(packet) as Packet
  return decoded.type === 'event' && decoded.name === name ? [decoded.args[0]] : []
})

/** A client that can stop taking bytes from its network. */
class Sleeper {
  readonly packets: string[] = []
  readonly closed: Promise<number>
  readonly #socket: WebSocket

  constructor(path: string, prefix: string, hello: object) {
    this.#socket = new WebSocket(`${gateway.url.replace('http', 'ws')}${path}`)
    onTestFinished(() => this.#socket.terminate())
    this.#socket.on('open', () => this.#socket.send(`${prefix}0${JSON.stringify(hello)}`))
    this.#socket.on('message', (data: Buffer) => {
      const message = data.toString()
      if (message.startsWith(prefix)) this.packets.push(message.slice(prefix.length))
    })
    this.closed = new Promise((resolve) => this.#socket.once('close', resolve))
  }

  welcomed(): Promise<unknown> {
    return vi.waitUntil(() => this.packets.some((packet) => packet.startsWith('0{"sid"')), { timeout: 30_000 })
  }

  send(packet: string): void {
    this.#socket.send(packet)
  }

  sleep(): void {
    this.#socket.pause()
  }

  wake(): void {
    this.#socket.resume()
  }
}

const SOCKETS = [['ws', '/ws', ''], ['engine.io websocket', '/im/?EIO=4&transport=websocket', '4']] as const

describe.each(SOCKETS)('a peer that stops reading over %s', (way, path, prefix) => {
  test('is told `slow` behind what it was sent, and gets the rest, once and in order, at its next hello', async () => {
    const [sub, other] = [`reader ${prefix}`, `writer ${prefix}`].map((name) => name.replace(' ', '-')) as [string, string]
    const token = await gateway.pass({ sub })
    const sleeper = new Sleeper(path, prefix, { token, to: other })
    await sleeper.welcomed()
    const writer = await arrive(other)
    sleeper.sleep()
    const byes = await metric('im_byes_total\\{code="slow"\\}')
    let written = 0
    while (await metric('im_byes_total\\{code="slow"\\}') === byes) {
      // fewer than one answer of a resume holds
      await Promise.all(Array.from({ length: 20 }, () => writer.command('send', text(sub, `m${++written}`, LONG))))
    }
    sleeper.wake()
    const code = await sleeper.closed
    if (way === 'ws') expect(code).toBe(4001)
    expect(eventNamed(sleeper.packets, 'byePush')).toMatchObject([{ code: 'slow', reconnect: true }])
    expect(sleeper.packets.at(-1)).toContain('byePush')
    const got = eventNamed(sleeper.packets, 'messagePush') as Message[]
    expect(got.map(({ seq }) => seq)).toEqual(Array.from({ length: got.length }, (_, n) => n + 1))
    expect(got.length).toBeLessThan(written)
    const last = got.at(-1)!
    const again = await new Talker(gateway.url, 'ws').open()
    const { resumed } = await again.hello({ token, resume: { cursors: [[last.conversation, last.epoch, last.seq, last.id]] } })
    expect(resumed[0]).toMatchObject({ status: written - last.seq > 200 ? 'reload' : 'follows', head: { seq: written } })
    await again.until(() => again.pushes('messagePush').some(({ seq }) => seq === written))
  })
})

describe('a peer that stops polling', () => {
  const EIO = 'EIO=4&transport=polling'

  /** Bare long polling, so that the test says when a poll is made. */
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

  test('loses typing first, then the session; what waited comes with the next poll, `slow` behind it', async () => {
    const { poll } = await openPolling({ token: await gateway.pass({ sub: 'poller' }), to: 'poller-friend' })
    const writer = await arrive('poller-friend')
    const [dropped, byes] = [await metric('im_volatile_dropped_total'), await metric('im_byes_total\\{code="slow"\\}')]
    await writer.command('typing', { to: 'poller' })
    let written = 0
    while (await metric('im_byes_total\\{code="slow"\\}') === byes) {
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

  test('and polls again in time has lost nothing and stays', async () => {
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

describe('a burst of 5,000 messages to a reader who reads', () => {
  const IN_ORDER = Array.from({ length: 5000 }, (_, n) => n + 1)
  const seqsOf = (packets: readonly string[]): number[] => (eventNamed(packets, 'messagePush') as Message[]).map(({ seq }) => seq)

  async function burst(sub: string, other: string): Promise<void> {
    const writer = new Sleeper('/ws', '', { token: await gateway.pass({ sub: other }) })
    await writer.welcomed()
    for (const n of IN_ORDER) writer.send(`2${n}["send",${JSON.stringify(text(sub, `m${n}`, 'x'.repeat(200)))}]`)
  }

  test.each(SOCKETS)('arrives whole over %s', async (_way, path, prefix) => {
    const reader = new Sleeper(path, prefix, { token: await gateway.pass({ sub: `burst${prefix}` }), to: `friend${prefix}` })
    await reader.welcomed()
    await burst(`burst${prefix}`, `friend${prefix}`)
    await vi.waitUntil(() => reader.packets.length > 5000, { timeout: 30_000 })
    expect(seqsOf(reader.packets)).toEqual(IN_ORDER)
    expect(eventNamed(reader.packets, 'byePush')).toEqual([])
  })
})

test('whoever asks on and never reads the answers is cut before they fill the memory', async () => {
  const token = await gateway.pass({ sub: 'greedy' })
  const writer = await arrive('greedy-friend')
  await Promise.all(Array.from({ length: 100 }, (_, n) => writer.command('send', text('greedy', `m${n}`, LONG))))
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws`)
  onTestFinished(() => socket.terminate())
  await new Promise((resolve) => socket.once('open', resolve))
  socket.send(`0${JSON.stringify({ token })}`)
  await new Promise((resolve) => socket.once('message', resolve))
  socket.pause()
  const byes = await metric('im_byes_total\\{code="slow"\\}')
  let asked = 0
  while (await metric('im_byes_total\\{code="slow"\\}') === byes) {
    socket.send(`2${++asked}["history",{"to":"greedy-friend","limit":100}]`)
  }
  // a megabyte each
  expect(asked).toBeLessThan(100)
})

test('a message above 2 MiB ends a raw line with 1009, which is all that can be said then', async () => {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws`)
  onTestFinished(() => socket.terminate())
  await new Promise((resolve) => socket.once('open', resolve))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.send('x'.repeat(2_097_153))
  expect(await closed).toBe(1009)
})
