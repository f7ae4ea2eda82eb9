import { expect, test } from 'vitest'
import type { Check } from './check.ts'
import { openChromium, type ChromiumPage } from './chromium.ts'
import { runEngine } from './run-engine.ts'

const options = { url: 'http://127.0.0.1/', hasAnswers: false }
const check = (id: string, run: (page: ChromiumPage) => Promise<unknown>): Check => ({
  id,
  title: id,
  run: async ({ page }) => void (await run(page as ChromiumPage)),
})
const asks = (page: ChromiumPage): Promise<unknown> => page.evaluate('1')
const crashes = (page: ChromiumPage): Promise<unknown> => page.cdp.call('Page.crash')

test('a page that crashes ends its check at once, and a browser started again runs that check and the rest', async () => {
  let isFirst = true
  const once = check('once', (page) => {
    const run = isFirst ? crashes : asks
    isFirst = false
    return run(page)
  })
  const outcomes = await runEngine(openChromium, [check('well', asks), once, check('later', asks)], options)
  expect(outcomes.map(({ result, restarted }) => [result, restarted])).toEqual([
    ['ok', undefined],
    ['ok', 'the page crashed, between well and the end of once; started again, it went on'],
    ['ok', undefined],
  ])
})

test('a check that crashes the page in a fresh browser, too, has failed, and the rest does not apply', async () => {
  const outcomes = await runEngine(openChromium, [check('well', asks), check('always', crashes), check('later', asks)], options)
  expect(outcomes.map(({ result, note }) => [result, note])).toEqual([
    ['ok', ''],
    ['failed', 'the page crashed'],
    ['n/a', 'the browser answers no more'],
  ])
})

test('a crashed page refuses every later call, and nobody waits for what it will never show', async () => {
  const page = await openChromium()
  try {
    await expect(crashes(page)).rejects.toThrow('the page crashed')
    await expect(page.evaluate('1')).rejects.toThrow('the page crashed')
    await expect(page.goto('about:blank')).rejects.toThrow('the page crashed')
  } finally {
    await page.close()
  }
})
