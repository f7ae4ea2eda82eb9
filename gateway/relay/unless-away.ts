import type { Report } from '../domain/facts.ts'

/** For work that nobody waits for. While the store is away nothing can be done: when it is back, the bus reports a gap. Any other error is a bug. */
export const unlessAway =
  (report: Report, where: string) =>
  (error: unknown): void => {
    if ((error as Error).name !== 'Unavailable') report({ fact: 'bugFound', where, error })
  }
