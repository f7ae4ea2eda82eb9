/**
 * What a resume leaves out because it is too much at once, and what a connection that was cut as slow never got, the real client fetches by
 * itself from the real gateway: every message once, in order.
 */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createClient } from '../../widget/client/client.ts'
import { engineIoPorts } from '../../widget/client/transports/engine-io.ts'
import type { Client } from '../../widget/client/types.ts'
import { openFaultProxy } from '../kit/fault-proxy.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'
import { WireClient } from '../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 60_000 })

let gateway: StartedGateway
beforeAll(async () => {
  gateway = await startGateway({ COMMANDS_PER_SECOND: '0', RATE_LIMITS: 'off' })
})
afterAll(() => gateway.stop())

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1)

/** An agent of the shop, and how it writes so many messages of 30 kB to somebody. */
async function agentOf(shop: string, to: string) {
  const agent = await new WireClient(gateway.url, 'ws').open()
  onTestFinished(() => agent.close())
  await agent.hello({ token: await gateway.pass({ sub: `agent-${shop}`, role: 'agent', shop }) })
  const body = { text: '', pad: 'x'.repeat(30_000) }
  let written = 0
  return {
    write: async (count: number): Promise<number> => {
      await Promise.all(numbers(count).map((n) => agent.command('send', { to, id: `${written + n}`, kind: 'note', body })))
      return (written += count)
    },
  }
}

const seqsOf = (client: Client, to: string): number[] => client.conversation(to).timeline.value.messages.map(({ seq }) => seq)

/** `sub` has every conversation with the shops on its screen, with one message in each, and goes away. */
async function awayFrom(shops: readonly string[], sub: string): Promise<Client> {
  const client = createClient({ gateway: gateway.url, token: await gateway.pass({ sub }), to: `shop:${shops[0]}`, storage: null })
  onTestFinished(() => client.close())
  client.connect()
  for (const shop of shops) client.conversation(`shop:${shop}`).send('first')
  for (const shop of shops) await expect.poll(() => seqsOf(client, `shop:${shop}`), { timeout: 10_000 }).toEqual([1])
  client.close()
  return client
}

test.each([
  ['1.2 MB of one conversation', ['42'], 40],
  ['4.5 MB of one conversation', ['43'], 150],
  ['3.6 MB of six conversations', ['51', '52', '53', '54', '55', '56'], 20],
])('missed are %s: all of it is there, once, in order', async (_what, shops, count) => {
  const sub = `mia-${shops[0]}`
  const mia = await awayFrom(shops, sub)
  await Promise.all(shops.map(async (shop) => (await agentOf(shop, sub)).write(count)))
  const cut: string[] = []
  mia.onPush('resumePush', ({ conversation }) => cut.push(conversation))
  mia.connect()
  for (const shop of shops) await expect.poll(() => seqsOf(mia, `shop:${shop}`), { timeout: 20_000 }).toEqual(numbers(count + 1))
  await expect.poll(() => mia.connection.value.name, { timeout: 10_000 }).toBe('live')
  expect(cut.length).toBeGreaterThan(0)
})

describe('cut as slow', () => {
  const byes = async (): Promise<number> => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    return Number(/^im_byes_total\{code="slow"\} (\S+)$/m.exec(metrics)?.[1] ?? 0)
  }

  test.each(['websocket', 'polling'])(
    'over %s, with megabytes missed meanwhile: it comes back, and all of it is there, once, in order',
    async (way) => {
      const proxy = await openFaultProxy(gateway.port)
      onTestFinished(() => proxy.close())
      const [shop, sub] = [`shop-${way}`, `ben-${way}`]
      const transports = engineIoPorts(proxy.url).filter(({ name }) => name === way)
      const ben = createClient({ gateway: proxy.url, token: await gateway.pass({ sub }), to: `shop:${shop}`, storage: null, transports })
      onTestFinished(() => ben.close())
      const reasons: string[] = []
      ben.onPush('byePush', ({ code }) => reasons.push(code))
      ben.connect()
      const agent = await agentOf(shop, sub)
      await agent.write(1)
      await expect.poll(() => seqsOf(ben, `shop:${shop}`), { timeout: 10_000 }).toEqual([1])
      const before = await byes()
      proxy.freeze()
      while ((await byes()) === before) await agent.write(10)
      const written = await agent.write(100)
      proxy.thaw()
      await expect.poll(() => seqsOf(ben, `shop:${shop}`).length, { timeout: 30_000 }).toBe(written)
      expect(seqsOf(ben, `shop:${shop}`)).toEqual(numbers(written))
      expect(reasons).toEqual(['slow'])
    },
  )
})
