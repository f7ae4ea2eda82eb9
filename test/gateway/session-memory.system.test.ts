/** What a session keeps of the request that opened it. Measured in a process with nothing else in it. */
import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { onTestFinished, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { AppOptions } from '../../gateway/app.ts'
import { Passes } from '../../gateway/doors/admit/passes.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

async function gatewayForTest(environment: Record<string, string>, options: AppOptions): Promise<StartedGateway> {
  const gateway = await startGateway(environment, options)
  onTestFinished(() => gateway.stop())
  return gateway
}

const POLLING = '/im/?EIO=4&transport=polling'
const encoded = (hello: object): string => Buffer.from(JSON.stringify(hello)).toString('base64url')

async function openSocket({ url }: StartedGateway, protocols: string[]): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/im/?EIO=4&transport=websocket`, protocols)
  onTestFinished(() => socket.terminate())
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}

async function keptBytes(open: (n: number) => Promise<unknown>): Promise<number> {
  const kept: number[] = []
  // garbage of a round may be collected in the next, which then seems to keep less: so neither the least nor the most counts
  for (let round = 0; round < 7; round++) kept.push(await keptOnce(60, open))
  return kept.toSorted((a, b) => a - b)[3]!
}

async function keptOnce(count: number, open: (n: number) => Promise<unknown>): Promise<number> {
  const used = (): number => {
    for (let n = 0; n < 3; n++) collectGarbage()
    return process.memoryUsage().heapUsed + process.memoryUsage().external
  }
  for (let n = 0; n < 20; n++) await open(-n)
  const before = used()
  for (let n = 0; n < count; n++) await open(n)
  return (used() - before) / count
}

test('a session keeps nothing of the hello that came with its handshake', async () => {
  const gateway = await gatewayForTest({ RATE_LIMITS: 'off' }, { helloMs: 60_000 })
  const hello = (length: number, n: number) => ({ token: `${n}.`.padEnd(length, 'x') })
  const post = async (n: number, length: number): Promise<void> => {
    const answer = await fetch(`${gateway.url}${POLLING}&hello=1`, { method: 'POST', body: `40${JSON.stringify(hello(length, n))}` })
    expect(await answer.text()).toContain('pass_invalid')
  }
  const connect = async (n: number, length: number): Promise<void> => {
    const socket = await openSocket(gateway, ['im-chat', 'im-chat.hello', encoded(hello(length, n))])
    expect(socket.protocol).toBe('im-chat.hello')
  }
  for (const [open, length] of [
    [post, 50_000],
    [connect, 8000],
  ] as const) {
    const small = await keptBytes((n) => open(n, 10))
    expect((await keptBytes((n) => open(n, length))) - small).toBeLessThan(length / 2)
  }
})

test.each(['/ws', '/im/?EIO=4&transport=websocket'])('a session at %s keeps nothing of the request that opened it', async (path) => {
  const gateway = await gatewayForTest({ RATE_LIMITS: 'off' }, { helloMs: 60_000 })
  const open = (length: number) => async (): Promise<void> => {
    const headers = { 'x-anything': 'x'.repeat(length) }
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}${path}`, { headers })
    onTestFinished(() => socket.terminate())
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  }
  const small = await keptBytes(open(10))
  expect((await keptBytes(open(8000))) - small).toBeLessThan(6000)
})

/** Opens sessions in a thread of its own, whose heap does not count here: says the hello of each person, and `done` once all are welcomed. */
const PEOPLE = `
  const { connect } = require('node:net')
  const { parentPort, workerData: { port, path, prefix } } = require('node:worker_threads')
  const frame = (text) => {
    const head = Buffer.from([0x81, 0xfe, 0, 0, 0, 0, 0, 0])
    head.writeUInt16BE(text.length, 2)
    return Buffer.concat([head, Buffer.from(text, 'latin1')])
  }
  const open = (hello) => new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    let hasSaid = false
    socket.write('GET ' + path + ' HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\\r\\n\\r\\n')
    socket.setEncoding('latin1').on('data', (text) => {
      received += text
      if (!hasSaid && received.includes(prefix === '' ? '\\r\\n\\r\\n' : '"upgrades"')) {
        hasSaid = true
        socket.write(frame(prefix + '0' + JSON.stringify(hello)))
      } else if (received.includes('"resumed"')) resolve()
    })
  })
  parentPort.on('message', async (hellos) => {
    for (const hello of hellos) await open(hello)
    parentPort.postMessage('done')
  })
`

const SECRET = 'a secret of at least thirty-two bytes'
const passes = new Passes({ secret: SECRET, now: Date.now })
const passOf = async (sub: string): Promise<string> => (await passes.mint({ sub, role: 'customer' }, 3_600_000)).token

test.each([
  ['/ws', ''],
  ['/im/?EIO=4&transport=websocket', '4'],
])('an idle session at %s keeps less than 10 kB', async (path, prefix) => {
  const gateway = await gatewayForTest({ RATE_LIMITS: 'off', IM_SECRET: SECRET }, {})
  const people = new Worker(PEOPLE, { eval: true, workerData: { port: Number(new URL(gateway.url).port), path, prefix } })
  onTestFinished(async () => void (await people.terminate()))
  const welcomed = async (count: number, round: number): Promise<void> => {
    const subs = Array.from({ length: count }, (_, n) => `p${round}-${n}`)
    const hellos = await Promise.all(subs.map(async (sub) => ({ token: await passOf(sub), device: sub, to: 'shop:1' })))
    people.postMessage(hellos)
    await once(people, 'message')
  }
  const used = (): number => {
    for (let n = 0; n < 3; n++) collectGarbage()
    return process.memoryUsage().heapUsed
  }
  // more than the passes that are remembered
  await welcomed(1100, 0)
  const before = used()
  await welcomed(1000, 1)
  const kept = (used() - before) / 1000
  expect(kept).toBeLessThan(10_000)
})
