/** Presence on several nodes over one store, with a clock that tests move. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEmbedded } from '../../../../gateway/backbone/embedded/embedded.ts'
import { Nodes } from '../../../../gateway/domain/presence/nodes.ts'
import { Presence, presenceFor } from '../../../../gateway/domain/presence/presence.ts'
import type { Identity } from '../../../../gateway/protocol/model.ts'
import { HookedBackbone } from '../../../kit/hooked-backbone.ts'

const ann: Identity = { id: 'ann', role: 'customer', side: 'ann', expiresAt: Infinity }
const bob: Identity = { id: 'bob', role: 'agent', side: 'shop:7', shop: '7', name: 'Bob', expiresAt: Infinity }
const eve: Identity = { id: 'eve', role: 'agent', side: 'shop:7', shop: '7', expiresAt: Infinity }

interface Node {
  readonly presence: Presence
  readonly nodes: Nodes
  isAlive: boolean
  /** Sets its clock; timers go on as before. */
  step(ms: number): void
}

let folder: string
let backbone: HookedBackbone
let now: number
let all: Node[]
let stepped: WeakMap<() => number, number>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  backbone = new HookedBackbone(await openEmbedded({ dataDir: folder }))
  now = 1_700_000_000_000
  all = []
  stepped = new WeakMap()
})
afterEach(async () => {
  await backbone.close()
  await rm(folder, { recursive: true })
})

/** `skewMs`: how far its clock is ahead of the others'. */
async function start(skewMs = 0): Promise<Node> {
  const clock = (): number => now + skewMs + (stepped.get(clock) ?? 0)
  const nodes = new Nodes({ records: backbone.records, now: clock, uptime: () => now, node: `n${all.length + 1}` })
  const { store, records, bus } = backbone
  const node: Node = {
    step: (ms) => void stepped.set(clock, ms),
    nodes,
    isAlive: true,
    presence: new Presence({ store, records, bus, nodes, allowances, now: clock, uptime: () => now }),
  }
  all.push(node)
  await node.presence.tend()
  return node
}

const allowances = { take: () => undefined, giveBack: () => undefined }

/** Runs each node's jobs second by second, as the gateway does; a dead node does nothing. */
async function pass(ms: number): Promise<void> {
  for (const end = now + ms; now < end;) {
    now = Math.min(end, now + 1000)
    await Promise.all(all.filter(({ isAlive }) => isAlive).map(({ presence }) => presence.tend().catch(() => undefined)))
  }
}

const isOnline = async (node: Node, side: string): Promise<boolean> => (await node.presence.of(side)).online
const statuses = async (node: Node): Promise<Record<string, string>> =>
  Object.fromEntries((await node.presence.of('shop:7')).present.map(({ id, status }) => [id, status]))

test('a person who connects is present at every node, and absent 15 s after leaving', async () => {
  const [one, other] = [await start(), await start()]
  expect(await isOnline(other, 'ann')).toBe(false)
  await one.presence.arrived(ann)
  expect([await isOnline(one, 'ann'), await isOnline(other, 'ann')]).toEqual([true, true])
  await pass(600_000)
  expect(await isOnline(other, 'ann')).toBe(true)
  one.presence.left(ann)
  await pass(14_000)
  expect(await isOnline(other, 'ann')).toBe(true)
  await pass(1000)
  expect([await isOnline(one, 'ann'), await isOnline(other, 'ann')]).toEqual([false, false])
})

test.each([0, 1])('a reconnect within 15 s, at this node or another (%d), is not an absence', async (to) => {
  const nodes = [await start(), await start()]
  await nodes[0]!.presence.arrived(ann)
  nodes[0]!.presence.left(ann)
  for (let second = 0; second < 14; second++) {
    await pass(1000)
    expect(await isOnline(nodes[1]!, 'ann')).toBe(true)
  }
  await nodes[to]!.presence.arrived(ann)
  for (let second = 0; second < 30; second++) {
    await pass(1000)
    expect(await isOnline(nodes[1]!, 'ann')).toBe(true)
  }
})

test('a person with two sessions is present until the second has ended', async () => {
  const node = await start()
  await Promise.all([node.presence.arrived(ann), node.presence.arrived(ann)])
  node.presence.left(ann)
  await pass(60_000)
  expect(await isOnline(node, 'ann')).toBe(true)
  node.presence.left(ann)
  await pass(15_000)
  expect(await isOnline(node, 'ann')).toBe(false)
})

