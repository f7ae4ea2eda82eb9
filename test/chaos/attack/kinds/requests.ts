/** What http carries beside the chat: polling, addresses, headers, upgrades. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Socket } from 'node:net'
import type { Attack } from '../attack.ts'
import type { Stranger } from '../stranger.ts'

const POLLING = '/im/?EIO=4&transport=polling'
const SEPARATOR = '\x1e'

async function session(stranger: Stranger): Promise<string> {
  const { text } = await stranger.ask('GET', POLLING)
  const sid = /"sid":"([^"]+)"/.exec(text)?.[1]
  if (sid === undefined) throw new Error('no session')
  return `${POLLING}&sid=${sid}`
}

/** Sessions without a pass, one POST with this payload in each. */
const payloads =
  (width: number, payload: string): Attack['run'] =>
  (stranger) =>
    stranger.repeat(stranger.count(width), async () => {
      await stranger.ask('POST', await session(stranger), { headers: { 'content-type': 'text/plain' }, body: payload })
    })

/** Sockets that write `head` and stay open; then `drip` about once a second, where there is one. */
const lingering =
  (count: number, head: string, drip?: string): Attack['run'] =>
  async (stranger) => {
    const sockets: Socket[] = []
    for (let i = stranger.count(count); i > 0; i--) {
      const socket = await stranger.socket()
      socket.write(head)
      sockets.push(socket)
    }
    while (drip !== undefined && !stranger.isOver()) {
      await wait(1000)
      for (const socket of sockets) if (socket.writable) socket.write(drip)
    }
  }

const upgrade = (path: string, to = 'websocket'): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${to}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`

/** Requests as fast as they are answered. */
const requests =
  (width: number, ask: (stranger: Stranger, at: number) => Promise<unknown>): Attack['run'] =>
  (stranger) => {
    let at = 0
    return stranger.repeat(stranger.count(width), () => ask(stranger, at++))
  }

/** Connections that ask for a file, many times at once, and read nothing of it. */
const unreadFiles =
  (count: number, path: string, times: number): Attack['run'] =>
  async (stranger) => {
    for (let i = stranger.count(count); i > 0; i--) {
      const socket = await stranger.socket()
      socket.pause()
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(times))
    }
  }

export const requestAttacks: readonly Attack[] = [
  {
    name: 'small-packets',
    description: '4 sessions of polling at once, without a pass, post 2 MB of packets of one byte',
    run: payloads(4, `4${SEPARATOR}`.repeat(1_000_000).slice(0, -1)),
  },
  {
    name: 'small-pings',
    description: '8 sessions post 1,000 hellos, pings and faults in a payload, again and again',
    run: payloads(8, Array.from({ length: 1000 }, (_, i) => ['3', '40', '6', '4x', '9', 'bAAAA'][i % 6]).join(SEPARATOR)),
  },
  {
    name: 'sessions',
    description: '2,000 sessions of polling are opened, none says hello',
    run: async (stranger) => {
      let left = stranger.count(2000)
      await stranger.repeat(10, async () => (left-- <= 0 ? wait(200) : session(stranger)))
    },
  },
  {
    name: 'polls-unread',
    description: '500 polls are left waiting and cut',
    run: (stranger) =>
      stranger.repeat(stranger.count(500), async () => {
        const path = await session(stranger)
        const socket = await stranger.socket()
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
        await wait(500)
        socket.destroy()
      }),
  },
  {
    name: 'slow-headers',
    description: '500 connections write a header a second, for ever',
    run: lingering(500, 'GET /healthz HTTP/1.1\r\nHost: x\r\n', 'x: y\r\n'),
  },
  {
    name: 'idle-connections',
    description: '1,000 connections are opened and write nothing',
    run: lingering(1000, ''),
  },
  {
    name: 'refused-upgrades',
    description: '300 upgrades to /nope are left open',
    run: lingering(300, upgrade('/nope')),
    socketsAfter: 5,
  },
  {
    name: 'odd-upgrades',
    description: '300 upgrades each to h2c, to a session that is none, and to a protocol that is none are left open',
    run: async (stranger, prepared) => {
      for (const head of [upgrade('/healthz', 'h2c'), upgrade('/im/?EIO=4&transport=websocket&sid=none'), upgrade('/ws', 'none')]) {
        await lingering(300, head)(stranger, prepared)
      }
    },
  },
  {
    name: 'long-addresses',
    description: '20 connections ask for addresses and headers of 15 kB, of the polling door and of REST',
    run: requests(20, (stranger, at) =>
      stranger.ask(
        'GET',
        [
          `${POLLING}&${'a=1&'.repeat(3700)}`,
          `/v1/images/${'%41'.repeat(5000)}`,
          `/im/?EIO=4&transport=${'x'.repeat(15_000)}`,
          `/v1/conversations/${'a%7E'.repeat(3700)}/messages`,
        ][at % 4]!,
        { headers: { 'x-forwarded-for': `${at},`.repeat(100) } },
      ),
    ),
  },
  {
    name: 'wrong-keys',
    description: '20 connections use REST with wrong keys: histories, messages of 60 kB, passes, pictures',
    run: requests(20, (stranger, at) => {
      const headers = { authorization: `Bearer ${'wrong'.repeat(at % 50)}`, 'content-type': 'application/json' }
      const message = JSON.stringify({ conversation: 'shop:1~c', body: { text: 'x'.repeat(60_000) } })
      return [
        () => stranger.ask('GET', '/v1/conversations/shop:1~c/messages', { headers }),
        () => stranger.ask('POST', '/v1/messages', { headers, body: message }),
        () => stranger.ask('POST', '/v1/passes', { headers, body: '{"sub":"x","role":"agent","shop":"1"}' }),
        () => stranger.ask('POST', '/v1/images', { headers, body: 'x' }),
      ][at % 4]!()
    }),
  },
  {
    name: 'deep-requests',
    description: "20 connections post JSON that nests 30,000 deep for a guest's pass and as a backend's message",
    run: requests(20, (stranger, at) =>
      stranger.ask('POST', at % 2 === 0 ? '/v1/guests' : '/v1/messages', {
        headers: { 'content-type': 'application/json' },
        body: `{"name":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      }),
    ),
  },
  {
    name: 'many-guests',
    description: "20 connections ask for guests' passes as fast as they are answered",
    run: requests(20, (stranger) => stranger.ask('POST', '/v1/guests')),
  },
  {
    name: 'unread-bundles',
    description: '250 connections ask for the widget 20 times at once and read nothing',
    run: unreadFiles(250, '/im-chat.js', 20),
  },
  {
    name: 'pipelined',
    description: '50 connections ask 5,000 times at once for what is not there and read nothing',
    run: unreadFiles(50, '/v1/nope', 5000),
  },
]
