/** A shopper who looks elsewhere learns of an answer: title, sound, notification, each only where it is welcome. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchWholeChromium, openPage, PHONE, type PageOptions, type TestPage } from '../kit/browser.ts'
import { chatSite, type ChatSite } from './chat-site.ts'

let site: ChatSite
let browser: Browser
let opened: TestPage

beforeAll(async () => {
  site = await chatSite()
  browser = await launchWholeChromium()
})
afterAll(async () => {
  await browser.close()
  await site.close()
})
afterEach(() => opened.close())

/** The person has asked something, and then another tab is in front. */
async function asked(attributes = '', options: PageOptions = DESKTOP): Promise<Page> {
  opened = await openPage(browser, `${site.url}/?${attributes}`, options)
  const { page } = opened
  await page.evaluate(() => {
    document.body.dataset.sounds = '0'
    document.addEventListener('im-sound', () => (document.body.dataset.sounds = String(Number(document.body.dataset.sounds) + 1)))
    memory.chat.send('Is it in stock?')
  })
  // the script that does it has come, and knows what was there before
  await expect.poll(() => page.evaluate(() => chat.shadowRoot!.querySelector('[data-test=sound]') !== null)).toBe(true)
  return page
}

const look = (page: Page, isHere: boolean): Promise<void> =>
  page.evaluate((here) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (here ? 'visible' : 'hidden') })
    document.hasFocus = () => here
    document.dispatchEvent(new Event('visibilitychange'))
    window.dispatchEvent(new Event(here ? 'focus' : 'blur'))
  }, isHere)
const say = (page: Page, text: string): Promise<unknown> => page.evaluate((each) => void memory.say(each), text)
const sounds = (page: Page): Promise<number> => page.evaluate(() => Number(document.body.dataset.sounds))

test('the title counts while the page is hidden, and is back to the letter afterwards, whatever the page made of it meanwhile', async () => {
  const page = await asked()
  await page.evaluate(() => (document.title = '(7) days left'))
  await look(page, false)
  expect(await page.title()).toBe('(7) days left')
  await say(page, 'Yes')
  await expect.poll(() => page.title()).toBe('(1) (7) days left')
  await page.evaluate(() => (document.title = 'Basket'))
  await say(page, 'Two are left')
  await expect.poll(() => page.title()).toBe('(2) Basket')
  await page.evaluate(() => (document.title = document.title + '!'))
  await look(page, true)
  await expect.poll(() => page.title()).toBe('Basket!')
  await look(page, false)
  await expect.poll(() => page.title()).toBe('(2) Basket!')
  await page.evaluate(() => chat.remove())
  await expect.poll(() => page.title()).toBe('Basket!')
})

test('an answer that nobody sees sounds once; one that is read does not, and neither does what was there on coming', async () => {
  const page = await asked()
  expect(await sounds(page)).toBe(0)
  await say(page, 'Yes')
  await expect.poll(() => sounds(page)).toBe(1)
  await hook(page, 'launcher').click()
  await hook(page, 'panel').waitFor()
  await page.waitForTimeout(1600)
  await say(page, 'Two are left')
  await hook(page, 'message').getByText('Two are left').waitFor()
  expect(await sounds(page)).toBe(1)
})

test('the person turns the sound off, for good, and a page by `muted`', async () => {
  const page = await asked('open')
  await hook(page, 'sound').click()
  await expect.poll(() => hook(page, 'sound').getAttribute('aria-label')).toBe('Turn sound on')
  await look(page, false)
  await say(page, 'Yes')
  await expect.poll(() => page.title()).toBe('(1) Shop')
  expect(await sounds(page)).toBe(0)
  await opened.close()

  const muted = await asked('muted')
  await look(muted, false)
  await say(muted, 'Yes')
  await expect.poll(() => muted.title()).toBe('(1) Shop')
  expect(await sounds(muted)).toBe(0)
})

test('a notification is asked for only once an answer to the person’s own words came unseen, and a no is remembered', async () => {
  const page = await asked('open')
  expect(await hook(page, 'question').count()).toBe(0)
  await say(page, 'Yes')
  await page.getByText('Yes', { exact: true }).waitFor()
  expect(await hook(page, 'question').count()).toBe(0)
  await look(page, false)
  await say(page, 'Two are left')
  await look(page, true)
  await hook(page, 'question').getByText('Get a desktop notification when a message arrives?').waitFor()
  await hook(page, 'question').getByText('Not now').click()
  await hook(page, 'question').waitFor({ state: 'detached' })
  expect(await page.evaluate(() => localStorage.getItem('im-chat:notices'))).toBe('no')
})

test('a notification opens the chat; a phone is not asked', async () => {
  const page = await asked()
  await page.evaluate(() => {
    const made: object[] = []
    class Notice {
      static permission = 'granted'
      onclick?: () => void
      readonly title: string
      readonly options: { body: string }
      constructor(title: string, options: { body: string }) {
        this.title = title
        this.options = options
        made.push(this)
      }
      close(): void {}
    }
    Object.assign(window, { Notification: Notice, made })
  })
  await look(page, false)
  await say(page, 'Yes, two are left')
  await expect.poll(() => page.evaluate(() => (window as unknown as { made: unknown[] }).made.length)).toBe(1)
  const shown = await page.evaluate(() => {
    const [notice] = (window as unknown as { made: { title: string; options: { body: string }; onclick: () => void }[] }).made
    notice!.onclick()
    return { title: notice!.title, body: notice!.options.body, isOpen: chat.open }
  })
  expect(shown).toEqual({ title: 'Chat', body: 'Yes, two are left', isOpen: true })
  await opened.close()

  const phone = await asked('open', PHONE)
  await look(phone, false)
  await say(phone, 'Yes')
  await look(phone, true)
  await phone.getByText('Yes', { exact: true }).waitFor()
  await phone.waitForTimeout(300)
  expect(await hook(phone, 'question').count()).toBe(0)
})
