/** Presence as people at two gateways see it. The gateways' clock is moved. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openEmbedded } from '../../../gateway/backbone/embedded/embedded.ts'
import { startGateway, type PassClaims, type StartedGateway } from '../../kit/gateway.ts'
import { HookedBackbone } from '../../kit/hooked-backbone.ts'
import { WireClient } from '../../kit/wire-client.ts'

// real sockets on a machine that may be busy with other tests
vi.setConfig({ testTimeout: 30_000 })

let folder: string
let backbone: HookedBackbone
let nodes: [StartedGateway, StartedGateway]
let skewMs = 0
let count = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  backbone = new HookedBackbone(await openEmbedded({ dataDir: join(folder, 'store') }))
  const shared = {
    store: backbone.store,
    records: backbone.records,
    images: backbone.images,
    bus: backbone.bus,
    now: () => Date.now(),
    jobs: [],
    scrub: async () => undefined,
    unready: () => undefined,
    close: async () => undefined,
  }
  const options = { backbone: shared, now: () => Date.now() + skewMs }
  const environment = { DATA_DIR: join(folder, 'shared') }
  nodes = [await startGateway(environment, options), await startGateway(environment, options)]
})
afterAll(async () => {
  for (const node of nodes) await node.stop()
  await backbone.close()
  await rm(folder, { recursive: true })
})

async function arrive(node: 0 | 1, claims: PassClaims): Promise<WireClient> {
  const wireClient = await new WireClient(nodes[node].url, 'ws').open()
  await wireClient.hello({ token: await nodes[node].pass({ ttlMs: 86_400_000, ...claims }) })
  return wireClient
}

const unique = (name: string): string => `${name}${++count}`
const agent = (sub: string, shop: string): PassClaims => ({ sub, role: 'agent', shop, name: sub.toUpperCase() })
/** The newest status of `participant` that was pushed in this session. */
const newestStatus = (wireClient: WireClient, participant: string): string | undefined =>
  wireClient.pushes('statusPush').findLast((push) => push.participant === participant)?.status
const isOnline = (wireClient: WireClient, side: string): boolean | undefined =>
  wireClient.pushes('presencePush').findLast((push) => push.side === side)?.online

test('a new status of an agent reaches its windows, colleagues and subscribed customers, at every node', async () => {
  const [shop, a, b] = [unique('s'), unique('a'), unique('b')]
  const windows = [await arrive(0, agent(a, shop)), await arrive(1, agent(a, shop))]
  const colleague = await arrive(1, agent(b, shop))
  const customer = await arrive(0, { sub: unique('c') })
  const stranger = await arrive(0, { sub: unique('c') })
  const of = [`shop:${shop}`]
  await windows[0]!.until(() => newestStatus(windows[0]!, b))
  expect(await customer.command('presence', { of })).toMatchObject({ ok: true, presence: { [of[0]!]: { online: true, status: 'online' } } })
  await windows[0]!.command('changeStatus', { status: 'busy' })
  for (const wireClient of [...windows, colleague, customer]) await wireClient.until(() => newestStatus(wireClient, a) === 'busy')
  expect(customer.pushes('statusPush').at(-1)).toEqual({ participant: a, shop, name: a.toUpperCase(), status: 'busy' })
  await colleague.command('changeStatus', { status: 'away' })
  await customer.until(() => customer.pushes('presencePush').some(({ status }) => status === 'busy'))
  const { presence } = await windows[1]!.command('presence', { of })
  expect(presence[of[0]!]?.agents).toEqual([
    { id: a, name: a.toUpperCase(), status: 'busy', load: 0 },
    { id: b, name: b.toUpperCase(), status: 'away', load: 0 },
  ])
  expect([stranger.pushes('statusPush'), stranger.pushes('presencePush')]).toEqual([[], []])
})

test('an agent sees subscribed customers come and go, and a reload as neither', async () => {
  const [shop, c] = [unique('s'), unique('c')]
  const first = await arrive(0, { sub: c })
  await first.command('send', { to: `shop:${shop}`, id: 'm1', kind: 'text', body: { text: 'hi' } })
  const desk = await arrive(1, agent(unique('a'), shop))
  expect((await desk.command('presence', { of: [c, 'nobody'] })).presence).toEqual({ [c]: { online: true } })
  first.close()
  await first.closed()
  skewMs += 14_000
  const second = await arrive(1, { sub: c })
  skewMs += 20_000
  await second.command('changeUser', { toid: `shop:${shop}` })
  second.close()
  await second.closed()
  skewMs += 15_000
  await desk.until(() => isOnline(desk, c) === false)
  await arrive(0, { sub: c })
  await desk.until(() => isOnline(desk, c) === true)
  expect(desk.pushes('presencePush').map(({ online }) => online)).toEqual([false, true])
})

test('a new presence subscription replaces the one before', async () => {
  const [one, two] = [unique('s'), unique('s')]
  const customer = await arrive(0, { sub: unique('c') })
  await customer.command('presence', { of: [`shop:${one}`] })
  await customer.command('presence', { of: [`shop:${two}`] })
  await arrive(1, agent(unique('a'), one))
  await arrive(1, agent(unique('a'), two))
  await customer.until(() => isOnline(customer, `shop:${two}`))
  expect(isOnline(customer, `shop:${one}`)).toBeUndefined()
})

test('presence commands are refused while the store is unavailable, known states stay, and changes are pushed afterwards', async () => {
  const shop = unique('s')
  const desk = await arrive(1, agent(unique('a'), shop))
  const [customer, other] = [await arrive(0, { sub: unique('c') }), await arrive(0, { sub: unique('c') })]
  await customer.command('presence', { of: [`shop:${shop}`] })
  backbone.isAway = true
  skewMs += 3_600_000
  expect((await other.ask('presence', { of: [`shop:${unique('s')}`] })).error).toMatchObject({ code: 'unavailable', retry: true })
  expect((await desk.ask('changeStatus', { status: 'busy' })).error).toMatchObject({ code: 'unavailable', retry: true })
  backbone.isAway = false
  desk.close()
  await desk.closed()
  expect((await customer.command('presence', { of: [`shop:${shop}`] })).presence[`shop:${shop}`]).toMatchObject({ online: true })
  skewMs += 15_000
  await customer.until(() => isOnline(customer, `shop:${shop}`) === false)
  expect(customer.pushes('presencePush')).toHaveLength(1)
})

test('invalid presence commands are refused', async () => {
  const desk = await arrive(1, agent(unique('a'), unique('s')))
  const customer = await arrive(0, { sub: unique('c') })
  const code = async (wireClient: WireClient, name: string, input: unknown) => (await wireClient.ask(name, input)).error?.code
  expect(await code(customer, 'changeStatus', { status: 'busy' })).toBe('forbidden')
  expect(await code(desk, 'changeStatus', { status: 'asleep' })).toBe('bad_request')
  expect(await code(desk, 'presence', { of: Array.from({ length: 101 }, (_, n) => `c${n}`) })).toBe('bad_request')
  expect(await code(desk, 'presence', { of: 'c1' })).toBe('bad_request')
  expect((await desk.command('presence', { of: ['shop:of-another', '<b>', '\u202E', ''.padEnd(64, 'x')] })).presence).toEqual({})
})
