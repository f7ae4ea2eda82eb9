/** Synthetic: the events of every trace, fired at the real element in Chromium. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hook, launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
import { readTraces, replayTrace } from '../engines/trace.ts'
import { chatSite, type ChatSite } from './chat-site.ts'

/** An expression for the page. */
const FIELD = 'chat.shadowRoot.querySelector("textarea")'
const traces = [...readTraces().values()]

let site: ChatSite
let browser: Browser
let opened: TestPage

beforeAll(async () => {
  site = await chatSite()
  browser = await launchChromium()
  opened = await openPage(browser, `${site.url}/`, PHONE)
  await hook(opened.page, 'launcher').click()
  await hook(opened.page, 'composer').focus()
})

afterAll(async () => {
  await opened.close()
  await browser.close()
  await site.close()
})

describe('every trace sends exactly what it must', () => {
  test('there are recorded and written ones', () => {
    expect(traces.filter(({ origin }) => origin !== 'written').length).toBeGreaterThan(60)
    expect(traces.filter(({ origin }) => origin === 'written').length).toBeGreaterThan(0)
  })

  test.each(traces.map((trace) => [`${trace.browser} ${trace.inputMethod} ${trace.field}: ${trace.name} (${trace.origin})`, trace] as const))(
    '%s',
    async (_name, trace) => {
      const { page } = opened
      // A finger in the field between two traces, or the first text of the next might be what autocorrection makes of the last one sent.
      await page.evaluate(() => {
        const field = chat.shadowRoot!.querySelector('textarea')!
        field.dispatchEvent(new PointerEvent('pointerdown'))
        field.value = ''
        field.dispatchEvent(new Event('input', { bubbles: true }))
        memory.sent.length = told.length = 0
      })
      const field = await replayTrace({ evaluate: (expression: string) => page.evaluate(expression) as Promise<never> }, FIELD, trace)
      const heard = await page.evaluate(() => ({
        sends: memory.sent.map(({ text }) => text),
        events: told.filter(({ name }) => name === 'im-send').map(({ detail }) => (detail as { text: string }).text),
      }))
      const { sends } = trace.expect
      expect({ ...heard, field }).toEqual({ sends, events: sends, field: trace.expect.field ?? field })
    },
  )
})
