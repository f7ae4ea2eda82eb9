/**
 * The chat as a part of a page, `mode="inline"`: a box somewhere on it, of which the keyboard may cover all, some or nothing.
 * `(stub)`: the visual viewport is faked, see fake-viewport.ts.
 */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
import { chatSite, type ChatSite } from './chat-site.ts'
import type { FakeViewport } from './fake-viewport.ts'

let site: ChatSite
let browser: Browser
let opened: TestPage
let page: Page

beforeAll(async () => {
  site = await chatSite()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await site.close()
})

beforeEach(async () => {
  opened = await openPage(browser, `${site.url}/?mode=inline&open`, PHONE)
  page = opened.page
  await page.evaluate(() => memory.fill(40))
})

afterEach(() => opened.close())

/** The box on the page, and the person writing in it. */
const place = (top: number, bottom: number): Promise<void> =>
  page.evaluate(
    ([from, to]) => {
      Object.assign(chat.style, { position: 'absolute', left: '0', right: '0', top: `${from}px`, height: `${to! - from!}px`, minHeight: '0' })
      chat.shadowRoot!.querySelector('textarea')!.focus({ preventScroll: true })
    },
    [top, bottom],
  )
const fake = (values: FakeViewport): Promise<void> => page.evaluate((each) => window.fakeViewport(each), values)

/** Panel's top, composer's bottom, the last message's distance from the list's end beyond the list's padding, in steps of 2 px. */
const look = (): Promise<readonly [number, number, number]> =>
  page.evaluate(() => {
    const box = (selector: string): DOMRect => chat.shadowRoot!.querySelector(selector)!.getBoundingClientRect()
    const messages = chat.shadowRoot!.querySelectorAll('[data-test="message"]')
    const gap = box('.timeline').bottom - messages[messages.length - 1]!.getBoundingClientRect().bottom
    return [Math.round(box('.panel').top), Math.round(box('form').bottom), Math.trunc((gap - 10) / 2)] as const
  })
const expectAt = (top: number, bottom: number): Promise<void> => expect.poll(look, { timeout: 5000 }).toEqual([top, bottom, 0])

test('without a keyboard it fills its box', async () => {
  await place(200, 700)
  await expectAt(200, 700)
})

test('a keyboard over its lower part: the composer is right above it, and the top stays where the page put it (stub)', async () => {
  await place(200, 700)
  await fake({ height: 508 })
  await expectAt(200, 508)
  await fake({ height: 844 })
  await expectAt(200, 700)
})

test('a keyboard that does not reach it changes nothing (stub)', async () => {
  await place(100, 480)
  await fake({ height: 508 })
  await page.waitForFunction(() => chat.shadowRoot!.querySelector('[data-frame]')!.hasAttribute('data-keyboard'))
  await expectAt(100, 480)
})

test('a keyboard over nearly all of it leaves 160 px, for the page to be scrolled to (stub)', async () => {
  await place(400, 760)
  await fake({ height: 450 })
  await expectAt(400, 560)
})

test('a page that pans: what is scrolled out at the top is subtracted, too (stub)', async () => {
  await place(100, 800)
  await fake({ height: 508, offsetTop: 180 })
  await expectAt(180, 688)
})

test('a window that shrinks under it', async () => {
  await place(200, 700)
  await opened.cdp.send('Emulation.setDeviceMetricsOverride', { width: 390, height: 508, deviceScaleFactor: 2, mobile: true })
  await expectAt(200, 508)
})

describe('a page that is panned', () => {
  const pageY = (): Promise<number> => page.evaluate(() => scrollY)
  const blur = (): Promise<void> => page.evaluate(() => chat.shadowRoot!.querySelector('textarea')!.blur())

  test('stays so while the person writes in a field of the shop (stub)', async () => {
    await page.evaluate(() => scrollTo(0, 300))
    await page.evaluate(() => document.querySelector<HTMLElement>('#search')!.focus({ preventScroll: true }))
    await fake({ height: 508, offsetTop: 120 })
    await page.waitForTimeout(1200)
    expect(await pageY()).toBe(300)
  })

  test('stays so where the person goes on from the chat to a field of the shop (stub)', async () => {
    await place(200, 700)
    await fake({ height: 508, offsetTop: 120 })
    await page.evaluate(() => scrollTo(0, 300))
    await page.evaluate(() => document.querySelector<HTMLElement>('#search')!.focus({ preventScroll: true }))
    await page.waitForTimeout(1200)
    expect(await pageY()).toBe(300)
    // nor does it jump when that field is left in turn
    await page.evaluate(() => document.querySelector<HTMLElement>('#search')!.blur())
    await fake({ height: 844, offsetTop: 120 })
    await page.waitForTimeout(1200)
    expect(await pageY()).toBe(300)
  })

  test('stays so where the person has scrolled it meanwhile (stub)', async () => {
    await place(200, 700)
    await fake({ height: 508, offsetTop: 120 })
    await blur()
    await fake({ height: 844, offsetTop: 120 })
    for (let step = 1; step <= 4; step++) {
      await page.evaluate((y) => scrollTo(0, y), 100 * step)
      await page.waitForTimeout(200)
    }
    await page.waitForTimeout(1000)
    expect(await pageY()).toBe(400)
  })

  test("goes back to where it stood, when the chat's own keyboard left it so (stub)", async () => {
    await page.evaluate(() => scrollTo(0, 250))
    await place(200, 700)
    await fake({ height: 508, offsetTop: 120 })
    await page.evaluate(() => scrollTo(0, 370))
    await blur()
    await fake({ height: 844, offsetTop: 120 })
    await expect.poll(pageY, { timeout: 5000 }).toBe(250)
  })
})

test('the page scrolls while the keyboard is up (stub)', async () => {
  await place(400, 1000)
  await fake({ height: 508 })
  await page.evaluate(() => scrollTo(0, 300))
  await expectAt(100, 508)
  await page.evaluate(() => scrollTo(0, 520))
  await expectAt(0, 480)
})
