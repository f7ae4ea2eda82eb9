import type { Report } from '../domain/facts.ts'
import type { Handover } from '../domain/handover.ts'
import type { Hub } from './hub.ts'
import type { Line } from './line.ts'

const EVERY_MS = 1000

/** Looks at the open lines, and has the handover look at the shops whose agents are at this node, until the returned stop is called. */
export function startRounds(
  { handover, hub, lines, report }: { handover: Handover; hub: Hub; lines: ReadonlySet<Line>; report: Report },
): () => void {
  const timer = setInterval(() => {
    handover.look(hub.shops()).catch((error: unknown) => {
      // while the store is away nothing changes
      if ((error as Error).name !== 'Unavailable') report({ fact: 'bugFound', where: 'handover', error })
    })
    // behind what the networks have to say: where this process stood still, they did not
    setImmediate(() => { for (const line of lines) line.look() })
  }, EVERY_MS).unref()
  return () => clearInterval(timer)
}
