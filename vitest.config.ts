import { defineConfig } from 'vitest/config'

/** `unit` runs in parallel and in memory; `system` starts real processes and browsers, one file at a time. */
export default defineConfig({
  test: {
    reporters: ['default', './test/kit/tally-reporter.ts'],
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{protocol,client,gateway,size,bridge,build}/**/*.test.ts', 'test/*.test.ts'],
          exclude: ['test/**/*.system.test.ts'],
          maxWorkers: 2,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/{browser,e2e,chaos,leak,engines}/**/*.test.ts', 'test/**/*.system.test.ts'],
          globalSetup: ['test/kit/build-once.ts'],
          fileParallelism: false,
          // real servers that fail over while a machine is busy; a second failure of the same test is a failure
          retry: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
