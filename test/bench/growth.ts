import { atMost } from './at-most.ts'
import { Caller, type Answer } from './caller.ts'
import { columns } from './figures.ts'
import { watchCpu } from './machine.ts'
import { signPass } from './passes.ts'
import { startGateway } from './servers.ts'

/** What the rows grow to; a smaller `size` (of 1) divides all of them, for a run that only shows that everything works. */
export interface GrowthOptions {
  readonly backbone: 'embedded' | 'redis'
  readonly size: number
}

interface Bench {
  readonly url: string
  customer(sub: string, hello?: Readonly<Record<string, unknown>>): Promise<Caller>
  agent(sub: string): Promise<Caller>
  /** Runs `times` of `step`, `atOnce` under way, and prints the CPU of each, of the node and of Redis. */
  measure(label: string, times: number, atOnce: number, step: (index: number) => Promise<unknown>): Promise<void>
}

const SHOP = 'shop:x'

/** CPU time of single operations while what is behind them grows: where a column stays the same, it grows for free. */
export async function benchGrowth({ backbone, size }: GrowthOptions): Promise<number> {
  const rows = [['', 'how often', 'node µs', 'Redis µs', 'ms each']]
  const { bench, stop } = await start(backbone, rows)
  const of = (count: number): number => Math.max(2, Math.round(count / size))
  try {
    await longConversation(bench, of)
    await manyConversations(bench, of)
    await manyCursors(bench, of)
    await largeShop(bench, of)
  } finally {
    await stop()
  }
  console.log(columns(rows))
  return 0
}

type Of = (count: number) => number

async function longConversation(bench: Bench, of: Of): Promise<void> {
  const writer = await bench.customer('long-a', { to: 'long-b' })
  const reader = await bench.customer('long-b', { to: 'long-a' })
  const write = (label: string, times: number): Promise<void> => bench.measure(label, times, 100, () => writer.say('long-b'))
  await write('warming up: a message', of(10_000))
  let written = of(10_000)
  for (const upTo of [20_000, 40_000, 60_000, 80_000, 100_000].map(of)) {
    await write(`a message, up to ${upTo} in its conversation`, upTo - written)
    written = upTo
  }
  const page = (label: string, before?: number): Promise<void> =>
    bench.measure(label, 200, 1, () => writer.ask('history', { to: 'long-b', limit: 50, ...(before === undefined ? {} : { before }) }))
  await page(`the newest 50 of ${written}`)
  await page(`50 in the middle of what is kept of ${written}`, written - of(5000))
  writer.close()
  reader.close()
}

async function manyConversations(bench: Bench, of: Of): Promise<void> {
  const person = await bench.customer('many')
  let known = 0
  for (const count of [1, 100, 1000].map(of)) {
    const start = known
    // they begin, because nobody may begin so many
    await bench.measure(`${count - start} people connect and write to one`, count - start, 20, async (index) => {
      const other = await bench.customer(`many-${start + index}`)
      await other.say('many')
      other.close()
    })
    known = count
    await bench.measure(`a message, one of ${count} conversations in turn`, of(2000), 20, (index) => person.say(`many-${index % count}`))
    await bench.measure(`another window of a person with ${count} connects`, 40, 1, async (index) =>
      (await bench.customer('many', { device: `w${index}` })).close(),
    )
    await bench.measure(`a page of its list of ${count}`, 60, 1, () => person.ask('conversations', { limit: 100 }))
  }
  person.close()
}

async function manyCursors(bench: Bench, of: Of): Promise<void> {
  const person = await bench.customer('cursors')
  const heads: Answer[] = []
  for (let index = 0; index < of(100); index++) heads.push(await person.say(`cursor-${index}`))
  person.close()
  for (const count of [1, 10, 100].map(of)) {
    const cursors = heads.slice(0, count).map(({ conversation, epoch, seq }) => [conversation, epoch, seq, '-'])
    await bench.measure(`a hello with ${count} cursors`, 40, 1, async () => (await bench.customer('cursors', { resume: { cursors } })).close())
  }
}

async function largeShop(bench: Bench, of: Of): Promise<void> {
  const agents = [await bench.agent('agent-0')]
  let open = 0
  for (const upTo of [500, 1000, 5000, 10_000].map(of)) {
    const start = open
    const callers: Caller[] = []
    const come = async (index: number): Promise<void> => void (callers[index] = await bench.customer(`shopper-${start + index}`, { to: SHOP }))
    await bench.measure(`customers of a shop connect, up to ${upTo}`, upTo - start, 40, come)
    await bench.measure(`their first message, up to ${upTo} open`, upTo - start, 20, (index) => callers[index]!.say(SHOP))
    await bench.measure(`their second, ${upTo} open`, upTo - start, 20, (index) => callers[index]!.say(SHOP))
    for (const caller of callers) caller.close()
    open = upTo
  }
  await bench.measure(`an agent's page of 100 rows, ${open} open`, 60, 1, () => agents[0]!.ask('conversations', { limit: 100 }))
  for (const count of [1, 10, 20]) {
    while (agents.length < count) agents.push(await bench.agent(`agent-${agents.length}`))
    await bench.measure(`an agent's message, ${count} agents there, ${open} open`, of(2000), 20, (index) => agents[0]!.say(`shopper-${index % open}`))
  }
  await bench.measure(`an agent connects, ${open} open`, 40, 1, async (index) => (await bench.agent(`late-${index}`)).close())
  for (const agent of agents) agent.close()
}

async function start(backbone: GrowthOptions['backbone'], rows: string[][]): Promise<{ bench: Bench; stop: () => Promise<void> }> {
  const server = await startGateway({ isPinned: true, nodesOnRedis: backbone === 'redis' ? 1 : 0 })
  const [url] = server.urls
  const open = (claims: object, hello: Readonly<Record<string, unknown>>): Promise<Caller> => Caller.open(url, signPass(claims), hello)
  const bench: Bench = {
    url,
    customer: (sub, hello = {}) => open({ sub, role: 'customer' }, hello),
    agent: (sub) => open({ sub, role: 'agent', shop: 'x' }, {}),
    measure: async (label, times, atOnce, step) => {
      const watched = watchCpu(server)
      await atMost(atOnce, times, step)
      const { nodes, redis, seconds } = watched()
      const each = (micros: number): string => (micros / times).toFixed(0)
      rows.push([label, String(times), each(nodes), backbone === 'redis' ? each(redis) : '–', ((seconds * 1000) / times).toFixed(2)])
      console.error(rows.at(-1)!.join(' · '))
    },
  }
  return { bench, stop: server.stop }
}
