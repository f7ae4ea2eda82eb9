/** What `<im-chat>` fetches only when it is wanted: its panel, another language, what pictures need. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hook, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { startGateway } from '../kit/gateway.ts'
import { chatSite, type ChatSite } from './chat-site.ts'

const ON_DEMAND = /\/modern\/(chat-panel-1|languages|picture-composer|upload|zh-cn)\.js/
const PRODUCT = { text: 'Kettle · https://shop.example/kettle', title: 'Kettle', price: '€ 40', url: 'https://shop.example/kettle' }
/** What the panel asks for when it is there. */
const EXTRAS = /\/modern\/(languages|picture-composer|upload|zh-cn)\.js/

let site: ChatSite
let browser: Browser

beforeAll(async () => {
  site = await chatSite()
  // a page made up by a test is of no known network, and may not ask this machine otherwise
  browser = await launchChromium(['--disable-features=LocalNetworkAccessChecks'])
})

afterAll(async () => {
  await browser.close()
  await site.close()
})

const label = (page: Page): Promise<string | null> => hook(page, 'launcher').getAttribute('aria-label')
const show = async (page: Page): Promise<void> => {
  await hook(page, 'launcher').tap()
  await hook(page, 'panel').waitFor()
}

test('a page with a chat fetches the panel when it is idle; an open one what pictures need, and a language where it speaks it, under a strict policy', async () => {
  const { page, close } = await openPage(browser, 'about:blank', PHONE)
  const fetched: string[] = []
  page.on('request', (request) => ON_DEMAND.test(request.url()) && fetched.push(ON_DEMAND.exec(request.url())![1]!))
  await page.goto(site.url)
  await hook(page, 'launcher').waitFor()
  await page.evaluate(() => void memory.say('hello'))
  await expect.poll(() => [...new Set(fetched)]).toEqual(['chat-panel-1'])
  expect(await hook(page, 'panel').isVisible()).toBe(false)
  await show(page)
  await hook(page, 'file').waitFor({ state: 'attached' })
  await page.evaluate((body) => void memory.say('', { kind: 'product', body }), PRODUCT)
  await page.locator('im-chat .card').waitFor()
  await page.evaluate(() => (chat.lang = 'zh-CN'))
  await expect.poll(() => hook(page, 'close').getAttribute('aria-label')).toBe('关闭聊天')
  expect([...new Set(fetched)].sort()).toEqual(['chat-panel-1', 'languages', 'picture-composer', 'upload', 'zh-cn'])
  await close()
})

test('while the panel cannot be fetched the launcher says so, loses no sent message, and opens when it can', async () => {
  const { page, close } = await openPage(browser, `${site.url}/by-loader.html`, { ...PHONE, expected: /Failed to load resource|ERR_FAILED/ })
  await page.route(/chat-panel-1/, (route) => route.abort())
  await page.goto(`${site.url}/`)
  await hook(page, 'launcher').tap()
  await hook(page, 'launcher-note').waitFor()
  expect(await hook(page, 'launcher').getAttribute('aria-busy')).toBe('true')
  await page.evaluate(() => void chat.send('sent without a panel'))
  await page.unroute(/chat-panel-1/)
  await hook(page, 'panel').waitFor({ timeout: 15_000 })
  expect(await page.locator('im-chat .own .text').allInnerTexts()).toEqual(['sent without a panel'])
  expect(await hook(page, 'launcher').isVisible()).toBe(false)
  await close()
})

test('where a language cannot be fetched, the chat is in English until it can', async () => {
  const { page, close } = await openPage(browser, `${site.url}/by-loader.html`, { ...PHONE, expected: /Failed to load resource|ERR_FAILED/ })
  await page.route(EXTRAS, (route) => route.abort())
  await page.goto(`${site.url}/?lang=zh-CN`)
  await page.evaluate((body) => void memory.say('', { kind: 'product', body }), PRODUCT)
  await show(page)
  await hook(page, 'composer').fill('still here')
  await hook(page, 'send').tap()
  await expect.poll(() => page.evaluate(() => memory.sent.length)).toBe(1)
  expect(await hook(page, 'close').getAttribute('aria-label')).toBe('Close chat')
  await page.unroute(EXTRAS)
  await expect.poll(() => hook(page, 'close').getAttribute('aria-label'), { timeout: 15_000 }).toBe('关闭聊天')
  await close()
})

test('a page of another origin gets them, too', async () => {
  const gateway = await startGateway()
  const opened = await openPage(browser, 'about:blank', PHONE)
  await opened.page.route(`${site.url}/elsewhere.html`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><im-chat gateway="${gateway.url}" lang="zh-CN"></im-chat><script src="${gateway.url}/im-chat.js"></script>`,
    }),
  )
  await opened.page.goto(`${site.url}/elsewhere.html`)
  await expect.poll(() => label(opened.page)).toBe('打开聊天')
  await opened.close()
  await gateway.stop()
})
