/** A built gateway outlives what a stranger sends, and two of them on Redis have one allowance. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { spawnGateway, startGateway } from '../kit/gateway.ts'
import { eventually, startRedis } from '../kit/redis.ts'
import { WireClient, TRANSPORTS } from '../kit/wire-client.ts'

// real processes on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 60_000 })

test("a guest's message that nests 5,000 deep is refused, and the process goes on", async () => {
  const gateway = await spawnGateway()
  const guest = await fetch(`${gateway.url}/v1/guests`, { method: 'POST' })
  const { token } = (await guest.json()) as { token: string }
  for (const transport of TRANSPORTS) {
    const wireClient = await new WireClient(gateway.url, transport).open()
    await wireClient.hello({ token })
    wireClient.send(`277["send",{"to":"shop:1","id":"deep","kind":"text","body":{"text":"x","deep":${'['.repeat(5000)}${']'.repeat(5000)}}}]`)
    expect(await wireClient.ack(77)).toMatchObject({ error: { code: 'bad_request', retry: false } })
    await wireClient.command('send', { to: 'shop:1', id: transport, kind: 'text', body: { text: 'still here' } })
    wireClient.close()
  }
  expect(gateway.process.exitCode).toBe(null)
  expect(await gateway.stop()).toBe(0)
})

test('what one of two nodes on Redis has let through is used up at the other, too', async () => {
  const redis = await startRedis()
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  const environment = { REDIS_URL: redis.url, DATA_DIR: folder, COMMANDS_PER_SECOND: '1' }
  const nodes = [await startGateway(environment), await startGateway(environment)]
  try {
    const token = await nodes[0]!.pass({ sub: 'c1' })
    const [here, there] = await Promise.all(nodes.map((node) => new WireClient(node.url, 'ws').open()))
    await here!.hello({ token })
    await there!.hello({ token })
    const isRefused = async (wireClient: WireClient): Promise<boolean> => (await wireClient.ask('conversations', {})).error?.code === 'rate_limited'
    let through = 0
    while (!(await isRefused(here!))) through++
    expect(through).toBeGreaterThanOrEqual(10)
    // a bucket of its own would have room for ten there: after a telling it has none
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect((await Promise.all([1, 2, 3, 4, 5].map(() => isRefused(there!)))).filter(Boolean).length).toBeGreaterThanOrEqual(3)
    await eventually(
      async () => (await redis.cli('GET', 'im:0:at:ImAllowances')).split(' ').length,
      (count) => count === 2,
    )
  } finally {
    for (const node of nodes) await node.stop()
    await redis.stop()
    await rm(folder, { recursive: true })
  }
})
