/** The demo pages as a visitor finds them: each loads without a complaint, and the widget holds on a page that fights it. */
import { readdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, launchChromium, openPage } from '../kit/browser.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'
import { WireClient } from '../kit/wire-client.ts'
import { ChatView } from './chat-view.ts'

const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000, interval: 50 })
const PAGES = readdirSync('demo/pages').filter((file) => file.endsWith('.html'))
const TAGS = ['im-chat', 'im-desk', 'im-inbox'] as const

let browser: Browser
let gateway: StartedGateway

beforeAll(async () => {
  browser = await launchChromium()
  gateway = await startGateway()
})
afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

/** Of the element on the page, where there is one. */
const connection = (page: Page): Promise<string | undefined> =>
  page.evaluate(
    (tags) => {
      const element = document.querySelector(tags.join()) as (Element & { connection?: string }) | null
      return element ? (element.connection ?? 'not an element yet') : undefined
    },
    [...TAGS],
  )

test.each(PAGES)('%s loads under its policy, and what is on it goes live', async (file) => {
  const { page, close } = await openPage(browser, `${gateway.url}/${file}`, DESKTOP)
  const hasElement = (await connection(page)) !== undefined
  if (hasElement) await eventually(() => connection(page)).toBe('live')
  for (const frame of page.frames().slice(1)) await frame.waitForLoadState()
  expect(await page.title()).not.toBe('')
  await close()
})

test("the shop's agents see which product page a visitor has open, again in each session, until it is closed", async () => {
  const desk = await new WireClient(gateway.url, 'ws').open()
  await desk.hello({ token: await gateway.pass({ sub: 'ann', role: 'agent', shop: '42' }) })
  const { page, close } = await openPage(browser, `${gateway.url}/product.html`, DESKTOP)
  const seen = () => desk.pushes('viewingPush').at(-1)?.product
  await eventually(seen).toEqual({
    id: 'kumo',
    title: 'Kumo pour-over kettle, 0.9 l',
    price: '¥ 468',
    url: `${gateway.url}/product.html`,
    image: `${gateway.url}/art/kettle.svg`,
  })
  await page.evaluate(() => {
    ;(document.querySelector('im-chat') as HTMLElement & { product: object }).product = { title: 'Tea pot', url: 'javascript:alert(1)' }
  })
  await eventually(seen).toEqual({ title: 'Tea pot' })
  await close()
  await eventually(seen).toBeUndefined()
})

test("a link on the shop's PC page opens the inbox with its product", async () => {
  const { page, close } = await openPage(browser, `${gateway.url}/shop.html`, DESKTOP)
  const inbox = page.context().waitForEvent('page')
  await page.locator('#grinder a').click()
  const opened = await inbox
  await opened.getByText('Hand grinder, 30 g').first().waitFor()
  await opened.close()
  await close()
})

test('every link of the index leads to a page', async () => {
  const { page, close } = await openPage(browser, gateway.url, DESKTOP)
  const links = await page.locator('a').evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href))
  expect(links.length).toBeGreaterThan(4)
  for (const link of links) expect((await fetch(link)).status, link).toBe(200)
  expect(await page.locator('#snippet').textContent()).toContain(`gateway="${gateway.url}"`)
  await close()
})

test('the desk says what to do if it gets no pass', async () => {
  const strict = await startGateway({ IM_SECRET: 'a secret of at least thirty-two characters', PAGES: 'demo' })
  const { page, close } = await openPage(browser, `${strict.url}/desk.html`, { ...DESKTOP, expected: /Failed to load resource/ })
  await page.getByText('No pass for this desk').waitFor()
  expect(await page.locator('#notice p').textContent()).toContain('IM_SECRET')
  await close()
  await strict.stop()
})

test('side by side, the customer on the phone and in the inbox is one person, and the desk answers', async () => {
  const { page, close } = await openPage(browser, `${gateway.url}/all-three.html`, { viewport: { width: 1500, height: 900 } })
  const [phone, desk, inbox] = ['phone', 'desk', 'inbox'].map((name) => page.frameLocator(`iframe[src="/${name}.html"]`))
  await phone!.locator('[data-test=composer]').fill('Side by side')
  await phone!.locator('[data-test=composer]').press('Enter')
  await desk!.locator('[data-test=conversation]').filter({ hasText: 'Side by side' }).click()
  await inbox!.locator('[data-test=conversation]').filter({ hasText: 'Side by side' }).waitFor()
  await desk!.locator('[data-test=composer]').fill('All in step')
  await desk!.locator('[data-test=composer]').press('Enter')
  await phone!.locator('[data-test=message]').filter({ hasText: 'All in step' }).waitFor()
  await close()
})

test('on a hostile page the chat types, sends and looks as elsewhere', async () => {
  const { page, close } = await openPage(browser, `${gateway.url}/hostile-page.html`, DESKTOP)
  const chat = new ChatView(page, 'im-chat')
  await chat.hook('launcher').click()
  await chat.field.click()
  await page.keyboard.type('jk/ gg hello')
  await page.keyboard.press('Enter')
  await eventually(() => chat.shown()).toMatchObject([{ seq: 1, state: 'sent', text: 'jk/ gg hello' }])

  const look = await chat
    .hook('message')
    .locator('.text')
    .evaluate((text) => {
      const { fontStyle, letterSpacing, textTransform, textShadow, textIndent, color } = getComputedStyle(text)
      return { fontStyle, letterSpacing, textTransform, textShadow, textIndent, color }
    })
  expect(look).toEqual({
    fontStyle: 'normal',
    letterSpacing: 'normal',
    textTransform: 'none',
    textShadow: 'none',
    textIndent: '0px',
    color: 'rgb(27, 34, 32)',
  })
  expect(await page.locator('#fired').textContent()).toBe('none')
  expect(await page.locator('#violations').textContent()).toBe('none')
  await page.locator('main a').press('x')
  expect(await page.locator('#fired').textContent(), 'the page still has its own keys').toBe('x')
  await close()
})
