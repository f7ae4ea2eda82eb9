import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FairQueue, EventLoopTurns } from '../../../gateway/doors/fair-queue.ts'
import { LIMITS } from '../../../gateway/protocol/limits.ts'
import { startGateway, type StartedGateway } from '../../kit/gateway.ts'
import { WireClient, TRANSPORTS } from '../../kit/wire-client.ts'

function queues(count: number) {
  const turns = new EventLoopTurns()
  const handled: string[] = []
  const told: string[] = []
  const all = Array.from(
    { length: count },
    (_, session) =>
      new FairQueue<number>({
        turns,
        handle: (packet) => handled.push(`${session}:${packet}`),
        onWaiting: (isWaiting) => told.push(`${session} ${isWaiting ? 'waits' : 'goes on'}`),
        onTooMuch: () => told.push(`${session} too much`),
      }),
  )
  return { all, handled, told }
}

test('a thousand packets of one session do not delay the one packet of another', async () => {
  const {
    all: [greedy, modest],
    handled,
    told,
  } = queues(2)
  for (let packet = 0; packet < 1000; packet++) greedy!.add(packet, 1)
  modest!.add(0, 1)
  expect(handled.indexOf('1:0')).toBe(4)
  expect(told).toEqual(['0 waits'])
  for (let turns = 0; turns < 300; turns++) await turn()
  expect(handled.filter((each) => each.startsWith('0:'))).toEqual(Array.from({ length: 1000 }, (_, packet) => `0:${packet}`))
  expect(told).toEqual(['0 waits', '0 goes on'])
  greedy!.add(1000, 1)
  expect(handled.at(-1)).toBe('0:1000')
})

test("a queue is bounded in packets and in bytes, and never drops the session's end", async () => {
  const {
    all: [many, large],
    handled,
    told,
  } = queues(2)
  for (let packet = 0; packet < 4 + 2 * LIMITS.payloadCount; packet++) many!.add(packet, 1)
  expect(told).toEqual(['0 waits'])
  many!.add(-1, 1)
  many!.add(-2)
  for (let packet = 0; packet < 4; packet++) large!.add(packet, LIMITS.lineBytes)
  large!.add(4, 2 * LIMITS.lineBytes)
  large!.add(5, 1)
  expect(told).toEqual(['0 waits', '0 too much', '1 waits', '1 too much'])
  for (let turns = 0; turns < 600; turns++) await turn()
  expect(handled).not.toContain('0:-1')
  expect(handled.at(-1)).toBe('0:-2')
})

test('a session with enough commands in progress is read further when one of them is done', async () => {
  const handled: number[] = []
  const told: boolean[] = []
  let isFull = false
  const queue = new FairQueue<number>({
    turns: new EventLoopTurns(),
    isFull: () => isFull,
    onTooMuch: () => undefined,
    onWaiting: (isWaiting) => told.push(isWaiting),
    handle: (packet) => {
      handled.push(packet)
      isFull = handled.length % 3 === 0
    },
  })
  for (let packet = 0; packet < 8; packet++) queue.add(packet, 1)
  for (let turns = 0; turns < 5; turns++) await turn()
  expect(handled).toEqual([0, 1, 2])
  expect(told).toEqual([true])
  isFull = false
  // called twice, it counts once
  queue.goOn()
  queue.goOn()
  for (let turns = 0; turns < 5; turns++) await turn()
  expect(handled).toEqual([0, 1, 2, 3, 4, 5])
  isFull = false
  queue.goOn()
  for (let turns = 0; turns < 5; turns++) await turn()
  expect(handled).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(told).toEqual([true, false])
})

describe('at a gateway', () => {
  let gateway: StartedGateway
  beforeAll(async () => {
    // writer and reader are one participant, and the reader repeats its question until everything is there
    gateway = await startGateway({ COMMANDS_PER_SECOND: '0' })
  })
  afterAll(() => gateway.stop())

  test.each(TRANSPORTS)('all of 500 messages are stored in order when the session closes right after them (%s)', async (transport) => {
    const sub = `writer-${TRANSPORTS.indexOf(transport)}`
    const writer = await new WireClient(gateway.url, transport).open()
    await writer.hello({ token: await gateway.pass({ sub }) })
    for (let n = 0; n < 500; n++) {
      writer.sendPacket({ type: 'event', name: 'send', args: [{ to: 'shop:1', id: `m${n}`, kind: 'text', body: { text: 'x' } }] })
    }
    writer.sendPacket({ type: 'disconnect' })
    const reader = await new WireClient(gateway.url, 'ws').open()
    await reader.hello({ token: await gateway.pass({ sub }) })
    const ids: string[] = []
    while (ids.length < 500) {
      const answer = (await reader.ask('history', { to: 'shop:1', after: ids.length, limit: 100 })) as unknown as { messages?: { id: string }[] }
      ids.push(...(answer.messages ?? []).map(({ id }) => id))
    }
    expect(ids).toEqual(Array.from({ length: 500 }, (_, n) => `m${n}`))
    writer.close()
    reader.close()
  })
})
