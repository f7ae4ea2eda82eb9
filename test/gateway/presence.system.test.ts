/** Two gateways on a real Redis, and one of them is killed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { spawnGateway, type Gateway, type PassClaims } from '../kit/gateway.ts'
import { startRedis } from '../kit/redis.ts'
import { WireClient } from '../kit/wire-client.ts'

async function arrive(node: Gateway, claims: PassClaims): Promise<WireClient> {
  const wireClient = await new WireClient(node.url, 'ws').open()
  await wireClient.hello({ token: await node.pass(claims) })
  return wireClient
}

test('the people of a killed node are absent within 60 s, except those who came to another node', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  const redis = await startRedis()
  const environment = { REDIS_URL: redis.url, DATA_DIR: folder }
  const [doomed, other] = [await spawnGateway(environment), await spawnGateway(environment)]
  const customer = await arrive(other, { sub: 'c1' })
  const agents = ['a1', 'a2'].map((sub): PassClaims => ({ sub, role: 'agent', shop: '7' }))
  for (const agent of agents) await arrive(doomed, agent)
  const of = ['shop:7']
  // a welcome does not wait for the entry of whoever it welcomes
  const asked = async (): Promise<unknown> => (await customer.command('presence', { of })).presence
  await expect.poll(asked, { timeout: 10_000 }).toEqual({ 'shop:7': { online: true, status: 'online' } })
  const told = { status: customer.pushes('statusPush').length, presence: customer.pushes('presencePush').length }
  await doomed.kill()
  const killedAt = performance.now()
  const saved = await arrive(other, agents[0]!)
  const gone = (): string[] =>
    customer
      .pushes('statusPush')
      .slice(told.status)
      .flatMap(({ participant, status }) => (status === 'offline' ? [participant] : []))
  await customer.until(() => gone().includes('a2'))
  expect(performance.now() - killedAt).toBeLessThan(60_000)
  expect(gone()).toEqual(['a2'])
  expect((await saved.command('presence', { of })).presence['shop:7']?.agents).toEqual([{ id: 'a1', status: 'online', load: 0 }])
  expect(customer.pushes('presencePush').slice(told.presence)).toEqual([])
  await other.stop()
  await redis.stop()
  await rm(folder, { recursive: true, force: true })
}, 120_000)
