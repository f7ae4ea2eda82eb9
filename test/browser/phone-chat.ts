/** A chat on a page of a phone whose viewport a test scripts: what stands where, in px of the window. */
import type { Browser } from 'playwright-core'
import { expect } from 'vitest'
import { hook, openPage, PHONE, type PageOptions, type TestPage } from '../kit/browser.ts'
import type { FakeViewport } from './fake-viewport.ts'

export interface Places {
  readonly panelTop: number
  readonly composerBottom: number
  /** The whole of the composer and the end of the last message are inside the panel, one above the other. */
  readonly isLastSeen: boolean
  /** The panel reaches from the left to the right edge of what is visible, and Send is inside. */
  readonly isWide: boolean
  readonly pageY: number
}

export interface PhoneChat extends TestPage {
  /** How far down the page is scrolled. */
  readonly pageY: number
  fake(values: FakeViewport): Promise<void>
  window(width: number, height: number): Promise<void>
  focus(): Promise<void>
  blur(): Promise<void>
  places(): Promise<Places>
  /** The chat fills the visible part from `top` to `bottom`, ± 1 px, and the page behind stands where it stood. */
  expectBand(top: number, bottom: number): Promise<void>
}

export interface PhoneChatOptions {
  /** In the page, before the chat is opened. */
  readonly prepare?: () => void
  readonly pageY?: number
  readonly page?: PageOptions
}

export async function phoneChat(
  browser: Browser,
  url: string,
  { prepare, pageY = 0, page: options = PHONE }: PhoneChatOptions = {},
): Promise<PhoneChat> {
  const opened = await openPage(browser, url, options)
  const { page, cdp } = opened
  if (prepare) await page.evaluate(prepare)
  await page.evaluate((y) => {
    memory.fill(40)
    scrollTo(0, y)
  }, pageY)
  if (!url.includes('inline')) await page.evaluate(() => chat.show())
  await hook(page, 'composer').waitFor()
  const field = (act: 'focus' | 'blur'): Promise<void> =>
    page.evaluate((name) => chat.shadowRoot!.querySelector('textarea')![name]({ preventScroll: true }), act)
  const places = (): Promise<Places> =>
    page.evaluate(() => {
      const box = (selector: string): DOMRect => chat.shadowRoot!.querySelector(selector)!.getBoundingClientRect()
      const [panel, form, list] = [box('.panel'), box('form'), box('.timeline')]
      const messages = chat.shadowRoot!.querySelectorAll('[data-test="message"]')
      const last = messages[messages.length - 1]!.getBoundingClientRect()
      return {
        panelTop: Math.round(panel.top),
        composerBottom: Math.round(form.bottom),
        isLastSeen: last.bottom <= list.bottom + 1 && last.bottom > list.top && list.bottom <= form.top + 1 && form.bottom <= panel.bottom + 1,
        isWide:
          Math.abs(panel.left - visualViewport!.offsetLeft) <= 1 &&
          Math.abs(panel.right - visualViewport!.offsetLeft - visualViewport!.width) <= 1 &&
          box('.send').right <= panel.right + 1,
        pageY: Math.round(scrollY),
      }
    })
  return {
    ...opened,
    pageY,
    places,
    fake: (values) => page.evaluate((each) => window.fakeViewport(each), values),
    async window(width, height) {
      await cdp.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 2, mobile: true })
    },
    focus: () => field('focus'),
    blur: () => field('blur'),
    async expectBand(top, bottom) {
      const isThere = async (): Promise<unknown> => {
        const seen = await places()
        return { ...seen, panelTop: near(seen.panelTop, top), composerBottom: near(seen.composerBottom, bottom) }
      }
      const want = { panelTop: top, composerBottom: bottom, isLastSeen: true, isWide: true, pageY }
      await expect.poll(isThere, { timeout: 5000 }).toEqual(want)
      // and it stays there
      await page.waitForTimeout(500)
      expect(await isThere()).toEqual(want)
    },
  }
}

/** What was wanted, where it is ± 1 px of it. */
const near = (got: number, want: number): number => (Math.abs(got - want) <= 1 ? want : got)
