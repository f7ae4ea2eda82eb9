/**
 * Lets a gateway of its own, in memory and on loopback only, carry some thousand messages and welcome some hundred people before the real one listens.
 * V8 compiles what is called often while it is called: without this the first people of a process wait for its compiler, at each start again, and
 * after a restart everybody connects at once.
 */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import { createApp } from './app.ts'
import { openInMemory } from './backbone/embedded/embedded.ts'
import type { Config } from './config.ts'
import { Passes } from './doors/admit/passes.ts'

/** Bounded twice: by messages and visits, and by time for a machine that is slow or busy. */
const MESSAGE_COUNT = 4000
const VISIT_COUNT = 800
const MOST_MS = 1000
/** An answer that never comes must not hold the start: then the sessions are cut, and the warm-up fails. */
const STUCK_MS = 5000
const PAIRS = 8
const VISITORS = 8
const UNDER_WAY = 4
const PASS_MS = 60_000
const SHOP = '1'
/** `prefix` stands before each packet. */
const DOORS = [
  { path: '/ws', prefix: '' },
  { path: '/im/?EIO=4&transport=websocket', prefix: '4' },
] as const

type Door = (typeof DOORS)[number]

/** Nothing of the real store and of the real servers beside it. */
const OWN = {
  HOST: '127.0.0.1',
  PORT: 0,
  REDIS_URL: undefined,
  IM_JWKS_URL: undefined,
  SHOP_URL: undefined,
  CUSTOMER_URL: undefined,
  CARD_URL: undefined,
  WEBHOOK_URL: undefined,
}
/** Nothing that would refuse a message. */
const FREE = {
  RATE_LIMITS: 'off',
  COMMANDS_PER_SECOND: 0,
  METRICS: 'loopback',
  LOG_LEVEL: 'silent',
  DIRECT: 'on',
  DOORS: ['engine.io', 'websocket'],
  SHOPS: '*',
  SOURCES: undefined,
}

/** Resolves with the number of messages that were answered. */
export async function warmUp(config: Config): Promise<number> {
  const secret = randomBytes(32).toString('base64url')
  const passes = new Passes({ secret, now: Date.now })
  const app = await createApp({ ...config, ...OWN, ...FREE, IM_SECRET: secret }, { backbone: openInMemory() })
  const sockets: WebSocket[] = []
  const visitors = new Set<Socket>()
  const stuck = setTimeout(() => {
    for (const socket of sockets) socket.terminate()
    for (const socket of visitors) socket.destroy()
  }, STUCK_MS)
  try {
    const { port } = await app.listen()
    const until = performance.now() + MOST_MS
    let count = 0
    const isOver = (): boolean => count >= MESSAGE_COUNT || performance.now() > until
    const open = async (door: Door, sub: string, agentOf?: string): Promise<WebSocket> => {
      const role = agentOf === undefined ? ({ role: 'customer' } as const) : ({ role: 'agent', shop: agentOf } as const)
      const { token } = await passes.mint({ sub, ...role }, PASS_MS)
      const socket = new WebSocket(`ws://127.0.0.1:${port}${door.path}`, { perMessageDeflate: false })
      sockets.push(socket)
      await hello(socket, door, { token, device: sub })
      return socket
    }
    const talk = async (n: number): Promise<void> => {
      const door = DOORS[n % 2]!
      const isWithShop = n < 2
      const writer = await open(door, `writer-${n}`)
      await open(DOORS[(n >> 1) % 2]!, `reader-${n}`, isWithShop ? SHOP : undefined)
      await write(writer, door, { to: isWithShop ? `shop:${SHOP}` : `reader-${n}`, isOver: () => (count++, isOver()) })
    }
    let visitCount = 0
    const visit = async (): Promise<void> => {
      while (visitCount < VISIT_COUNT && performance.now() < until) {
        const n = visitCount++
        const { token } = await passes.mint({ sub: `visitor-${n}`, role: 'customer' }, PASS_MS)
        const socket = connect(port, OWN.HOST)
        visitors.add(socket)
        await comeAndGo(socket, DOORS[n % 2]!, { token, device: 'd', to: `shop:${SHOP}` })
        visitors.delete(socket)
      }
    }
    await Promise.all([...Array.from({ length: PAIRS }, (_, n) => talk(n)), ...Array.from({ length: VISITORS }, visit)])
    return count
  } finally {
    clearTimeout(stuck)
    for (const socket of sockets) socket.terminate()
    await app.close()
  }
}

/** Opens a session and closes it after the welcome. By hand, because a WebSocket of ws would take as long as the gateway does. */
function comeAndGo(socket: Socket, { path, prefix }: Door, data: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const opened = prefix === '' ? '\r\n\r\n' : '"upgrades"'
    let received = ''
    let hasSaid = false
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${OWN.HOST}\r\n${UPGRADE}`)
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text
      if (!hasSaid && received.includes(opened)) {
        hasSaid = true
        socket.write(frameOf(`${prefix}0${JSON.stringify(data)}`))
      } else if (received.includes('"resumed"')) {
        resolve()
        socket.destroy()
      }
    })
    socket.on('error', reject).on('close', () => reject(new Error('The session was closed.')))
  })
}

const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'

/** A WebSocket's text frame of 126 bytes or more, with a mask that changes nothing. */
function frameOf(text: string): Buffer {
  const head = Buffer.from([0x81, 0xfe, 0, 0, 0, 0, 0, 0])
  head.writeUInt16BE(text.length, 2)
  return Buffer.concat([head, Buffer.from(text, 'latin1')])
}

/** Resolves with the welcome. */
function hello(socket: WebSocket, { prefix }: Door, data: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const say = (): void => socket.send(`${prefix}0${JSON.stringify(data)}`)
    if (prefix === '') socket.on('open', say)
    socket.on('error', reject).on('close', () => reject(new Error('The session was closed.')))
    socket.on('message', (bytes: Buffer) => {
      const text = bytes.toString()
      if (prefix !== '' && text.startsWith('0')) say()
      else if (text.startsWith(`${prefix}0`)) resolve()
      else if (text.startsWith(`${prefix}4`)) reject(new Error(text))
    })
  })
}

/** Keeps some messages under way until it is over. */
function write(socket: WebSocket, { prefix }: Door, { to, isOver }: { to: string; isOver: () => boolean }): Promise<void> {
  return new Promise((resolve, reject) => {
    let id = 0
    const send = (): void => {
      const message = {
        to,
        id: `m${++id}`,
        kind: 'text',
        body: { text: `Warm-up message ${id}, of about as many characters as people write at once.` },
      }
      socket.send(`${prefix}2${id}${JSON.stringify(['send', message])}`)
    }
    socket.on('close', () => reject(new Error('The session was closed.')))
    socket.on('message', (bytes: Buffer) => {
      if (!bytes.toString().startsWith(`${prefix}3`)) return
      if (isOver()) resolve()
      else send()
    })
    for (let n = 0; n < UNDER_WAY; n++) send()
  })
}