test.each([0, 300_000, -300_000])('the people of a dead node become absent within 60 s, with clocks %d ms apart', async (skewMs) => {
  const [dead, other] = [await start(), await start(skewMs)]
  await dead.presence.arrived(ann)
  await pass(20_000)
  const known = await other.presence.of('ann')
  dead.isAlive = false
  await pass(20_000)
  expect([await isOnline(other, 'ann'), other.presence.isOutdated(known)]).toEqual([true, false])
  await pass(40_000)
  expect([await isOnline(other, 'ann'), other.presence.isOutdated(known)]).toEqual([false, true])
})

test('the people of a node that shut down stay present while they reconnect to another', async () => {
  const [leaving, other] = [await start(), await start()]
  await leaving.presence.arrived(ann)
  await pass(10_000)
  leaving.presence.left(ann)
  await leaving.nodes.leave()
  leaving.isAlive = false
  await pass(14_000)
  expect(await isOnline(other, 'ann')).toBe(true)
  await pass(26_000)
  expect(await isOnline(other, 'ann')).toBe(false)
})

test('a later node is known as soon as somebody queries one of its people', async () => {
  const early = await start()
  const late = await start()
  await late.presence.arrived(ann)
  expect(await isOnline(early, 'ann')).toBe(true)
})

test('presence does not change while the store is unavailable, nor right afterwards', async () => {
  const [one, other] = [await start(), await start()]
  await one.presence.arrived(ann)
  await pass(10_000)
  const known = await other.presence.of('ann')
  backbone.isAway = true
  await expect(other.presence.of('ann')).rejects.toThrow('away')
  for (let second = 0; second < 600; second++) {
    await pass(1000)
    expect(other.presence.isOutdated(known)).toBe(false)
  }
  backbone.isAway = false
  // the querying node is back first, the other one later
  for (let second = 0; second < 20; second++) {
    now += 1000
    await other.presence.tend()
    expect(await isOnline(other, 'ann')).toBe(true)
  }
  await pass(120_000)
  expect(await isOnline(other, 'ann')).toBe(true)
})

test('a person who left while the store was unavailable is absent after its return, and a node that died meanwhile is found', async () => {
  const [one, other, third] = [await start(), await start(), await start()]
  await one.presence.arrived(ann)
  await third.presence.arrived(bob)
  await pass(10_000)
  backbone.isAway = true
  one.presence.left(ann)
  third.isAlive = false
  await pass(100_000)
  backbone.isAway = false
  await pass(2000)
  expect([await isOnline(other, 'ann'), await isOnline(other, 'shop:7')]).toEqual([false, true])
  await pass(58_000)
  expect(await isOnline(other, 'shop:7')).toBe(false)
})

test('an arrival that the store did not take is written later', async () => {
  const [one, other] = [await start(), await start()]
  backbone.isAway = true
  await expect(one.presence.arrived(ann)).rejects.toThrow('away')
  backbone.isAway = false
  await pass(1000)
  expect(await isOnline(other, 'ann')).toBe(true)
})

test('a node that stood still for minutes declares no node dead, and others accept it again', async () => {
  const [stuck, other] = [await start(), await start()]
  await stuck.presence.arrived(ann)
  await other.presence.arrived(bob)
  await pass(10_000)
  stuck.isAlive = false
  await pass(300_000)
  expect(await isOnline(other, 'ann')).toBe(false)
  stuck.isAlive = true
  await stuck.presence.tend()
  expect(await isOnline(stuck, 'shop:7')).toBe(true)
  await pass(9000)
  expect(await isOnline(other, 'ann')).toBe(true)
})

