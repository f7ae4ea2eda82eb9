/**
 * How many commands were answered, and how fast: a histogram that is plain numbers until somebody reads it, because every message counts here.
 * prom-client's own finds each number by a text of its labels and cannot take over a sum.
 */
import type { Metric, MetricObjectWithValues, MetricValueWithName } from 'prom-client'

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
const MS_PER_SECOND = 1000
const BOUNDS_MS = SECONDS.map((seconds) => seconds * MS_PER_SECOND)

interface Times {
  /** By bucket, each without those below it; the last one has no bound. */
  readonly counts: number[]
  count: number
  ms: number
}

export class AnswerTimes {
  readonly #byCommand = new Map<string, Times>()
  readonly #name: string
  readonly #help: string

  constructor({ name, help }: { name: string; help: string }) {
    this.#name = name
    this.#help = help
  }

  add(command: string, ms: number): void {
    let times = this.#byCommand.get(command)
    if (times === undefined) this.#byCommand.set(command, (times = { counts: Array.from({ length: SECONDS.length + 1 }, () => 0), count: 0, ms: 0 }))
    let bucket = 0
    while (bucket < BOUNDS_MS.length && ms > BOUNDS_MS[bucket]!) bucket++
    times.counts[bucket]!++
    times.count++
    times.ms += ms
  }

  /** The number of answers, by command. */
  get counts(): readonly (readonly [command: string, count: number])[] {
    return [...this.#byCommand].map(([command, { count }]) => [command, count])
  }

  /** To be registered. */
  get metric(): Metric {
    const [name, help] = [this.#name, this.#help]
    const get = async (): Promise<object> => ({ name, help, type: 'histogram', aggregator: 'sum', values: this.#values() })
    return { name, help, get, reset: () => this.#byCommand.clear() } as unknown as Metric
  }

  #values(): MetricObjectWithValues<MetricValueWithName<string>>['values'] {
    return [...this.#byCommand].flatMap(([command, { counts, count, ms }]) => {
      let below = 0
      const buckets = counts.map((more, at) => ({
        metricName: `${this.#name}_bucket`,
        labels: { le: SECONDS[at] ?? '+Inf', command },
        value: (below += more),
      }))
      return [
        ...buckets,
        { metricName: `${this.#name}_sum`, labels: { command }, value: ms / MS_PER_SECOND },
        { metricName: `${this.#name}_count`, labels: { command }, value: count },
      ]
    })
  }
}
