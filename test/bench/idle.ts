import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Duo } from './duos.ts'
import { FrameSocket } from './frame-socket.ts'

export interface Idle {
  readonly connectsPerSecond: number
  readonly bytesPerSession: number
}

const AT_ONCE = 50
/** How long memory gets to settle. */
const REST_MS = 2000

/** Opens `count` idle sessions at one node, each of another person, and measures the memory they take. */
export async function openIdle(duo: Duo, transport: 'websocket' | 'polling', count: number): Promise<Idle> {
  const users = Array.from({ length: count }, (_, i) => `idle-${transport}-${i}`)
  const tokens = new Map<string, string>()
  for (const user of users) tokens.set(user, await duo.token(user))
  const open = transport === 'polling' ? openPolling : openFrames
  await wait(REST_MS)
  const before = duo.residentBytes()
  const start = performance.now()
  const closers: (() => void)[] = []
  const left = [...users]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let user = left.pop(); user !== undefined; user = left.pop()) closers.push(await open(duo, user, tokens.get(user)!))
    }),
  )
  const connectsPerSecond = count / ((performance.now() - start) / 1000)
  await wait(REST_MS)
  const bytesPerSession = (duo.residentBytes() - before) / count
  for (const close of closers) close()
  return { connectsPerSecond, bytesPerSession }
}

async function openFrames({ urls, dialect }: Duo, user: string, token: string): Promise<() => void> {
  let ready = (): void => undefined
  const welcomed = new Promise<void>((resolve) => {
    ready = resolve
  })
  const socket = await FrameSocket.open(new URL(dialect.path, urls[0]), (text) => {
    if (text === '2') socket.send('3')
    else if (dialect.read(text).type === 'ready') ready()
  })
  socket.send(dialect.hello(user, 'nobody', token))
  await welcomed
  return () => socket.close()
}

const agent = new Agent({ keepAlive: true, maxSockets: Infinity })

function ask(url: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: body === undefined ? 'GET' : 'POST' }, (response) => {
      let text = ''
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .on('end', () => resolve(text))
    })
    sent.on('error', reject).end(body)
  })
}

async function openPolling({ urls, dialect }: Duo, user: string, token: string): Promise<() => void> {
  const base = new URL(dialect.path.replace('websocket', 'polling'), urls[0]).href
  const { sid } = JSON.parse((await ask(base)).slice(1)) as { sid: string }
  const url = `${base}&sid=${sid}`
  await ask(url, dialect.hello(user, 'nobody', token))
  for (let isReady = false; !isReady;) {
    isReady = (await ask(url)).split('\x1e').some((text) => dialect.read(text).type === 'ready')
  }
  let isOpen = true
  void (async () => {
    while (isOpen) if ((await ask(url)) === '2') await ask(url, '3')
  })().catch(() => undefined)
  return () => {
    isOpen = false
    void ask(url, '1').catch(() => undefined)
  }
}
