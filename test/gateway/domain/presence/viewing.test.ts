/** Viewing across outages of the store and ends of nodes; doors/viewing.test.ts tests the rest. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEmbedded } from '../../../../gateway/backbone/embedded/embedded.ts'
import type { Allowances } from '../../../../gateway/domain/allowances.ts'
import { Nodes } from '../../../../gateway/domain/presence/nodes.ts'
import { Viewing } from '../../../../gateway/domain/presence/viewing.ts'
import type { Identity } from '../../../../gateway/protocol/model.ts'
import { HookedBackbone } from '../../../kit/hooked-backbone.ts'

const ann: Identity = { id: 'ann', role: 'customer', side: 'ann', expiresAt: Infinity }
const kettle = { to: 'shop:7', product: { title: 'Kettle' } }
const UNLIMITED: Allowances = { take: () => undefined, giveBack: () => undefined }

let folder: string
let backbone: HookedBackbone
let now = 1_700_000_000_000

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  backbone = new HookedBackbone(await openEmbedded({ dataDir: folder }))
})
afterEach(async () => {
  await backbone.close()
  await rm(folder, { recursive: true })
})

function start(node: string): { viewing: Viewing; nodes: Nodes } {
  const { records, store, bus } = backbone
  const nodes = new Nodes({ records, now: () => now, uptime: () => now, node })
  return { nodes, viewing: new Viewing({ records, store, bus, nodes, allowances: UNLIMITED, now: () => now, uptime: () => now }) }
}

test('a session that ends while the store is unavailable is removed when it is back', async () => {
  const { viewing } = start('n1')
  await viewing.set({ identity: ann, sid: 'l1' }, kettle)
  backbone.isAway = true
  viewing.left('l1')
  await expect(viewing.tend()).rejects.toThrow('away')
  await expect(viewing.tend()).rejects.toThrow('away')
  backbone.isAway = false
  expect((await viewing.of('shop:7~ann'))?.title).toBe('Kettle')
  await viewing.tend()
  expect(await viewing.of('shop:7~ann')).toBeUndefined()
})

test('a session that ends during its viewing command leaves nothing in the store', async () => {
  const { viewing } = start('n1')
  const said = viewing.set({ identity: ann, sid: 'l1' }, kettle)
  viewing.left('l1')
  await Promise.all([said, viewing.tend()])
  expect(await viewing.of('shop:7~ann')).toBeUndefined()
})

test("what a dead node's customers viewed is ignored", async () => {
  const [doomed, other] = [start('n1'), start('n2')]
  await doomed.viewing.set({ identity: ann, sid: 'l1' }, kettle)
  expect((await other.viewing.of('shop:7~ann'))?.title).toBe('Kettle')
  for (let second = 0; second < 60; second++) {
    now += 1000
    await other.nodes.renew()
  }
  expect(await other.viewing.of('shop:7~ann')).toBeUndefined()
})

test('what a session views is written again after the store was emptied', async () => {
  const [one, other] = [start('n1'), start('n2')]
  await one.viewing.set({ identity: ann, sid: 'l1' }, kettle)
  await one.viewing.set({ identity: { ...ann, id: 'eve', side: 'eve' }, sid: 'l2' }, kettle)
  await one.viewing.set({ identity: { ...ann, id: 'eve', side: 'eve' }, sid: 'l2' }, { to: 'shop:7' })
  const empty = async (): Promise<void> => {
    for (const key of ['l1', 'l2']) await backbone.records.remove({ collection: 'shop:7~ann/viewing', key, now })
  }
  await empty()
  expect(await other.viewing.of('shop:7~ann')).toBeUndefined()
  one.viewing.doubt()
  await one.viewing.tend()
  expect((await other.viewing.of('shop:7~ann'))?.title).toBe('Kettle')
  await empty()
  now += 30_000
  await one.nodes.renew()
  await one.viewing.tend()
  expect((await other.viewing.of('shop:7~ann'))?.title).toBe('Kettle')
  expect(await other.viewing.of('shop:7~eve')).toBeUndefined()
})
