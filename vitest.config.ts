import { readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { isWithSockets } from './test/kit/parts.mjs'

const processes = ['test/gateway/*.system.test.ts', 'test/gateway/backbone/redis-{outage,races,readiness}.system.test.ts']

const long = ['test/engines/{hub,input-method}.test.ts']

const browsers = ['test/{browser,e2e}/**/*.test.ts', 'test/engines/engines.test.ts', 'test/client/transports.system.test.ts']

const sockets = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts') && isWithSockets(file))

/** Files that need what this machine does not have; test/kit/run-tests.mjs names them at the end of the run. */
const leftOut = (process.env.IM_LEFT_OUT ?? '').split(',').filter((file) => file !== '')

// real sockets and servers while a machine is busy: a second failure of the same test is a failure
// where a machine reports it (the tally names them); in front of a person a failure is a failure
const retry = process.env.CI ? 1 : 0

/** What a test that starts real processes gets. */
const real = {
  globalSetup: ['test/kit/build-once.ts'],
  retry,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // a page on a busy machine decodes a picture in seconds
  expect: { poll: { timeout: 10_000 } },
}

/**
 * Files of `unit` and `sockets` share a worker's modules: reading the gateway's anew for each file took as long as a third of the tests.
 *
 * `unit` has no gateway and needs no build: pure code, sources that are read, a bare socket here and there. `sockets` has a gateway inside the test's own process, with real sockets and files.
 * The others start what a user starts: `processes` mostly wait, for leases, for servers that come back and for what the nodes of a shop tell
 * one another; `browsers` (a gateway and a browser a file) go two files at a time, `system` (failovers, chaos, measures) one. `long`, the rehearsals of device farms and of
 * real input methods, is only in `npm run test:all`.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/kit/tally-reporter.ts'],
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          isolate: false,
          include: ['test/{protocol,client,chat,gateway,bridge,scale,bench}/**/*.test.ts', 'test/*.test.ts'],
          exclude: ['test/**/*.system.test.ts', ...sockets, ...leftOut],
          maxWorkers: 2,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'sockets',
          isolate: false,
          include: sockets,
          exclude: ['test/**/*.system.test.ts', ...leftOut],
          maxWorkers: 4,
          retry,
          testTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: { ...real, name: 'processes', include: processes, exclude: leftOut, maxWorkers: 6, sequence: { groupOrder: 2 } },
      },
      {
        test: { ...real, name: 'browsers', include: browsers, exclude: leftOut, maxWorkers: 2, sequence: { groupOrder: 3 } },
      },
      {
        test: {
          ...real,
          name: 'system',
          include: ['test/{chaos,engines}/**/*.test.ts', 'test/**/*.system.test.ts'],
          exclude: [...processes, ...browsers, ...long, ...leftOut],
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: { ...real, name: 'long', include: long, exclude: leftOut, fileParallelism: false, sequence: { groupOrder: 5 } },
      },
    ],
  },
})
