/** The limits of the customer cache; doors/customer.test.ts tests its behaviour against a real server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Backbone } from '../../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../../gateway/backbone/embedded/embedded.ts'
import { type CustomerBackend, Customers } from '../../../../gateway/domain/desk/customers.ts'
import type { Allowances } from '../../../../gateway/domain/allowances.ts'
import { Nodes } from '../../../../gateway/domain/presence/nodes.ts'
import { Viewing } from '../../../../gateway/domain/presence/viewing.ts'
import type { Identity } from '../../../../gateway/protocol/model.ts'

const now = 1_700_000_000_000
const identity: Identity = { id: 'bob', role: 'agent', side: 'shop:7', shop: '7', expiresAt: Infinity }
const UNLIMITED: Allowances = { take: () => undefined, giveBack: () => undefined }

let folder: string
let backbone: Backbone
let asked: { customer: string; settle: (length: number) => void }[]
let slow: () => void

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  backbone = await openEmbedded({ dataDir: folder })
  asked = []
})
afterEach(async () => {
  await backbone.close()
  await rm(folder, { recursive: true })
})

function start(): Customers {
  const { store, records, bus } = backbone
  const backend: CustomerBackend = {
    ask: (customer) =>
      new Promise((resolve) => {
        asked.push({ customer, settle: (length) => resolve({ profile: [{ label: 'x', value: 'y'.repeat(length) }] }) })
      }),
  }
  const nodes = new Nodes({ records, now: () => now, uptime: () => now, node: 'n1' })
  const viewing = new Viewing({ records, store, bus, nodes, allowances: UNLIMITED, now: () => now, uptime: () => now })
  const late = new Promise<void>((resolve) => {
    slow = resolve
  })
  return new Customers({ store, viewing, backend, now: () => now, uptime: () => now, wait: () => late })
}

async function ask(customers: Customers, customer: string) {
  await backbone.store.append({
    conversation: `shop:7~${customer}`,
    id: 'm1',
    from: customer,
    side: customer,
    kind: 'text',
    body: { text: 'hi' },
    at: now,
    origin: '',
  })
  return customers.of({ identity, sid: '' }, { to: customer })
}

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `c${n}`)

test('at most 64 customers are requested at once, and further ones are refused with a time to retry', async () => {
  const customers = start()
  const answers = Promise.all(names(70).map((one) => ask(customers, one)))
  await expect.poll(() => asked.length).toBe(64)
  slow()
  expect((await answers).map(({ state }) => state)).toEqual(names(70).map(() => 'slow'))
  asked[0]!.settle(1)
  const rest = ask(customers, 'c69')
  await expect.poll(() => asked.length).toBe(65)
  asked[64]!.settle(1)
  expect((await rest).state).toBe('slow')
  expect((await ask(customers, 'c69')).state).toBe('ready')
})

test('the least recently requested customer is evicted above 2,000 customers or 16 MB of answers', async () => {
  const customers = start()
  slow()
  const know = async (customer: string, length: number): Promise<void> => {
    await ask(customers, customer)
    asked.at(-1)!.settle(length)
    await expect.poll(async () => (await ask(customers, customer)).state, { interval: 0 }).toBe('ready')
  }
  for (const name of names(2010)) await know(name, 1)
  expect(customers.size.count).toBe(2000)
  for (let n = 0; n < 40; n++) await know(`big${n}`, 500_000)
  expect(customers.size.length).toBeLessThanOrEqual(16_000_000)
  expect(customers.size.length).toBeGreaterThan(15_000_000)
  const before = asked.length
  await ask(customers, 'big39')
  expect(asked).toHaveLength(before)
  await ask(customers, 'big0')
  expect(asked).toHaveLength(before + 1)
})
