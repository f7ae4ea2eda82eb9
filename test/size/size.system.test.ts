import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('what pages download is within the budgets of test/size/size.mjs', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['test/size/size.mjs'], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout.split('\n').filter((line) => line.includes('over the budget'))).toEqual([])
  expect(status).toBe(0)
})
