/** `npm run bench` as a whole, for seconds and with few people: figures of such a run say nothing. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { Wrong } from './arrivals.ts'
import type { Row } from './rows.ts'
import { GROUPS } from './table.ts'

const run = promisify(execFile)
const RUNNER = ['--import', './test/kit/typescript.mjs', 'test/bench/run.ts']
const SMALL = ['--rounds', '1', '--seconds', '1', '--warmup', '0.2', '--pairs', '4', '--unpinned']

interface Told {
  readonly rows: readonly (Row & { readonly verdict: string })[]
  readonly wrong: Wrong
  readonly measurements: readonly { readonly name: string }[]
}

test('it prints a row for each goal of the embedded store, writes all that it measured, and nothing is lost, doubled or out of order', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'im-bench-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'figures.json')
  const { stdout } = await run(process.execPath, [...RUNNER, '--only', 'embedded', ...SMALL, '--json', file])
  const { rows, wrong, measurements } = JSON.parse(await readFile(file, 'utf8')) as Told
  expect(rows).toHaveLength(3)
  for (const { title, value, verdict } of rows) {
    expect(stdout).toContain(`| ${title} | `)
    expect(value, title).toBeGreaterThanOrEqual(0)
    expect(['met', 'missed', 'reported']).toContain(verdict)
  }
  expect(wrong).toEqual({ lost: 0, doubled: 0, misordered: 0 })
  expect(stdout).toContain('Lost 0, doubled 0, misordered 0.')
  expect(measurements).toHaveLength(3)
}, 120_000)

test('rows that do not exist are refused by name', async () => {
  const failed = run(process.execPath, [...RUNNER, '--only', 'storm,polka'])
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`There are no rows polka; there are ${GROUPS.join(', ')}.`) as unknown,
  })
})
