/** A session's reads run one at a time, and none starts while earlier answers wait for the client to read them. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ReadRange } from '../../../gateway/backbone/backbone.ts'
import { conversationId } from '../../../gateway/protocol/keys.ts'
import { PausableClient, SOCKETS } from '../../kit/pausable-client.ts'
import { WireClient, TRANSPORTS } from '../../kit/wire-client.ts'
import { TwoGateways } from '../../kit/two-gateways.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 60_000 })

let two: TwoGateways
beforeAll(async () => {
  two = await TwoGateways.start({ COMMANDS_PER_SECOND: '0' })
})
afterAll(() => two.stop())

const PAGE = 100
const ASKED = 100

/** A conversation of 20 × 60 kB, of which a page is half a megabyte. */
async function fill(customer: string): Promise<string> {
  const conversation = conversationId(customer, 'shop:1')
  const body = { text: 'x', ...{ bulk: 'x'.repeat(60_000) } }
  for (let i = 1; i <= 20; i++) {
    await two.backbone.store.append({
      conversation,
      id: `m${i}`,
      from: customer,
      side: customer,
      kind: 'text',
      body,
      at: i,
      origin: '',
    })
  }
  return conversation
}

/** Counts pages read, and reads at the same time. */
function countPages() {
  const counted = { pages: 0, atOnce: 0, mostAtOnce: 0 }
  const { store } = two.backbone
  const { read } = store
  const spy = vi.spyOn(store, 'read').mockImplementation(async (conversation: string, range: ReadRange) => {
    if (range.limit < PAGE) return read.call(store, conversation, range)
    counted.pages++
    counted.mostAtOnce = Math.max(counted.mostAtOnce, ++counted.atOnce)
    // a store takes longer than one in memory
    await new Promise((resolve) => setImmediate(resolve))
    return read.call(store, conversation, range).finally(() => counted.atOnce--)
  })
  onTestFinished(() => spy.mockRestore())
  return counted
}

const asking = (conversation: string, n: number): string => `2${n}["history",{"conversation":"${conversation}","limit":${PAGE}}]`
const acksIn = (packets: readonly string[]): number[] =>
  packets.flatMap((packet) => (/^3\d/.test(packet) ? [Number(/^3(\d+)/.exec(packet)![1])] : []))

describe.each(SOCKETS)('over %s', (transport) => {
  test(`a client that asks for ${ASKED} pages causes few reads until it reads the answers, and then gets all`, async () => {
    const customer = two.unique('c')
    const conversation = await fill(customer)
    const client = new PausableClient(two.nodes[0].url, transport, { token: await two.nodes[0].pass({ sub: customer }) })
    await client.welcomed()
    const counted = countPages()
    client.pause()
    for (let n = 1; n <= ASKED; n++) client.send(asking(conversation, n))
    await vi.waitUntil(() => counted.pages > 0)
    // others are served meanwhile
    const other = await two.customer(0, two.unique('c'))
    let pages = -1
    for (let still = 0; still < 20; still = counted.pages === pages ? still + 1 : 0) {
      pages = counted.pages
      await other.command('presence', { of: [] })
    }
    // socket buffers of one machine hold some megabytes
    expect(counted.pages).toBeLessThan(30)
    expect(counted.mostAtOnce).toBe(1)
    client.resume()
    await vi.waitUntil(() => acksIn(client.packets).length === ASKED, { timeout: 30_000 })
    expect(acksIn(client.packets)).toEqual(Array.from({ length: ASKED }, (_, n) => n + 1))
    expect(client.packets.some((packet) => packet.includes('"error"'))).toBe(false)
  })
})

test.each(TRANSPORTS)('small answers do not wait for one another, nor a command for a read before it (%s)', async (transport) => {
  const customer = two.unique('c')
  const conversation = await fill(customer)
  const wireClient = await new WireClient(two.nodes[0].url, transport).open()
  await wireClient.hello({ token: await two.nodes[0].pass({ sub: customer }) })
  let go = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  two.backbone.beforeRead = () => gate
  const history = wireClient.command('history', { conversation, limit: 1 })
  const list = wireClient.command('conversations', {})
  await wireClient.command('presence', { of: [] })
  two.backbone.beforeRead = async () => undefined
  go()
  expect((await history).messages.map(({ seq }) => seq)).toEqual([20])
  expect((await list).conversations.length).toBe(1)
  wireClient.close()
})
