import { expect, it } from 'vitest'
import { startRedisStage } from './stages/redis.ts'
import { siege } from './siege.ts'
import { siegeTable } from './siege-table.ts'

it(
  'people on every way in chat through nginx over two nodes and Redis while all of it breaks: none lost, none twice, none out of order',
  {
    timeout: 400_000,
  },
  async () => {
    const stage = await startRedisStage()
    const report = await siege(stage, { minutes: 1, pairs: 6, messagesPerSecond: 60, pauseMs: 2500, chance: Math.random })
    console.log(siegeTable(report))
    expect(await stage.stop()).toBe(true)
    expect(report.faults).toEqual([])
    expect(report.books.written).toBeGreaterThan(1000)
    // each kind of fault at least once, unless the machine is very slow
    expect(report.strikes.length).toBeGreaterThan(3)
  },
)
