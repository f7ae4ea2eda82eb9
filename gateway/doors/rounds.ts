import type { Report } from '../domain/facts.ts'
import type { AssignmentSweep } from '../domain/assignment/assignment-sweep.ts'
import type { Hub } from '../relay/hub.ts'
import type { Session } from './session.ts'

const EVERY_MS = 1000

/** Looks at the open lines, and has the handover look at the shops whose agents are at this node, until the returned stop is called. */
export function startRounds(
  { assignmentSweep, hub, sessions, report }: { assignmentSweep: AssignmentSweep; hub: Hub; sessions: ReadonlySet<Session>; report: Report },
): () => void {
  const timer = setInterval(() => {
    assignmentSweep.look(hub.shops()).catch((error: unknown) => {
      // while the store is away nothing changes
      if ((error as Error).name !== 'Unavailable') report({ fact: 'bugFound', where: 'handover', error })
    })
    // behind what the networks have to say: where this process stood still, they did not
    setImmediate(() => { for (const session of sessions) session.look() })
  }, EVERY_MS).unref()
  return () => clearInterval(timer)
}
