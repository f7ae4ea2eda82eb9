import type { Reporter, TestModule } from 'vitest/node'

/** Names the tests that needed a retry and prints `N passed, N failed` last; a skipped test counts as failed. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    const retried: string[] = []
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      if (tests.length === 0) failed++
      for (const test of tests) {
        if ((test.diagnostic()?.retryCount ?? 0) > 0) retried.push(`${module.relativeModuleId}: ${test.fullName}`)
        if (test.result().state === 'passed') passed++
        else failed++
      }
    }
    if (failed > 0) process.exitCode = 1
    if (retried.length > 0) console.log(`\n${retried.length} retried:\n  ${retried.join('\n  ')}`)
    console.log(`\n${passed} passed, ${failed} failed`)
  }
}
