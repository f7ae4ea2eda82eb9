/**
 * The soft keyboard, every way it can be made to come and go here, asserted to the pixel. `(stub)`: the visual viewport is
 * faked, see fake-viewport.ts; all others are Chromium's own metrics and its own virtual keyboard.
 */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hook, launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
import { chatSite, type ChatSite } from './chat-site.ts'
import type { FakeViewport } from './fake-viewport.ts'

const PAGE_Y = 700

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

beforeEach(async () => {
  opened = await openPage(browser, `${site.url}/`, PHONE)
  await opened.page.evaluate((y) => {
    memory.fill(40)
    scrollTo(0, y)
  }, PAGE_Y)
  await hook(opened.page, 'launcher').click()
  await settled()
})

afterEach(() => opened.close())

const metrics = async (width: number, height: number): Promise<void> => {
  await opened.cdp.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 2, mobile: true })
}
const fake = (values: FakeViewport): Promise<void> => opened.page.evaluate((each) => window.fakeViewport(each), values)
const focus = (): Promise<void> => opened.page.evaluate(() => chat.shadowRoot!.querySelector('textarea')!.focus({ preventScroll: true }))
const blur = (): Promise<void> => opened.page.evaluate(() => chat.shadowRoot!.querySelector('textarea')!.blur())
const forgetFrames = (): Promise<void> => opened.page.evaluate(() => void (window.bottoms.length = 0))
const keyboard = async (top: number | undefined): Promise<void> => {
  const keyboardRect = top === undefined ? {} : { keyboardRect: { x: 0, y: top, width: 390, height: 844 - top } }
  await opened.cdp.send('Emulation.setVirtualKeyboardGeometryOverride' as 'Emulation.setDeviceMetricsOverride', keyboardRect as never)
}

interface Seen {
  readonly composerBottom: number
  readonly panelTop: number
  readonly lastGap: number
  readonly pageY: number
  readonly isOpen: boolean
  readonly turns: number
}

/** Where things stand. `lastGap`: from the last message down to the end of the list, less the list's own padding, in steps of 2 px. */
const look = (): Promise<Seen> =>
  opened.page.evaluate(() => {
    const find = (selector: string): Element => chat.shadowRoot!.querySelector(selector)!
    const messages = chat.shadowRoot!.querySelectorAll('[data-test="message"]')
    const list = find('.timeline').getBoundingClientRect()
    let turns = 0
    let way = 0
    window.bottoms.forEach((bottom, at, all) => {
      const step = Math.sign(bottom - (all[at - 1] ?? bottom))
      if (step !== 0 && way !== 0 && step !== way) turns++
      if (step !== 0) way = step
    })
    return {
      composerBottom: Math.round(find('form').getBoundingClientRect().bottom),
      panelTop: Math.round(find('.panel').getBoundingClientRect().top),
      lastGap: Math.trunc((list.bottom - messages[messages.length - 1]!.getBoundingClientRect().bottom - 10) / 2) || 0,
      pageY: Math.round(scrollY),
      isOpen: find('[data-frame]').hasAttribute('data-keyboard'),
      turns,
    }
  })

/** Waits until the composer has stood still for 12 frames from now on. */
async function settled(): Promise<void> {
  const seen = await opened.page.evaluate(() => window.bottoms.length)
  await opened.page.waitForFunction((from) => {
    const { bottoms } = window
    return bottoms.length > from + 12 && new Set(bottoms.slice(-12)).size === 1
  }, seen)
}

/** The composer's bottom is the visible bottom, the last message is in view, nothing behind moved, no frame went back and forth. */
async function expectAt(bottom: number, more: Partial<Seen> = {}): Promise<void> {
  const want = { panelTop: 0, lastGap: 0, pageY: PAGE_Y, turns: 0, ...more }
  await expect.poll(async () => (await look()).composerBottom, { timeout: 5000 }).toBe(bottom)
  await settled()
  const seen = await look()
  expect(seen).toEqual({ isOpen: seen.isOpen, composerBottom: bottom, ...want })
}

