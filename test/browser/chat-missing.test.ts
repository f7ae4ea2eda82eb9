/** Nothing typed is dropped where the page forgot to say to whom. */
import { mkdirSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
import { chatSite, type ChatSite } from './chat-site.ts'

let site: ChatSite
let browser: Browser
let opened: TestPage
beforeAll(async () => {
  site = await chatSite()
  browser = await launchChromium()
  mkdirSync('test/shots', { recursive: true })
})
afterAll(async () => {
  await browser.close()
  await site.close()
})
afterEach(() => opened.close())

test('Enter without `to` keeps the text and says in the console what is missing; with `to` it can be sent', async () => {
  opened = await openPage(browser, `${site.url}/?open`, DESKTOP)
  const { page } = opened
  const warnings: string[] = []
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  await page.evaluate(() => {
    chat.to = ''
  })
  const field = hook(page, 'composer')
  await field.fill('Is it in stock?')
  await field.press('Enter')
  await field.press('Enter')
  expect(await field.inputValue()).toBe('Is it in stock?')
  expect(warnings.filter((text) => text.includes('`to` is missing'))).toHaveLength(1)
  await page.evaluate(() => {
    chat.to = 'shop:42'
  })
  await page.evaluate(() => chat.updateComplete)
  expect(await field.inputValue()).toBe('Is it in stock?')
  await field.press('Enter')
  expect(await page.evaluate(() => told.filter(({ name }) => name === 'im-send').map(({ detail }) => (detail as { text: string }).text))).toEqual([
    'Is it in stock?',
  ])
})

test('without `to` the chat says that it is not set up, and not "Connected" in green; with `to` it works as usual', async () => {
  opened = await openPage(browser, `${site.url}/?open`, DESKTOP)
  const { page } = opened
  const warnings: string[] = []
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  await page.evaluate(() => {
    chat.to = ''
  })
  const banner = hook(page, 'banner')
  await banner.waitFor()
  expect(await banner.innerText()).toBe('Chat isn’t set up correctly on this page.')
  const status = page.locator('im-chat .header .status')
  expect(await status.innerText()).toBe('Not available')
  expect(warnings.filter((text) => text.includes('`to` is missing'))).toHaveLength(1)
  await page.evaluate(() => {
    chat.to = 'shop:42'
  })
  await banner.waitFor({ state: 'detached' })
  await expect.poll(() => status.innerText()).not.toBe('Not available')
  await hook(page, 'composer').fill('Is it in stock?')
  await page.keyboard.press('Enter')
  await page.locator('im-chat [data-test=message][data-state=sent]').getByText('Is it in stock?').waitFor()
})

test('a plain number in `to` is warned about once; a person with messages, and a shop, are not', async () => {
  opened = await openPage(browser, `${site.url}/?open`, DESKTOP)
  const { page } = opened
  const warnings: string[] = []
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  await page.evaluate(async () => {
    await chat.updateComplete
    memory.say('We know each other')
    chat.to = '41'
    await chat.updateComplete
    memory.chat.timeline.set({ messages: [], hasOlder: false, isLoadingOlder: false, isLoaded: false })
    chat.to = '42'
    await chat.updateComplete
  })
  expect(warnings).toEqual([])
  await page.evaluate(async () => {
    memory.chat.timeline.set({ messages: [], hasOlder: false, isLoadingOlder: false, isLoaded: true })
    await chat.updateComplete
    chat.requestUpdate()
    await chat.updateComplete
  })
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('If the shop is meant, write to="shop:42"')
})

test('send() before there is a `to` waits for it', async () => {
  opened = await openPage(browser, `${site.url}/?`, PHONE)
  const { page } = opened
  await page.evaluate(() => {
    chat.to = ''
    chat.send('early')
    chat.to = 'shop:42'
  })
  await page.waitForFunction(() => told.some(({ name }) => name === 'im-send'))
  expect(await page.evaluate(() => told.filter(({ name }) => name === 'im-send'))).toHaveLength(1)
})

const FINAL = ['origin_forbidden', 'pass_required', 'pass_invalid', 'pass_expired', 'version_unsupported', 'replaced', 'forbidden'] as const
for (const code of FINAL) {
  test(`${code}: the person, the page and its author are told`, async () => {
    opened = await openPage(browser, `${site.url}/?open`, PHONE)
    const { page } = opened
    const warnings: string[] = []
    page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
    await page.evaluate((said) => memory.setConnection({ name: 'refused', refusal: { code: said, message: 'No.', retry: false } }), code)
    const banner = hook(page, 'banner')
    await banner.waitFor()
    expect(await banner.innerText()).not.toMatch(/Trying again|not available right now/)
    expect(
      await page.evaluate(() => told.filter(({ name }) => name === 'im-refused').map(({ detail }) => (detail as { code: string }).code)),
    ).toEqual([code])
    await expect.poll(() => warnings.filter((text) => text.includes(`[${code}]`))).toHaveLength(1)
    await page.waitForFunction(() => Number(getComputedStyle(chat.shadowRoot!.querySelector('.banner')!).opacity) === 1)
    await page.screenshot({ path: `test/shots/no-${code}.png` })
  })
}
