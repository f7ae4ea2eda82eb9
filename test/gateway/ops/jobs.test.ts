import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Unavailable } from '../../../gateway/backbone/backbone.ts'
import type { Fact } from '../../../gateway/domain/facts.ts'
import { startJobs } from '../../../gateway/ops/jobs.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('each job runs at its own pace, those of one moment in the order of the list, until all are stopped', async () => {
  const runs: string[] = []
  const job = (name: string, everyMs: number) => ({ name, everyMs, run: () => runs.push(name) })
  const stop = startJobs([job('first', 1000), job('second', 1000), job('slow', 2500)], () => undefined)
  await vi.advanceTimersByTimeAsync(2600)
  expect(runs).toEqual(['first', 'second', 'first', 'second', 'slow'])
  stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(runs).toHaveLength(5)
})

test('a job that throws or rejects is reported by its name and runs again; an unavailable store is not a bug', async () => {
  const facts: Fact[] = []
  const errors = [new Error('thrown'), new Error('rejected'), new Unavailable('away')] as const
  const stop = startJobs(
    [
      {
        name: 'throws',
        everyMs: 1000,
        run: () => {
          throw errors[0]
        },
      },
      {
        name: 'rejects',
        everyMs: 1000,
        run: async () => {
          throw errors[1]
        },
      },
      {
        name: 'away',
        everyMs: 1000,
        run: async () => {
          throw errors[2]
        },
      },
    ],
    (fact) => facts.push(fact),
  )
  await vi.advanceTimersByTimeAsync(2000)
  stop()
  const [thrown, rejected] = [
    { fact: 'bugFound', where: 'throws', error: errors[0] },
    { fact: 'bugFound', where: 'rejects', error: errors[1] },
  ]
  expect(facts).toEqual([thrown, rejected, thrown, rejected])
})
