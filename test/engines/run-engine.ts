import type { Check, Outcome } from './check.ts'
import type { Page } from './page.ts'
import { NO_ANSWER, runChecks, type RunOptions } from './run-checks.ts'

/**
 * Runs the checks in one engine, and starts it again where its browser dies: the matrix is about the chat, and says which browser died where.
 * A browser that dies at the very check for which it was started is not started again: that check has failed, and the rest does not apply.
 */
export async function runEngine(open: () => Promise<Page>, checks: readonly Check[], options: RunOptions): Promise<readonly Outcome[]> {
  const page = await open()
  const { onOutcome } = options
  let ran: readonly Outcome[]
  try {
    ran = await runChecks(page, checks, { ...options, onOutcome: (outcome) => void (outcome.note === NO_ANSWER || onOutcome?.(outcome)) })
  } finally {
    await page.close()
  }
  const died = ran.findIndex(({ isFatal }) => isFatal)
  if (died <= 0) return ran
  const [first, ...rest] = await runEngine(open, checks.slice(died), options)
  const restarted = `${ran[died]!.note}, between ${checks[died - 1]!.id} and the end of ${checks[died]!.id}; started again, it went on`
  return [...ran.slice(0, died), { ...first!, restarted }, ...rest]
}
