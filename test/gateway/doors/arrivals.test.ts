import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { Arrivals } from '../../../gateway/doors/arrivals.ts'
import { UpgradeRouter } from '../../../gateway/doors/upgrade-router.ts'
import type { WebSocketDoor } from '../../../gateway/doors/websocket.ts'

test('a turn of the event loop lets four in, in the order in which they came, and those who come later do not overtake', async () => {
  const arrivals = new Arrivals()
  const inside: number[] = []
  for (let i = 0; i < 6; i++) arrivals.enter(() => inside.push(i))
  expect(inside).toEqual([0, 1, 2, 3])
  // the first two of the next turn are 4 and 5, and there is room for two more
  await nextTurn()
  for (let i = 6; i < 10; i++) arrivals.enter(() => inside.push(i))
  expect(inside).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  await nextTurn()
  expect(inside).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('whoever enters from within does not keep the turn going', async () => {
  const arrivals = new Arrivals()
  let count = 0
  const again = (): void => {
    if (++count < 40) arrivals.enter(again)
  }
  again()
  expect(count).toBe(5)
  await nextTurn()
  expect(count).toBeLessThanOrEqual(9)
})

test('a turn in which nobody came gives its room to nobody', async () => {
  const arrivals = new Arrivals()
  for (let turn = 0; turn < 3; turn++) await nextTurn()
  const inside: number[] = []
  for (let i = 0; i < 6; i++) arrivals.enter(() => inside.push(i))
  expect(inside).toHaveLength(4)
})

test('WebSockets are opened in turns, and one that breaks while it waits is not opened', async () => {
  const opened: unknown[] = []
  const router = new UpgradeRouter()
  router.webSocket = { isHandshake: () => true, handleUpgrade: (_: unknown, socket: unknown) => void opened.push(socket) } as unknown as WebSocketDoor
  const server = router.server(() => undefined)
  onTestFinished(() => void server.close())
  const request = { url: '/ws', headers: { upgrade: 'websocket' }, rawHeaders: ['Upgrade', 'websocket'] } as unknown as IncomingMessage
  const sockets = Array.from({ length: 6 }, () => new PassThrough())
  for (const socket of sockets) server.emit('upgrade', request, socket, Buffer.alloc(0))
  expect(opened).toEqual(sockets.slice(0, 4))
  const closed = new Promise((resolve) => sockets[4]!.once('close', resolve))
  sockets[4]!.destroy(new Error('reset by the other end'))
  await closed
  await nextTurn()
  expect(opened).toEqual([...sockets.slice(0, 4), sockets[5]])
})
