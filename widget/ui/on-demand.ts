/** The delay before the second try, in ms; it doubles with each failure. */
const AGAIN_MS = 5000
const MOST_MS = 60_000

/** A render that needs the script; it is called again when the script has loaded. */
export interface Asker {
  requestUpdate(): void
}

export interface OnDemand<T> {
  /** What the script exports; undefined until it has loaded. */
  (asker: Asker): T | undefined
  /** Starts loading unless it has started; resolves when it has loaded or failed. */
  settled(): Promise<void>
  readonly hasFailed: boolean
}

/**
 * A script of the widget that most visits never need. The first render that asks for it starts loading and goes on without it; whoever
 * asked renders again when it has loaded, and when it failed. After a failure it is tried again as long as a render asks for it.
 *
 *   absent ──asked──▶ fetching ──▶ there, for good
 *     ▲                  └─failed─▶ resting ─┐
 *     └──────────────────────────────────────┘
 *
 * `load` receives the number of failures so far.
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
