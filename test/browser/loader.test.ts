/** The page's first kilobyte, under a strict CSP and Trusted Types. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hook, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { chatSite, type ChatSite } from './chat-site.ts'

let site: ChatSite
let browser: Browser

beforeAll(async () => {
  site = await chatSite()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await site.close()
})

test('a click on [data-im-open] fetches the chat once and opens it about what was clicked', async () => {
  // The site has no gateway; that the chat looks for one and is told no is not what this is about.
  const opened = await openPage(browser, `${site.url}/by-loader.html`, { ...PHONE, expected: /WebSocket|\/im\/|\/v1\/|Failed to load/ })
  const fetched: string[] = []
  opened.page.on('request', (request) => request.url().endsWith('/modern/im-chat.js') && fetched.push(request.url()))
  expect(await opened.page.locator('im-chat').count()).toBe(0)
  await opened.page.locator('[data-im-open]').tap()
  await hook(opened.page, 'panel').waitFor()
  await hook(opened.page, 'close').tap()
  await opened.page.locator('[data-im-open]').tap()
  await hook(opened.page, 'panel').waitFor()
  expect(await opened.page.evaluate(() => document.querySelector('im-chat')!.to)).toBe('shop:9')
  expect(fetched).toEqual([`${site.url}/modern/im-chat.js`])
  await opened.close()
})
