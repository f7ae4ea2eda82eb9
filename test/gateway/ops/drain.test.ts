import { expect, test } from 'vitest'
import { drain } from '../../../gateway/ops/drain.ts'

/** A time that passes only while somebody waits. */
function time() {
  let at = 0
  return { now: () => at, wait: async (ms: number) => void (at += ms) }
}

test('sessions get their byes at an even pace within half of the limit, each with its own time to reconnect', async () => {
  const { now, wait } = time()
  const told: [at: number, afterMs: number][] = []
  const sessions = new Set<{ leave(afterMs: number): void }>()
  for (let n = 0; n < 1000; n++) {
    const line = {
      leave: (afterMs: number) => {
        told.push([now(), afterMs])
        sessions.delete(line)
      },
    }
    sessions.add(line)
  }
  let chance = 0
  await drain({ stopAccepting: () => undefined, sessions }, { limitMs: 2000, now, wait, chance: () => (chance += 0.001) % 1 })
  expect(told).toHaveLength(1000)
  const moments = [...new Set(told.map(([at]) => at))]
  expect(moments.length).toBe(20)
  expect(moments.at(-1)).toBeLessThanOrEqual(1000)
  expect(Math.max(...moments.map((at) => told.filter(([when]) => when === at).length))).toBe(50)
  expect(new Set(told.map(([, afterMs]) => afterMs)).size).toBeGreaterThan(900)
})

test('nothing new is accepted before the first bye, and a session that stays is given up at the limit', async () => {
  const { now, wait } = time()
  const order: string[] = []
  const stuck = { leave: () => order.push('told') }
  const target = { stopAccepting: () => void order.push('stopped'), sessions: new Set([stuck]) }
  await drain(target, { limitMs: 2000, now, wait, chance: () => 0 })
  expect(order).toEqual(['stopped', 'told'])
  expect(now()).toBeGreaterThanOrEqual(2000)
})

test('without sessions it is over at once', async () => {
  const { now, wait } = time()
  await drain({ stopAccepting: () => undefined, sessions: new Set() }, { limitMs: 2000, now, wait, chance: () => 0 })
  expect(now()).toBe(0)
})
