/** Back on a phone closes the panel, once, and leaves the page's own history as it was. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type PageOptions, type TestPage } from '../kit/browser.ts'
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

/** A page that was reached from another one. */
async function openChat(path = '/', options: PageOptions = PHONE): Promise<TestPage> {
  const opened = await openPage(browser, `${site.url}/by-loader.html`, options)
  await opened.page.goto(site.url + path)
  return opened
}

const openPanel = async (page: Page): Promise<void> => {
  await hook(page, 'launcher').click()
  await hook(page, 'composer').waitFor()
}
/** Back, as the button does it: a navigation within the page ends no load. Later, because one that leaves the page takes the answer to the call with it. */
const back = (page: Page): Promise<void> => page.evaluate(() => void setTimeout(() => history.back()))
const isOpen = (page: Page) => expect.poll(() => page.evaluate(() => chat.open))
const pathOf = (page: Page) => expect.poll(() => new URL(page.url()).pathname)

test('Back closes the panel and stays on the page; the next Back leaves it', async () => {
  const { page, close } = await openChat()
  await openPanel(page)
  await back(page)
  await isOpen(page).toBe(false)
  await pathOf(page).toBe('/')
  await back(page)
  await pathOf(page).toBe('/by-loader.html')
  await close()
})

test('a panel closed by its button leaves no entry behind', async () => {
  const { page, close } = await openChat()
  for (let round = 0; round < 3; round++) {
    await openPanel(page)
    await hook(page, 'close').click()
    await isOpen(page).toBe(false)
    await expect.poll(() => page.evaluate(() => history.state as unknown)).toBeNull()
  }
  await back(page)
  await pathOf(page).toBe('/by-loader.html')
  await close()
})

test("a router of the page finds its own state in the panel's entry and after it", async () => {
  const { page, close } = await openChat()
  await page.evaluate(() => {
    history.replaceState({ key: 'r1', position: 4 }, '')
    addEventListener('popstate', ({ state }) => void told.push({ name: 'popstate', detail: state as never }))
  })
  await openPanel(page)
  expect(await page.evaluate(() => history.state as unknown)).toMatchObject({ key: 'r1', position: 4 })
  await back(page)
  await isOpen(page).toBe(false)
  const pops = await page.evaluate(() => told.filter(({ name }) => name === 'popstate').map(({ detail }) => detail as unknown))
  expect(pops).toEqual([{ key: 'r1', position: 4 }])
  await close()
})

test('a page that goes elsewhere under the open panel comes back before the panel closes', async () => {
  const { page, close } = await openChat()
  await openPanel(page)
  await page.evaluate(() => history.pushState({ key: 'r2' }, '', '/elsewhere'))
  await back(page)
  await pathOf(page).toBe('/')
  await isOpen(page).toBe(true)
  await back(page)
  await isOpen(page).toBe(false)
  await pathOf(page).toBe('/')
  await close()
})

test('closed under a page that went elsewhere, the panel takes the page nowhere', async () => {
  const { page, close } = await openChat()
  await openPanel(page)
  await page.evaluate(() => history.pushState({ key: 'r2' }, '', '/elsewhere'))
  await hook(page, 'close').click()
  await isOpen(page).toBe(false)
  await page.waitForTimeout(300)
  await pathOf(page).toBe('/elsewhere')
  await close()
})

test('closed and opened at once it is open, and Back closes it', async () => {
  const { page, close } = await openChat()
  await openPanel(page)
  await page.evaluate(async () => {
    chat.hide()
    await chat.updateComplete
    chat.show()
    await chat.updateComplete
  })
  await page.waitForTimeout(300)
  await isOpen(page).toBe(true)
  await back(page)
  await isOpen(page).toBe(false)
  await pathOf(page).toBe('/')
  await close()
})

test.each([
  ['history="off"', '/?history=off', PHONE],
  ['a panel that floats on a desktop', '/', DESKTOP],
] as const)('%s: Back is the page’s own', async (_name, path, options) => {
  const { page, close } = await openChat(path, options)
  await openPanel(page)
  await back(page)
  await pathOf(page).toBe('/by-loader.html')
  await close()
})

test('an element that was removed while open does nothing on Back', async () => {
  const { page, close } = await openChat()
  await openPanel(page)
  await page.evaluate(() => chat.remove())
  await back(page)
  await page.waitForTimeout(200)
  await pathOf(page).toBe('/')
  expect(await page.evaluate(() => told.filter(({ name }) => name === 'im-close'))).toEqual([])
  await close()
})
