/** Two gateways on a real Redis: clocks that differ and are set, and a Redis that has lost what it held. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { conversationTag } from '../../gateway/protocol/keys.ts'
import { spawnGateway, type PassClaims, type SpawnedGateway } from '../kit/gateway.ts'
import { startRedis, type RedisServer } from '../kit/redis.ts'
import { WireClient } from '../kit/wire-client.ts'

let folder: string
let redis: RedisServer
let nodes: SpawnedGateway[]

const clockOf = (node: number): string => join(folder, `clock${node}`)
const setClock = (node: number, byMs: number): void => writeFileSync(clockOf(node), String(byMs))

async function start(byMs: readonly number[]): Promise<void> {
  for (const [i, ms] of byMs.entries()) {
    setClock(i, ms)
    nodes.push(
      await spawnGateway({
        REDIS_URL: redis.url,
        DATA_DIR: folder,
        CLOCK_FILE: clockOf(i),
        TRANSFER_MS: '30000',
        NODE_OPTIONS: `--import ${join(import.meta.dirname, '../kit/set-clock.mjs')}`,
      }),
    )
  }
}

async function arrive(node: number, claims: PassClaims): Promise<WireClient> {
  const wireClient = await new WireClient(nodes[node]!.url, 'ws').open()
  await wireClient.hello({ token: await nodes[node]!.pass(claims) })
  return wireClient
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'im-chat-'))
  redis = await startRedis()
  nodes = []
})
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.kill()))
  await redis.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** All that the nodes hold in Redis while these two are attached: each key, of records with its fields; not what a probe writes and takes away. */
async function written(): Promise<readonly string[]> {
  const keys = (await redis.cli('KEYS', '*')).split('\n').filter((key) => key.startsWith('im:') && !key.includes('probe'))
  const fields = await Promise.all(
    keys.map(async (key) => (key.startsWith('im:records:') ? (await redis.cli('HKEYS', key)).trim().split('\n') : [''])),
  )
  // a node's inbox has the node's name, which is random
  return keys.flatMap((key, i) => fields[i]!.map((field) => `${key.replace(/^im:0:in:.*/, 'im:0:in')} ${field}`)).sort()
}

const agent: PassClaims = { sub: 'a1', role: 'agent', shop: '7' }
const of = ['shop:7']
const body = { text: 'hello' }

test('gateways with clocks ten minutes apart, which are set while they run, agree on presence, time and order', async () => {
  await start([0, -600_000])
  const [customer, desk] = [await arrive(0, { sub: 'c1' }), await arrive(1, agent)]
  const other = await arrive(1, { ...agent, sub: 'a2' })
  const online = async (): Promise<unknown> => (await customer.command('presence', { of })).presence['shop:7']?.online
  await expect.poll(online, { timeout: 10_000 }).toBe(true)
  const first = await customer.command('send', { to: 'shop:7', id: 'm1', kind: 'text', body })
  const second = await desk.command('send', { to: 'c1', id: 'm2', kind: 'text', body })
  expect(Math.abs(first.at - Date.now())).toBeLessThan(5000)
  expect(second.at).toBeGreaterThanOrEqual(first.at)
  await desk.command('transfer', { conversation: 'shop:7~c1', to: 'a2' })
  setClock(1, 86_400_000)
  setClock(0, -600_000)
  const pushedBefore = customer.pushes('presencePush').length
  const third = await desk.command('send', { to: 'c1', id: 'm3', kind: 'text', body })
  expect([third.at - second.at < 10_000, third.at >= second.at]).toEqual([true, true])
  for (let i = 0; i < 20; i++) {
    expect(await online()).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 600))
  }
  expect(customer.pushes('presencePush')).toHaveLength(pushedBefore)
  expect(other.pushes('transferPush').map(({ state }) => state)).toEqual(['offered'])
}, 120_000)

test.each(['FLUSHALL', 'started again without its file'])(
  'Redis, %s: whoever is attached is there again within seconds',
  async (how) => {
    await start([0, 0])
    const [customer, desk] = [await arrive(0, { sub: 'c1' }), await arrive(1, agent)]
    const asked = async (): Promise<unknown> => (await customer.command('presence', { of }).catch(() => undefined))?.presence['shop:7']
    await desk.command('changeStatus', { status: 'busy' })
    await expect.poll(asked, { timeout: 10_000 }).toEqual({ online: true, status: 'busy' })
    await customer.command('viewing', { to: 'shop:7', product: { title: 'Kettle' } })
    await customer.command('send', { to: 'shop:7', id: 'm0', kind: 'text', body })
    await desk.command('changeUser', { toid: 'c1' })
    let before: readonly string[] = []
    // a kind of key that is new belongs here, for it has to come back as well
    await expect
      .poll(async () => [...new Set((before = await written()).map((each) => each.split(' ')[0]))], { timeout: 10_000 })
      .toEqual([
        ...['ImAgentPub:7~a1', 'ImAllowances', 'ImPresence:shop:7', 'ImSide:c1', 'ImSide:shop:7'].map((channel) => `im:0:at:${channel}`),
        'im:0:in',
        'im:list:c1',
        'im:list:shop:7',
        'im:records:c1/present',
        'im:records:nodes',
        'im:records:shop:7/open',
        'im:records:shop:7/present',
        'im:records:shop:7~c1/viewing',
        ...['head', 'log', 'meta'].map((kind) => `im:{${conversationTag('shop:7~c1')}}:${kind}:shop:7~c1`),
      ])
    if (how === 'FLUSHALL') await redis.cli('FLUSHALL')
    else {
      await redis.signal('SIGKILL')
      await redis.start()
    }
    const witness = async (): Promise<unknown> => {
      const late = await arrive(0, { sub: 'c2' })
      const { presence } = await late.command('presence', { of: ['shop:7'] })
      late.close()
      return presence['shop:7']
    }
    await expect.poll(() => witness().catch(() => undefined), { timeout: 40_000, interval: 500 }).toEqual({ online: true, status: 'busy' })
    await expect
      .poll(
        async () => {
          await customer.command('send', { to: 'shop:7', id: 'm1', kind: 'text', body })
          return (await desk.command('customer', { to: 'c1' })).viewing?.title
        },
        { timeout: 40_000, interval: 500 },
      )
      .toBe('Kettle')
    await expect
      .poll(
        async () => {
          const now: readonly string[] = await written().catch(() => [])
          return before.filter((each) => !now.includes(each))
        },
        { timeout: 40_000, interval: 500 },
      )
      .toEqual([])
  },
  120_000,
)
