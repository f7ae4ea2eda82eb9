/** After a failure nothing is fetched again for so long; a line that is down is asked for enough as it is. */
const AGAIN_MS = 5000

/** A render: it asks, and is called again when what it asked for is there. */
export interface Asker {
  requestUpdate(): void
}

/**
 * A piece of the widget that most visits never need, as a script of its own. The first render that asks for it starts the
 * fetching and does without; whoever asked renders again when it has come. Where it cannot be had everybody goes on without it,
 * and a later render tries again.
 *
 *   absent ──asked──▶ fetching ──▶ there, for good
 *     ▲                  └─failed─▶ resting for AGAIN_MS ─┐
 *     └───────────────────────────────────────────────────┘
 */
export function onDemand<T>(load: () => Promise<T>): (asker: Asker) => T | undefined {
  const askers = new Set<Asker>()
  let found: T | undefined
  let nextAt = 0
  const fetch = async (): Promise<void> => {
    nextAt = Infinity
    try {
      found = await load()
      for (const asker of askers) asker.requestUpdate()
    } catch {
      nextAt = performance.now() + AGAIN_MS
    }
    askers.clear()
  }
  return (asker) => {
    if (found === undefined) {
      askers.add(asker)
      if (performance.now() >= nextAt) void fetch()
    }
    return found
  }
}
