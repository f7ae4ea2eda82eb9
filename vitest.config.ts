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
          include: ['test/{protocol,client,gateway,size}/**/*.test.ts', 'test/*.test.ts'],
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
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
