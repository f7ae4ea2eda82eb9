import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Backbone } from '../../gateway/backbone/backbone.ts'
import { openEmbedded } from '../../gateway/backbone/embedded/embedded.ts'
import { openRedis } from '../../gateway/backbone/redis/redis.ts'
import { conversationId } from '../../gateway/protocol/keys.ts'
import { removeEnding } from '../kit/ends-with-us.ts'
import { startRedis } from '../kit/redis.ts'
import { countRoundTrips } from '../kit/round-trips.ts'
import { atMost } from './at-most.ts'
import { Caller } from './caller.ts'
import { median } from './figures.ts'
import type { Findings } from './findings.ts'
import { LOAD_CORE, pin, watchCpu, type Usage } from './machine.ts'
import type { BenchOptions } from './options.ts'
import { signPass } from './passes.ts'
import { startGateway } from './servers.ts'

export interface List {
  /** CPU ms of a page of 100 conversations. */
  readonly pageMs: number
  readonly pageRedisMs: number
  /** CPU ms of an agent's connect. */
  readonly connectMs: number
  readonly connectRedisMs: number
  /** To the store, one after the other, until the agent's welcome; NaN without Redis. */
  readonly roundTrips: number
}

const SHOP = 'x'
const PAGE = 100
/** Between two messages of the shop: with all of them in one minute a page would have to look at all. */
const APART_MS = 20_000
const PAGES = { first: 200, counted: 400 }
const CONNECTS = 150
/** Whose round trips are counted, and the time between them. */
const QUIET_CONNECTS = 30
const QUIET_MS = 50

/** A shop with many conversations: a page of its list, and an agent who comes. One round. */
export async function measureList(backbone: 'embedded' | 'redis', options: BenchOptions, findings: Findings): Promise<List> {
  const DATA_DIR = removeEnding(await mkdtemp(join(tmpdir(), 'im-bench-')))
  const redis = backbone === 'redis' ? await startRedis() : undefined
  const redisPid = redis === undefined ? undefined : Number(await redis.info('process_id'))
  const proxy = redis === undefined ? undefined : await countRoundTrips(redis.port)
  await fill(redis === undefined ? await openEmbedded({ dataDir: DATA_DIR }) : await openRedis({ url: redis.url }), options.conversations)
  const environment = { DATA_DIR, ...(proxy === undefined ? {} : { REDIS_URL: proxy.url.replace('http:', 'redis:') }) }
  const server = await startGateway({ ...options, environment })
  if (options.isPinned && redisPid !== undefined) pin(redisPid, LOAD_CORE)
  const watchUse = async (times: number, step: (index: number) => Promise<unknown>): Promise<Usage> => {
    const watched = watchCpu({ pids: server.pids, redisPid })
    await atMost(1, times, step)
    return watched()
  }
  try {
    const { pages, connects, roundTrips } = await visit(server.urls[0], { options, watchUse, tripCount: () => proxy?.count ?? NaN })
    const list: List = {
      pageMs: pages.nodes / PAGES.counted / 1000,
      pageRedisMs: pages.redis / PAGES.counted / 1000,
      connectMs: connects.nodes / CONNECTS / 1000,
      connectRedisMs: connects.redis / CONNECTS / 1000,
      roundTrips,
    }
    findings.add('a shop of many conversations', backbone, pages, { ...list })
    return list
  } finally {
    await server.stop()
    proxy?.close()
    await redis?.stop()
    rmSync(DATA_DIR, { recursive: true, force: true })
  }
}

interface Visit {
  readonly options: BenchOptions
  readonly watchUse: (times: number, step: (index: number) => Promise<unknown>) => Promise<Usage>
  readonly tripCount: () => number
}

async function visit(url: string, { options, watchUse, tripCount }: Visit): Promise<{ pages: Usage; connects: Usage; roundTrips: number }> {
  const agent = (sub: string): Promise<Caller> => Caller.open(url, signPass({ sub, role: 'agent', shop: SHOP }))
  const asking = await agent('asking')
  const page = async (): Promise<void> => {
    const rows = (await asking.ask('conversations', { limit: PAGE })).split('"conversation":').length - 1
    if (rows < Math.min(PAGE, options.conversations)) throw new Error(`A page has ${rows} rows.`)
  }
  await atMost(1, PAGES.first, page)
  const pages = await watchUse(PAGES.counted, page)
  const trips: number[] = []
  const callers = [asking]
  for (let i = 0; i < QUIET_CONNECTS; i++) {
    // nothing else is to go back and forth meanwhile
    await wait(QUIET_MS)
    const before = tripCount()
    callers.push(await agent(`first-${i}`))
    trips.push(tripCount() - before)
  }
  const connect = async (index: number): Promise<void> => (await agent(`late-${index}`)).close()
  const connects = await watchUse(CONNECTS, connect)
  for (const caller of callers) caller.close()
  return { pages, connects, roundTrips: median(trips) }
}

/** Each conversation has one message of its customer. */
async function fill(backbone: Backbone, count: number): Promise<void> {
  const newest = backbone.now()
  const [shop, body] = [`shop:${SHOP}`, { text: 'x'.repeat(100) }]
  await atMost(100, count, (index) => {
    const side = `customer-${index}`
    const at = newest - (count - index) * APART_MS
    return backbone.store.append({ conversation: conversationId(shop, side), id: 'm1', from: side, side, kind: 'text', body, at, origin: '' })
  })
  await backbone.close()
}
