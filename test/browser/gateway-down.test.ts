/** The gateway, or a part of what it serves, cannot be reached when a page loads: something stands where the chat would be, says so, and goes away. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type PageOptions, type TestPage } from '../kit/browser.ts'
import { chatSite, type ChatSite } from './chat-site.ts'

let site: ChatSite
let browser: Browser
let opened: TestPage

beforeAll(async () => {
  site = await chatSite()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await site.close()
})
afterEach(() => opened.close())

const ENTRY = /\/(modern|es2017)\/im-chat\.js/
const PANEL = /\/(modern|es2017)\/chat-panel-1\.js/

interface Down {
  readonly page: Page
  /** What was asked for and not given, in ms since the first. */
  readonly asked: number[]
  /** The files come from now on. */
  rise(): void
}

interface DownOptions extends PageOptions {
  readonly isSilent?: boolean
  readonly isPaused?: boolean
}

/** A page of a shop whose `files` cannot be had: aborted, or (`isSilent`) never answered. Tests move its clock; `isPaused`: nobody else does. */
async function down(files: RegExp, body: string, { isSilent = false, isPaused = false, ...options }: DownOptions = {}): Promise<Down> {
  opened = await openPage(browser, 'about:blank', { ...PHONE, ...options, expected: /./ })
  const { page } = opened
  const asked: number[] = []
  let isDown = true
  await page.clock.install()
  if (isPaused) await page.clock.pauseAt(Date.now() + 3_600_000)
  await page.route(files, async (route) => {
    if (!isDown) return route.continue()
    asked.push(await page.evaluate(() => Date.now()))
    if (!isSilent) await route.abort()
  })
  const page_ = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title><body>${body}`
  await page.route('**/shop.html', (route) => route.fulfill({ contentType: 'text/html', body: page_ }))
  await page.route('**/contact.html', (route) => route.fulfill({ contentType: 'text/html', body: '<title>Contact</title>' }))
  await page.goto(`${site.url}/shop.html`, { waitUntil: 'commit' })
  return { page, asked, rise: () => void (isDown = false) }
}

const chatTag = (attributes = ''): string => `<im-chat gateway="/" to="shop:9" ${attributes}></im-chat>`
const loader = (attributes = ''): string => `<script src="/im-chat.js" ${attributes}></script>`
const standIn = (page: Page) => page.locator('.im-chat-missing button')
const note = (page: Page) => page.locator('.im-chat-missing [role=status]')

test('the entry cannot be fetched: a launcher stands, says so when it is pressed, and the chat opens when its script comes', async () => {
  const { page, asked, rise } = await down(ENTRY, chatTag() + loader())
  await standIn(page).waitFor()
  expect(await note(page).innerText()).toBe('')
  expect(await standIn(page).boundingBox()).toEqual({ x: 312, y: 766, width: 58, height: 58 })
  await standIn(page).tap()
  await expect.poll(() => note(page).innerText()).toBe('The chat could not be loaded. Trying again.')
  await expect.poll(() => asked.length).toBe(2)
  await expect.poll(() => standIn(page).count()).toBe(1)
  rise()
  await page.clock.runFor(5000)
  await hook(page, 'panel').waitFor()
  expect(await standIn(page).count()).toBe(0)
})

test('it is asked for again after 2, 5 and 15 s, and at once when the network is back', async () => {
  const { page, asked, rise } = await down(ENTRY, chatTag() + loader(), { isPaused: true })
  for (const [at, seconds] of [2, 5, 15, 15].entries()) {
    await expect.poll(() => asked.length).toBe(at + 1)
    // the failure has been heard when something stands there, and the timer with it
    await standIn(page).waitFor()
    await page.waitForTimeout(100)
    await page.clock.runFor(seconds * 1000 - 10)
    await page.waitForTimeout(100)
    expect(asked).toHaveLength(at + 1)
    await page.clock.runFor(20)
  }
  await expect.poll(() => asked.length).toBe(5)
  rise()
  await page.waitForTimeout(100)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect.poll(() => standIn(page).count()).toBe(0)
  await page.clock.resume()
  await hook(page, 'launcher').waitFor()
})

test.each([
  ['de-DE', '', 'Der Chat konnte nicht geladen werden. Neuer Versuch läuft.', 312],
  ['zh-TW', '', '聊天載入失敗，正在重試。', 312],
  ['zh-CN', '', '聊天加载失败，正在重试。', 312],
  ['ar', 'dir="rtl"', 'تعذّر تحميل المحادثة. تجري إعادة المحاولة.', 20],
  ['en', 'side="left"', 'The chat could not be loaded. Trying again.', 20],
])('the stand-in speaks the language of the element and stands at its side: %s %s', async (lang, attributes, text, x) => {
  const { page } = await down(ENTRY, chatTag(`lang="${lang}" ${attributes}`) + loader())
  await standIn(page).tap()
  await expect.poll(() => note(page).innerText()).toBe(text)
  expect((await standIn(page).boundingBox())!.x).toBe(x)
})

test.each(['im-desk', 'im-inbox'])('a page of <%s> is not white: it says so', async (tag) => {
  const { page } = await down(new RegExp(`/(modern|es2017)/${tag}\\.js`), `<${tag} gateway="/"></${tag}><script src="/${tag}.js"></script>`, DESKTOP)
  await page.getByText('The chat could not be loaded. Trying again.').waitFor()
})

const LINK = '<a href="/contact.html" data-im-open data-to="shop:9">Ask</a>'

test('a link follows its own href where the chat cannot come, before and after that is known, and opens the chat where it can', async () => {
  const { page } = await down(ENTRY, LINK + loader('data-to="shop:9"'))
  await standIn(page).waitFor()
  await page.getByText('Ask').tap()
  await page.waitForURL('**/contact.html')

  await opened.close()
  const late = await down(ENTRY, LINK + '<script src="/loader.js"></script>')
  await late.page.getByText('Ask').tap()
  await late.page.waitForURL('**/contact.html')

  await opened.close()
  const well = await down(/none/, LINK + loader())
  await well.page.getByText('Ask').tap()
  await hook(well.page, 'panel').waitFor()
  expect(well.page.url()).toMatch(/shop\.html$/)
})

test('a gateway that takes the connection and says nothing for 10 s counts as down', async () => {
  const { page, asked } = await down(ENTRY, LINK + loader(), { isSilent: true })
  await page.getByText('Ask').tap()
  await expect.poll(() => asked.length).toBe(1)
  await page.clock.runFor(9000)
  await page.waitForTimeout(200)
  expect(page.url()).toMatch(/shop\.html$/)
  await page.clock.runFor(1500)
  await page.waitForURL('**/contact.html')
})

test('the panel’s script cannot be fetched: the page is told, and a link goes where it says', async () => {
  const { page, asked, rise } = await down(PANEL, LINK + loader('data-to="shop:9" data-link="/contact.html" data-label="Write to us"'))
  await page.locator('im-chat').waitFor({ state: 'attached' })
  await page.evaluate(() => {
    const seen: unknown[] = []
    Object.assign(window, { seen })
    document.querySelector('im-chat')!.addEventListener('im-available', ({ detail }) => seen.push(detail))
  })
  await hook(page, 'launcher').waitFor()
  await hook(page, 'launcher').tap()
  await hook(page, 'launcher-note').getByText('The chat could not be loaded. Trying again.').waitFor()
  await page.getByText('Write to us').waitFor()
  const before = asked.length
  rise()
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.clock.runFor(100)
  await hook(page, 'panel').waitFor()
  expect(before).toBe(1)
  expect(await page.getByText('Write to us').count()).toBe(0)
  expect(await page.evaluate(() => (window as unknown as { seen: unknown }).seen)).toEqual([{ isAvailable: false }, { isAvailable: true }])
})

test('a link that was pressed while the panel’s script fails goes where it says, and the chat does not open later', async () => {
  const { page } = await down(PANEL, '<a href="/contact.html" target="_blank" data-im-open data-to="shop:9">Ask</a>' + loader('data-to="shop:9"'))
  await hook(page, 'launcher').waitFor()
  const [other] = await Promise.all([opened.context.waitForEvent('page'), page.getByText('Ask').tap()])
  await expect.poll(() => other.url()).toMatch(/contact\.html$/)
  expect(await page.evaluate(() => document.querySelector('im-chat')!.open)).toBe(false)
})

test('the page’s plain link stands there until the chat has come', async () => {
  const { page, rise } = await down(ENTRY, loader('data-to="shop:9" data-link="tel:123" data-label="Call us"'))
  await page.getByText('Call us').waitFor()
  expect(await page.getByText('Call us').getAttribute('href')).toBe('tel:123')
  rise()
  await page.waitForTimeout(100)
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await hook(page, 'launcher').waitFor()
  await expect.poll(() => page.getByText('Call us').count()).toBe(0)
})
