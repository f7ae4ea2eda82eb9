import type { Report } from '../domain/facts.ts'

/** Periodic work of this process. */
export interface Job {
  /** The name in the log and in `im_bugs_total` when the job fails. */
  readonly name: string
  readonly everyMs: number
  /** Called even while its last run is under way. */
  run(): unknown
}

/**
 * Runs each job every `everyMs`, in the order of the list, until the returned stop is called. A job that throws or rejects runs again the
 * next time. While the store is away, jobs fail with `Unavailable`. That is not logged, because /readyz says it. Any other error is a bug.
 */
export function startJobs(jobs: readonly Job[], report: Report): () => void {
  const timers = jobs.map((job) => setInterval(() => void runJob(job, report), job.everyMs).unref())
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}

async function runJob({ name, run }: Job, report: Report): Promise<void> {
  try {
    await run()
  } catch (error) {
    if ((error as Error).name !== 'Unavailable') report({ fact: 'bugFound', where: name, error })
  }
}