describe('the composer is right above the keyboard', () => {
  test('without a keyboard it stands at the bottom', () => expectAt(844, { isOpen: false }))

  test('the window shrinks (adjustResize, resizes-content)', async () => {
    await focus()
    await metrics(390, 508)
    await expectAt(508, { isOpen: true })
  })

  test('the window shrinks in eight steps', async () => {
    await focus()
    for (let step = 1; step <= 8; step++) await metrics(390, 844 - 42 * step)
    await expectAt(508, { isOpen: true })
  })

  test('Back hides the keyboard, focus stays', async () => {
    await focus()
    await metrics(390, 508)
    await expectAt(508)
    await forgetFrames()
    await metrics(390, 844)
    await expectAt(844, { isOpen: false })
  })

  test('the visual viewport shrinks (resizes-visual, stub)', async () => {
    await focus()
    await fake({ height: 508 })
    await expectAt(508, { isOpen: true })
  })

  test('it shrinks and pans as on iOS (stub)', async () => {
    await focus()
    await fake({ height: 508, offsetTop: 120 })
    await expectAt(628, { isOpen: true, panelTop: 120 })
  })

  test('the event comes before the new height (stub)', async () => {
    await focus()
    await fake({})
    await opened.page.evaluate(() => new Promise((done) => setTimeout(done, 120)))
    await fake({ height: 508, silent: true })
    await expectAt(508, { isOpen: true })
  })

  test('no event comes (stub)', async () => {
    await focus()
    await settled()
    await fake({ height: 508, silent: true })
    await expectAt(508, { isOpen: true })
  })

  test('Done hides it: first focus goes, then the height comes back (stub)', async () => {
    await focus()
    await fake({ height: 508, offsetTop: 60 })
    await expectAt(568, { panelTop: 60 })
    await forgetFrames()
    await blur()
    await fake({ height: 844, offsetTop: 0 })
    await expectAt(844, { isOpen: false })
  })

  test('a height of zero in between is ignored (stub)', async () => {
    await focus()
    await fake({ height: 508 })
    await expectAt(508)
    await forgetFrames()
    await fake({ height: 0 })
    await settled()
    await fake({ height: 508 })
    await expectAt(508, { isOpen: true })
  })

  test('the emoji keyboard is taller (stub)', async () => {
    await focus()
    await fake({ height: 508 })
    await expectAt(508)
    await forgetFrames()
    await fake({ height: 460 })
    await expectAt(460, { isOpen: true })
  })

  test("a hardware keyboard's bar lifts it without being a keyboard (stub)", async () => {
    await focus()
    await fake({ height: 789 })
    await expectAt(789, { isOpen: false })
  })

  test('the keyboard overlays the page (virtual keyboard geometry)', async () => {
    await focus()
    await keyboard(508)
    await expectAt(508, { isOpen: true })
    await forgetFrames()
    await keyboard(undefined)
    await expectAt(844, { isOpen: false })
  })

  test('the host app says how much it covers, and that counts once', async () => {
    await focus()
    await opened.page.evaluate(() => chat.setViewportInset({ bottom: 336 }))
    await expectAt(508, { isOpen: true })
    await forgetFrames()
    await metrics(390, 508)
    await expectAt(508, { isOpen: true })
    await opened.page.evaluate(() => chat.setViewportInset({ bottom: 0 }))
    await forgetFrames()
    await metrics(390, 844)
    await expectAt(844)
  })
})

describe('what the host app covers', () => {
  const cover = (bottom: number): Promise<void> => opened.page.evaluate((px) => chat.setViewportInset({ bottom: px }), bottom)

  test('of a window that had become shorter before, as in a split screen', async () => {
    await metrics(390, 724)
    await expectAt(724)
    await focus()
    await cover(336)
    await expectAt(388, { isOpen: true })
  })

  test('of a window that became shorter while the field had the focus', async () => {
    await focus()
    await metrics(390, 724)
    await expectAt(724)
    await cover(336)
    await expectAt(388, { isOpen: true })
  })

  test('of a window that becomes shorter while the keyboard is up', async () => {
    await focus()
    await cover(336)
    await expectAt(508)
    await metrics(390, 724)
    await settled()
    await forgetFrames()
    await expectAt(388, { isOpen: true })
  })

  test('of the lower half of a screen, and of the whole again', async () => {
    await focus()
    await metrics(390, 422)
    await cover(240)
    await expectAt(182, { isOpen: true })
    await cover(0)
    await metrics(390, 844)
    await forgetFrames()
    await expectAt(844, { isOpen: false })
  })

  test('with a window that shrinks step by step, first or afterwards', async () => {
    await focus()
    await cover(336)
    // each of the steps may take long enough to be taken for the last
    for (let step = 1; step <= 8; step++) await metrics(390, 844 - 42 * step)
    await forgetFrames()
    await expectAt(508, { isOpen: true })
    await cover(0)
    for (let step = 7; step >= 0; step--) await metrics(390, 844 - 42 * step)
    await forgetFrames()
    await expectAt(844, { isOpen: false })
    for (let step = 1; step <= 8; step++) await metrics(390, 844 - 42 * step)
    await cover(336)
    await forgetFrames()
    await expectAt(508, { isOpen: true })
  })
})

