/** The index counts loads and waiting conversations as it changes; a recount gives the same, whatever changes come in which order and from which node. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Backbone } from '../../../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../../../gateway/backbone/embedded/embedded.ts'
import { ByAge } from '../../../../gateway/domain/assignment/by-age.ts'
import { OpenIndex, type OpenEntries, type OpenEntry } from '../../../../gateway/domain/assignment/open-index.ts'

vi.setConfig({ testTimeout: 60_000 })

let folder: string
let backbone: Backbone
let now = 1_700_000_000_000
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'im-chat-'))
  backbone = await openEmbedded({ dataDir: folder })
})
afterAll(async () => {
  await backbone.close()
  await rm(folder, { recursive: true })
})

function recount(entries: OpenEntries): unknown {
  const loads: Record<string, number> = {}
  for (const { agent } of entries.values()) if (agent !== undefined) loads[agent] = (loads[agent] ?? 0) + 1
  const waiting = [...entries].filter(([, { phase }]) => phase === 'waiting').map(([conversation]) => conversation)
  const byAge = (names: readonly string[]): string[] => names.toSorted((a, b) => entries.get(a)!.since - entries.get(b)!.since || (a < b ? -1 : 1))
  const offered = [...entries].filter(([, { due }]) => due !== undefined).map(([conversation]) => conversation)
  return { loads, waiting: byAge(waiting), oldest: byAge([...entries.keys()]), offered: offered.toSorted() }
}
const counted = ({ loads, waiting, oldest, offered }: OpenEntries): unknown => ({
  loads: Object.fromEntries(loads),
  waiting: [...waiting],
  oldest: [...oldest],
  offered: [...offered].toSorted(),
})

const entry: fc.Arbitrary<OpenEntry | undefined> = fc.option(
  fc.oneof(
    fc.record({ phase: fc.constant('waiting' as const), since: fc.nat(99) }),
    fc.record({ phase: fc.constant('open' as const), since: fc.nat(9), agent: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ phase: fc.constant('open' as const), since: fc.nat(99), agent: fc.constantFrom('a', 'b'), due: fc.nat(9) }),
    fc.record({ phase: fc.constant('waiting' as const), since: fc.nat(99), agent: fc.constantFrom('a', 'b') }),
  ),
  { nil: undefined },
)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ node: fc.nat(1), conversation: fc.nat(6), entry, fails: fc.boolean(), waits: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ node: fc.nat(1), ms: fc.constantFrom(0, 2000) }) },
)

test('counts equal those of a recount and of the store', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const shop = `shop:p${count++}`
      const nodes = [0, 1].map(() => new OpenIndex({ records: backbone.records, now: () => now, uptime: () => now }))
      const underWay: Promise<unknown>[] = []
      for (const one of steps) {
        const index = nodes[one.node]!
        if ('ms' in one) {
          now += one.ms
          const entries = await index.of(shop)
          expect(counted(entries)).toEqual(recount(entries))
          continue
        }
        const conversation = `${shop}~c${one.conversation}`
        const write = one.fails
          ? index.during(shop, [conversation, one.entry], () => Promise.reject(new Error('another came first'))).catch(() => undefined)
          : index.write(shop, conversation, one.entry)
        if (one.waits) await write
        else underWay.push(write)
      }
      await Promise.all(underWay)
      const stored = new Map((await backbone.records.items(`${shop}/open`, now)).map(({ key, value }) => [key, JSON.parse(value) as OpenEntry]))
      for (const index of nodes) {
        const entries = await index.of(shop, true)
        expect(new Map(entries)).toEqual(stored)
        expect(counted(entries)).toEqual(recount(entries))
      }
    }),
    { numRuns: 150 },
  )
})

test('the next waiting conversation costs the same among twenty thousand as among two', () => {
  const queue = new ByAge()
  let looks = 0
  const since = (n: number): number => ({ valueOf: () => (looks++, n) }) as unknown as number
  const cost = (n: number): number => {
    queue.clear()
    for (let i = 0; i < n; i++) queue.add(`c${i}`, since(i))
    looks = 0
    const met: string[] = []
    for (const conversation of queue) {
      met.push(conversation)
      queue.delete(conversation, since(Number(conversation.slice(1))))
      queue.add(`d${n + met.length}`, since(n + met.length))
      if (met.length === 10) break
    }
    expect(met).toEqual(Array.from({ length: 10 }, (_, i) => `c${i}`))
    expect(queue.size).toBe(n)
    return looks
  }
  expect(cost(20_000)).toBeLessThan(cost(20) * 5)
})