test("a shop is as available as its most available agent, and an agent's status survives a short absence", async () => {
  const [one, other] = [await start(), await start()]
  const word = (identity: Identity, status: 'online' | 'busy' | 'away' | 'offline') => one.presence.changeStatus({ identity, sid: '' }, { status })
  expect(await one.presence.of('shop:7')).toMatchObject({ online: false, status: 'offline', present: [] })
  await one.presence.arrived(bob)
  await other.presence.arrived(eve)
  expect(await statuses(one)).toEqual({ bob: 'online', eve: 'online' })
  await word(bob, 'busy')
  await word(eve, 'away')
  expect(await other.presence.of('shop:7')).toMatchObject({ online: true, status: 'busy' })
  await word(bob, 'offline')
  expect(await other.presence.of('shop:7')).toMatchObject({ online: true, status: 'away' })
  await word(eve, 'offline')
  expect(await other.presence.of('shop:7')).toMatchObject({ online: false, status: 'offline' })
  await word(eve, 'busy')
  other.presence.left(eve)
  await pass(60_000)
  expect(await statuses(one)).toEqual({ bob: 'offline' })
  await one.presence.arrived(eve)
  expect(await statuses(other)).toEqual({ bob: 'offline', eve: 'busy' })
})

test('agents of a shop see who is present, others how available it is and one who is', async () => {
  const node = await start()
  await node.presence.arrived(bob)
  const shop = await node.presence.of('shop:7')
  expect(presenceFor(eve, 'shop:7', shop)).toEqual({ online: true, status: 'online', agents: [{ id: 'bob', name: 'Bob', status: 'online' }] })
  expect(presenceFor(ann, 'shop:7', shop)).toEqual({ online: true, status: 'online', agent: { id: 'bob', name: 'Bob' } })
  expect(presenceFor(bob, 'ann', await node.presence.of('ann'))).toEqual({ online: false })
})

test('presence may be queried of shops, of oneself, and of partners in a conversation', async () => {
  const { presence } = await start()
  await backbone.store.append({
    conversation: 'shop:7~ann',
    id: 'm1',
    from: 'ann',
    side: 'ann',
    kind: 'text',
    body: { text: 'hi' },
    at: now,
    origin: '',
  })
  const of = ['shop:7', 'shop:8', 'ann', 'carl', 'no id', 'shop:', 'ann']
  const visible = (identity: Identity): Promise<string[]> => presence.visible({ identity, sid: 's' }, of)
  expect(await visible(ann)).toEqual(['shop:7', 'shop:8', 'ann'])
  expect(await visible(bob)).toEqual(['shop:7', 'ann'])
  expect(await visible({ ...ann, id: 'carl', side: 'carl' })).toEqual(['shop:7', 'shop:8', 'carl'])
})

test.each([-600_000, 600_000, 86_400_000, -86_400_000])("presence does not change when the store's clock is set by %d ms", async (ms) => {
  const [one, other] = [await start(), await start()]
  await one.presence.arrived(ann)
  await other.presence.arrived(bob)
  await pass(10_000)
  for (const node of all) node.step(ms)
  for (let second = 0; second < 120; second++) {
    await pass(1000)
    expect([await isOnline(other, 'ann'), await isOnline(one, 'shop:7')]).toEqual([true, true])
  }
  one.presence.left(ann)
  await pass(16_000)
  expect(await isOnline(other, 'ann')).toBe(false)
})

/** Empties the store, as a Redis that came back without its file. */
async function empty(...collections: readonly string[]): Promise<void> {
  for (const collection of collections) {
    for (const { key } of await backbone.records.items(collection, 0)) await backbone.records.remove({ collection, key, now: 0 })
  }
}

test('connected people are present again soon after the store was emptied, agents with their status', async () => {
  const [one, other] = [await start(), await start()]
  await one.presence.arrived(ann)
  await one.presence.arrived(bob)
  await one.presence.changeStatus({ identity: bob, sid: '' }, { status: 'busy' })
  await pass(60_000)
  await empty('nodes', 'ann/present', 'shop:7/present')
  for (const { nodes, presence } of all) nodes.onForgotten = () => presence.doubt()
  await pass(10_000)
  expect([await isOnline(other, 'ann'), await statuses(other)]).toEqual([true, { bob: 'busy' }])
})

test('records that the store has lost are written again, and an ended status does not come back', async () => {
  const [one, other] = [await start(), await start()]
  await one.presence.arrived(bob)
  await other.presence.changeStatus({ identity: bob, sid: '' }, { status: 'away' })
  await pass(40_000)
  await empty('shop:7/present')
  await pass(31_000)
  expect(await statuses(other)).toEqual({ bob: 'away' })
  now += 43_200_000
  await pass(60_000)
  expect(await statuses(other)).toEqual({ bob: 'online' })
})
