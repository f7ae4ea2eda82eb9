/** What is counted of a day, and that counts of several nodes add up. */
import { expect, test } from 'vitest'
import { add, addTime, agentCounts, agentsOf, figuresOf, noCounts, noDay } from '../../../../gateway/domain/assignment/counts.ts'

test.each([
  [[1000], 1000, 1000],
  [[0, 10, 999], 1000, 1000],
  [[10_000, 10_000, 10_000, 60_000], 10_000, 60_000],
  [Array.from({ length: 100 }, (_, i) => (i + 1) * 1000), 50_000, 90_000],
  [[30 * 86_400_000], 18 * 86_400_000, 18 * 86_400_000],
])('a percentile of %j is at most a quarter above the time itself', (times, p50, p90) => {
  const counts = noCounts()
  for (const ms of times) addTime(counts.answers, ms)
  const { answer } = figuresOf(counts)
  expect([answer!.p50 / p50, answer!.p90 / p90].every((ratio) => ratio >= 0.999 && ratio <= 1.251)).toBe(true)
})

test('nothing counted has no spans', () => {
  expect(figuresOf(noCounts())).toEqual({ conversations: 0, missed: 0, closed: 0, ratings: [0, 0, 0, 0, 0] })
})

test('two days add up, those of an agent too, whatever its id', () => {
  const [one, other] = [noDay(), noDay()]
  for (const [day, score] of [
    [one, 5],
    [other, 2],
  ] as const) {
    for (const id of ['ann', '__proto__', 'toString']) {
      const agent = agentCounts(day, { id, name: `The ${id}` })!
      agent.closed += 2
      agent.ratings[score - 1]!++
      addTime(agent.waits, 3000)
    }
    day.conversations += 3
  }
  const sum = noDay()
  for (const day of [one, other]) add(sum, JSON.parse(JSON.stringify(day)) as typeof day)
  expect(sum.conversations).toBe(6)
  const agents = agentsOf(sum)
  expect(agents.map(({ id, name, closed, ratings }) => [id, name, closed, ratings])).toEqual(
    ['ann', '__proto__', 'toString'].map((id) => [id, `The ${id}`, 4, [0, 1, 0, 0, 1]]),
  )
  expect(agents.every(({ wait }) => wait !== undefined)).toBe(true)
})

test('of more agents than a hundred the further ones are part of the shop only', () => {
  const day = noDay()
  for (let n = 0; n < 150; n++) agentCounts(day, { id: `a${n}` })
  expect(agentsOf(day)).toHaveLength(100)
  expect(agentCounts(day, { id: 'a3' })).toBeDefined()
})
