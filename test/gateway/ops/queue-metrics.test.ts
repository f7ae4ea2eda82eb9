/** What the metrics tell of customers who wait. */
import { expect, onTestFinished, test } from 'vitest'
import { startGateway } from '../../kit/gateway.ts'
import { WireClient } from '../../kit/wire-client.ts'

test('those who wait, the longest wait so far, and each wait that is over', async () => {
  let skippedMs = 0
  const gateway = await startGateway({ AGENT_LIMIT: '1' }, { now: () => Date.now() + skippedMs })
  onTestFinished(() => gateway.stop())
  const arrive = async (claims: Parameters<typeof gateway.pass>[0]): Promise<WireClient> => {
    const client = await new WireClient(gateway.url, 'ws').open()
    await client.hello({ token: await gateway.pass(claims) })
    return client
  }
  const figure = async (name: string): Promise<number> =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1])
  const agent = await arrive({ sub: 'ann', role: 'agent', shop: '1' })
  const send = async (sub: string): Promise<string> => {
    const customer = await arrive({ sub })
    return (await customer.command('send', { to: 'shop:1', id: `${sub}-1`, kind: 'text', body: { text: 'hello' } })).conversation as string
  }
  // Ann has room for one, who does not wait; the other two do
  const first = await send('kim')
  for (const sub of ['lea', 'mia']) await send(sub)
  await expect.poll(() => figure('im_waiting'), { timeout: 10_000 }).toBe(2)
  skippedMs = 400_000
  await expect.poll(() => figure('im_longest_wait_seconds'), { timeout: 10_000 }).toBeGreaterThan(399)
  await agent.command('close', { conversation: first })
  await expect.poll(() => figure('im_wait_seconds_count'), { timeout: 10_000 }).toBe(1)
  expect(await figure('im_wait_seconds_bucket\\{le="300"\\}')).toBe(0)
  expect(await figure('im_wait_seconds_bucket\\{le="600"\\}')).toBe(1)
  await expect.poll(() => figure('im_waiting'), { timeout: 10_000 }).toBe(1)
})
