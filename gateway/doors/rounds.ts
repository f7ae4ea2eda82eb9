import type { Report } from '../domain/facts.ts'
import type { Handover } from '../domain/handover.ts'
import type { Hub } from './hub.ts'

const EVERY_MS = 1000

/** Has the handover look at the shops whose agents are at this node, until the returned stop is called. */
export function startRounds({ handover, hub, report }: { handover: Handover; hub: Hub; report: Report }): () => void {
  const timer = setInterval(() => {
    handover.look(hub.shops()).catch((error: unknown) => {
      // while the store is away nothing changes
      if ((error as Error).name !== 'Unavailable') report({ fact: 'bugFound', where: 'handover', error })
    })
  }, EVERY_MS).unref()
  return () => clearInterval(timer)
}
