import type { Reporter, TestModule } from 'vitest/node'

/** Ends the run with `N passed, N failed` on a line of its own; a skipped test counts as failed, nothing passes unseen. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      if (tests.length === 0) failed++
      for (const test of tests) {
        if (test.result().state === 'passed') passed++
        else failed++
      }
    }
    if (failed > 0) process.exitCode = 1
    console.log(`\n${passed} passed, ${failed} failed`)
  }
}
