/** The load itself, at real servers: what it counts where messages get lost, doubled or out of order. */
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { relayDialect } from './dialect.ts'
import { Load } from './load.ts'

let server: WebSocketServer
afterEach(() => server.close())

/** relay.ts, with faults. `deliver` gets each message and what hands it on. */
function startRelay(deliver: (id: number, hand: () => void) => void, answers: (id: number) => number = () => 1): Promise<string> {
  const users = new Map<string, WebSocket>()
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const text = data.toString()
      const { user, to, id } = JSON.parse(text) as { user?: string; to: string; id: number }
      if (user !== undefined) {
        users.set(user, socket)
        return socket.send('{"ready":true}')
      }
      deliver(id, () => users.get(to)!.send(text))
      for (let i = 0; i < answers(id); i++) socket.send(`{"ok":true,"id":${id}}`)
    })
  })
  return new Promise((resolve) => server.on('listening', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)))
}

const ENOUGH = 1000

/** Three people write until that many messages have come. */
async function run(url: string, start: (load: Load) => void) {
  const load = await Load.open({ dialect: relayDialect, urls: [url, url], pairs: 3 })
  start(load)
  let delivered = 0
  let answered = 0
  while (delivered < ENOUGH) {
    const measured = await load.measure(0.05)
    delivered += measured.delivered
    answered += measured.answerMs.length
    expect(measured.answerMs).toEqual(measured.answerMs.toSorted())
  }
  return { delivered, answered, wrong: await load.end(200) }
}

const saturated = (load: Load): void => load.saturate(20)

test('where nothing is wrong all is answered and delivered, and the times are those of the answers', async () => {
  const url = await startRelay((_id, hand) => hand())
  const { delivered, answered, wrong } = await run(url, saturated)
  expect(wrong).toEqual({ lost: 0, doubled: 0, misordered: 0 })
  // what is under way
  expect(Math.abs(answered - delivered)).toBeLessThanOrEqual(3 * 20 * 2)
})

test('what is never delivered, or never answered, is lost', async () => {
  const url = await startRelay(
    (id, hand) => id !== 50 && hand(),
    (id) => (id === 60 ? 0 : 1),
  )
  const { wrong } = await run(url, saturated)
  expect(wrong).toEqual({ lost: 6, doubled: 0, misordered: 0 })
})

test('what comes twice is doubled', async () => {
  const url = await startRelay((id, hand) => {
    hand()
    if (id === 50) hand()
  })
  const { wrong } = await run(url, saturated)
  expect(wrong).toEqual({ lost: 0, doubled: 3, misordered: 0 })
})

test('what comes behind the next one is misordered', async () => {
  const held: (() => void)[] = []
  const url = await startRelay((id, hand) => {
    if (id === 50) return void held.push(hand)
    hand()
    if (id === 51) held.shift()!()
  })
  const { wrong } = await run(url, saturated)
  expect(wrong).toEqual({ lost: 0, doubled: 0, misordered: 3 })
})

test('at a rate it sends as many as that, whatever comes back', async () => {
  let count = 0
  const url = await startRelay((_id, hand) => {
    count++
    hand()
  })
  const start = performance.now()
  const { wrong } = await run(url, (load) => load.drip(5000))
  const seconds = (performance.now() - start) / 1000
  expect(wrong).toEqual({ lost: 0, doubled: 0, misordered: 0 })
  expect(count).toBeGreaterThanOrEqual(ENOUGH)
  expect(count).toBeLessThanOrEqual(seconds * 5000)
})
