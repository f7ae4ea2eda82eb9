/** After a failure it is tried again so much later, and each time twice as late; a network that is down is asked for enough as it is. */
const AGAIN_MS = 5000
const MOST_MS = 60_000

/** A render: it asks, and is called again when what it asked for is there. */
export interface Asker {
  requestUpdate(): void
}

export interface OnDemand<T> {
  /** What was fetched, or undefined while it is not there. */
  (asker: Asker): T | undefined
  /** Starts the fetching where nobody has; resolves when it has come or failed. */
  settled(): Promise<void>
  readonly hasFailed: boolean
}

/**
 * A script of the widget that most visits never need. The first render that asks for it starts the fetching and does without; whoever
 * asked renders again when it has come, and when it failed. Where it cannot be had everybody goes on without it, and it is tried again
 * as long as somebody asks.
 *
 *   absent ──asked──▶ fetching ──▶ there, for good
 *     ▲                  └─failed─▶ resting ─┐
 *     └──────────────────────────────────────┘
 *
 * `load` is told how often it has failed.
 */
export function onDemand<T>(load: (failures: number) => Promise<T>): OnDemand<T> {
  const askers = new Set<Asker>()
  let found: T | undefined
  let failures = 0
  let nextAt = 0
  let fetching: Promise<void> | undefined
  const fetch = async (): Promise<void> => {
    try {
      found = await load(failures)
    } catch {
      const restMs = Math.min(AGAIN_MS * 2 ** failures++, MOST_MS)
      nextAt = performance.now() + restMs
      setTimeout(() => askers.size > 0 && void begin(), restMs)
    }
    fetching = undefined
    const waiting = [...askers]
    askers.clear()
    for (const asker of waiting) asker.requestUpdate()
  }
  const begin = (): Promise<void> => {
    if (found === undefined && performance.now() >= nextAt) fetching ??= fetch()
    return fetching ?? Promise.resolve()
  }
  const get = (asker: Asker): T | undefined => {
    if (found !== undefined) return found
    askers.add(asker)
    void begin()
    return undefined
  }
  return Object.defineProperty(Object.assign(get, { settled: begin }), 'hasFailed', { get: () => found === undefined && failures > 0 }) as OnDemand<T>
}