describe('a keyboard that goes without a word', () => {
  test('long after the field has lost the focus, as behind a picker (stub)', async () => {
    await focus()
    await fake({ height: 508, offsetTop: 60 })
    await expectAt(568, { panelTop: 60 })
    await blur()
    await opened.page.waitForTimeout(1500)
    expect((await look()).composerBottom).toBe(568)
    await forgetFrames()
    await fake({ height: 844, offsetTop: 0, silent: true })
    await expectAt(844, { isOpen: false })
  })

  test('and one that comes so again after that (stub)', async () => {
    await focus()
    await fake({ height: 508 })
    await expectAt(508)
    await blur()
    await opened.page.waitForTimeout(1500)
    await forgetFrames()
    await fake({ height: 844, silent: true })
    await expectAt(844, { isOpen: false })
    await focus()
    await opened.page.waitForTimeout(1500)
    await forgetFrames()
    await fake({ height: 508, silent: true })
    await expectAt(508, { isOpen: true })
  })
})

describe('what is not a keyboard', () => {
  test('a pinch while reading', async () => {
    await opened.cdp.send('Emulation.setPageScaleFactor', { pageScaleFactor: 1.66 })
    await settled()
    expect(await look()).toMatchObject({ composerBottom: 844, isOpen: false })
  })

  test('a pinch while the keyboard is up: nothing moves (stub)', async () => {
    await focus()
    await fake({ height: 508 })
    await expectAt(508)
    await fake({ height: 300, scale: 1.7 })
    await settled()
    await expectAt(508, { isOpen: true })
  })

  test('a window that becomes shorter while nobody writes (split screen): the keyboard is told from there', async () => {
    await blur()
    // A keyboard is gone by then, and what is left is the window.
    await opened.page.waitForTimeout(1500)
    await metrics(390, 600)
    await expectAt(600, { isOpen: false })
    await focus()
    await expectAt(600, { isOpen: false })
    await metrics(390, 300)
    await forgetFrames()
    await expectAt(300, { isOpen: true })
  })

  test('the phone is turned', async () => {
    await metrics(844, 390)
    await expectAt(390, { isOpen: false })
  })

  test('the phone is turned with the keyboard up: the composer is right in the new shape', async () => {
    await focus()
    await metrics(390, 508)
    await expectAt(508)
    await metrics(844, 190)
    await forgetFrames()
    await expectAt(190, { isOpen: true })
    await forgetFrames()
    await metrics(844, 390)
    await expectAt(390, { isOpen: false })
    await metrics(844, 190)
    await forgetFrames()
    await expectAt(190, { isOpen: true })
    await metrics(390, 508)
    await forgetFrames()
    await expectAt(508, { isOpen: true })
  })
})

describe('the reader', () => {
  test('a reader up in the history keeps the bottom line (stub)', async () => {
    const bottomLine = (): Promise<string> =>
      opened.page.evaluate(() => {
        const list = chat.shadowRoot!.querySelector('.timeline')!.getBoundingClientRect()
        const messages = [...chat.shadowRoot!.querySelectorAll('[data-test="message"]')]
        const seen = messages.filter((each) => each.getBoundingClientRect().top < list.bottom)
        const last = seen[seen.length - 1]!
        return `${last.getAttribute('data-id')} ${Math.round(list.bottom - last.getBoundingClientRect().top)}`
      })
    await opened.page.evaluate(() => (chat.shadowRoot!.querySelector('.timeline')!.scrollTop -= 700))
    await hook(opened.page, 'latest').waitFor()
    const before = await bottomLine()
    await focus()
    await fake({ height: 508 })
    await expect.poll(async () => (await look()).composerBottom).toBe(508)
    await settled()
    expect(await bottomLine()).toBe(before)
    await fake({ height: 844 })
    await expect.poll(async () => (await look()).composerBottom).toBe(844)
    await settled()
    expect(await bottomLine()).toBe(before)
  })

  test('focus that flickers while Send is tapped moves nothing (stub)', async () => {
    await focus()
    await fake({ height: 508 })
    await expectAt(508)
    await forgetFrames()
    await blur()
    await focus()
    await expectAt(508, { isOpen: true })
  })

  test('the page behind is restored as it was', async () => {
    await hook(opened.page, 'close').click()
    expect(await opened.page.evaluate(() => [scrollY, document.documentElement.style.overflow])).toEqual([PAGE_Y, ''])
  })

  test('a field that grows keeps the last message in view, and stops at 40 % of what is visible', async () => {
    await focus()
    await metrics(390, 508)
    await expectAt(508)
    await hook(opened.page, 'composer').fill('line\n'.repeat(30))
    await expectAt(508, { turns: 0 })
    const height = await opened.page.evaluate(() => chat.shadowRoot!.querySelector('.field')!.getBoundingClientRect().height)
    expect(Math.round(height)).toBe(Math.round(508 * 0.4))
  })
})
