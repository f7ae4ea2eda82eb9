import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished, expect, test } from 'vitest'
import type { Check } from './check.ts'
import { INPUT_METHODS, readResults, storeResult } from './engine-results.ts'
import { matrixPage } from './matrix-page.ts'

const check = (id: string): Check => ({ id, title: `title of ${id}`, run: () => Promise.resolve() })
const checks = [check('one'), check('two')]
const outcome = (engine: string, each: Check) => ({ engine, check: each, result: 'ok', note: '', ms: 1 }) as const
const result = (engine: string, of = checks) => ({ build: 'new', day: '2026-11-28', outcomes: of.map((each) => outcome(engine, each)), typed: [] })

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'im-results-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('the page of engines is made of what was stored engine by engine', () => {
  const folder = newFolder()
  const typed = [{ browser: 'firefox', title: 'kana', isRight: true }]
  storeResult(folder, 'a', result('A 1.2.3'))
  storeResult(folder, 'b', { ...result('B 4.5.6'), day: '2026-11-27' })
  storeResult(folder, INPUT_METHODS, { ...result('', []), typed })
  const page = matrixPage(readResults(folder, ['a', 'b'], { build: 'new', checks }))
  storeResult(folder, INPUT_METHODS, { ...result('', []), build: 'old', typed })
  const later = matrixPage(readResults(folder, ['a', 'b'], { build: 'new', checks }))
  expect(page).toContain('on 2026-11-27 and 2026-11-28')
  expect(page).toContain('|  | A<br>1.2 | B<br>4.5 |')
  expect(page).toContain('| title of two | ✓ | ✓ |')
  expect(page).toContain('| kana | ✓ |')
  expect(later).toContain('Not run with this build: `npm run qa:engines -- input-methods`')
})

test('engines that were never run, or with another build or other checks, are named and make no page', () => {
  const folder = newFolder()
  storeResult(folder, 'right', result('Right 1'))
  storeResult(folder, 'older', { ...result('Older 1'), build: 'old' })
  storeResult(folder, 'fewer', result('Fewer 1', [checks[0]!]))
  storeResult(folder, 'others', result('Others 1', [check('one'), check('gone')]))
  expect(() => readResults(folder, ['right', 'older', 'fewer', 'others', 'never'], { build: 'new', checks })).toThrow(
    'Not run with this build and all checks: older fewer others never',
  )
})
