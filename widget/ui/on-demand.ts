/** The delays before the next tries, the last one again and again. */
const RETRIES_MS = [2000, 5000, 15_000, 60_000]
/** Who has answered nothing until then counts as failed, until it answers. */
const SILENT_MS = 10_000

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
 * asked renders again when it has loaded, and when it failed. After a failure it is tried again as long as a render asks for it, at once when the network
 * is back.
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
  let isSilent = false
  let nextAt = 0
  let fetching: Promise<void> | undefined
  const tell = (waiting: readonly Asker[]): void => waiting.forEach((asker) => asker.requestUpdate())
  const again = (): void => {
    nextAt = 0
    if (askers.size > 0) void begin()
  }
  const fetch = async (): Promise<void> => {
    const timer = setTimeout(() => {
      isSilent = true
      tell([...askers])
    }, SILENT_MS)
    try {
      found = await load(failures)
    } catch {
      const restMs = RETRIES_MS[Math.min(failures++, RETRIES_MS.length - 1)]!
      nextAt = performance.now() + restMs
      setTimeout(again, restMs)
      addEventListener('online', again, { once: true })
    }
    clearTimeout(timer)
    isSilent = false
    fetching = undefined
    const waiting = [...askers]
    askers.clear()
    tell(waiting)
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
  return Object.defineProperty(Object.assign(get, { settled: begin }), 'hasFailed', {
    get: () => found === undefined && (failures > 0 || isSilent),
  }) as OnDemand<T>
}
