/** Of two sessions of one device the newer stays: a client that falls back opens one at each door, and uses the one that answers. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TwoGateways } from '../../kit/two-gateways.ts'
import { WireClient } from '../../kit/wire-client.ts'

let two: TwoGateways
beforeAll(async () => {
  two = await TwoGateways.start()
})
afterAll(() => two.stop())

const open = (): Promise<WireClient> => new WireClient(two.nodes[0].url, 'ws').open()
const helloOf = async (sub: string): Promise<{ token: string; device: string }> => ({
  token: await two.nodes[0].pass({ sub, ttlMs: 86_400_000 }),
  device: 'phone.1',
})
const peerCount = async (): Promise<number> => {
  const figures = await (await fetch(`${two.nodes[0].url}/metrics`)).text()
  return Number(/^im_peers\{door="websocket",role="customer"\} (\d+)/m.exec(figures)?.[1] ?? 0)
}

/** Resolves when sessions that had to make way have done so. */
async function later(): Promise<void> {
  const hello = await helloOf(two.unique('witness'))
  const [older, newer] = [await open(), await open()]
  for (const each of [older, newer]) await each.hello(hello)
  two.pass(6000)
  expect(await older.push('byePush')).toMatchObject({ code: 'replaced' })
  newer.close()
}

test('the older stays where the newer has ended before the older had to make way', async () => {
  const before = await peerCount()
  const hello = await helloOf(two.unique('c'))
  const [older, newer] = [await open(), await open()]
  for (const each of [older, newer]) await each.hello(hello)
  newer.close()
  await expect.poll(peerCount).toBe(before + 1)
  await later()
  expect(older.pushes('byePush')).toEqual([])
  // it is the device's session again
  const newest = await open()
  await newest.hello(hello)
  two.pass(6000)
  expect(await older.push('byePush')).toMatchObject({ code: 'replaced' })
  newest.close()
})

test('a hello that the older repeats, for want of a welcome, does not make it the newer', async () => {
  const hello = await helloOf(two.unique('c'))
  const [older, newer] = [await open(), await open()]
  for (const each of [older, newer]) await each.hello(hello)
  older.sendPacket({ type: 'connect', data: hello })
  await older.until(() => older.received.filter(({ type }) => type === 'connect').length === 2)
  await later()
  expect(await older.push('byePush')).toMatchObject({ code: 'replaced' })
  expect(newer.pushes('byePush')).toEqual([])
  newer.close()
})
