import fc from 'fast-check'
import { Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { AnswerTimes } from '../../../gateway/ops/answer-times.ts'

test("what is handed over at a scrape is what prom-client's own histogram would say", async () => {
  const about = { name: 'im_seconds', help: 'Seconds.' }
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('send', 'read'), fc.integer({ min: 0, max: 6000 }))), async (answers) => {
      const [ours, theirs] = [new Registry(), new Registry()]
      const times = new AnswerTimes(about)
      ours.registerMetric(times.metric)
      const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
      const histogram = new Histogram({ ...about, labelNames: ['command'], buckets, registers: [theirs] })
      for (const [command, ms] of answers) {
        times.add(command, ms)
        histogram.observe({ command }, ms / 1000)
      }
      const linesOf = async (registry: Registry): Promise<string[]> =>
        (await registry.metrics())
          .split('\n')
          .map((line) => (line.includes('_sum') ? `${line.split(' ')[0]} ${Number(line.split(' ')[1]).toFixed(3)}` : line))
      expect(await linesOf(ours)).toEqual(await linesOf(theirs))
    }),
  )
})
