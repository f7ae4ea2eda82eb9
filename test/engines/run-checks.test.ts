import { expect, test } from 'vitest'
import type { Check } from './check.ts'
import type { Page } from './page.ts'
import { runChecks } from './run-checks.ts'

test('a browser that hangs ends its check as failed and the rest as not applicable', async () => {
  const page = { engine: 'Hung 1', can: new Set(), evaluate: () => new Promise(() => undefined), close: () => Promise.resolve() } as unknown as Page
  const check = (id: string, run: Check['run']) => ({ id, run }) as Check
  const outcomes = await runChecks(
    page,
    [check('well', () => Promise.resolve()), check('hangs', async (world) => world.page.evaluate('1')), check('later', () => Promise.resolve())],
    {
      url: 'http://127.0.0.1/',
      hasAnswers: false,
      mostMs: 50,
    },
  )
  expect(outcomes.map(({ result, note }) => [result, note])).toEqual([
    ['ok', ''],
    ['failed', 'did not end in time; the browser hangs'],
    ['n/a', 'the browser answers no more'],
  ])
})
