/** The chat opens step by step, so that a slow phone goes on answering, and nothing moves meanwhile. */
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
})
afterAll(async () => {
  await browser.close()
  await site.close()
})
afterEach(() => opened.close())

const isBuilt = () => expect.poll(() => opened.page.evaluate(() => chat.shadowRoot!.querySelector('form') !== null)).toBe(true)

test.each([
  ['a phone: the panel', PHONE, 'section'],
  ['a desktop: the field', DESKTOP, 'textarea'],
] as const)('a tap on a launcher whose panel is ready shows it and moves the focus within the gesture, on %s', async (_name, options, focused) => {
  opened = await openPage(browser, `${site.url}/`, options)
  await isBuilt()
  const seen = await opened.page.evaluate(() => {
    const root = chat.shadowRoot!
    const form = root.querySelector('form')!
    const before = form.getClientRects().length
    root.querySelector<HTMLElement>('[data-test=launcher]')!.click()
    return { before, after: form.getClientRects().length, focused: root.activeElement?.localName }
  })
  expect(seen).toEqual({ before: 0, after: 1, focused })
})

test('a panel that nobody has opened asks for nobody’s presence and shows no message', async () => {
  opened = await openPage(browser, `${site.url}/`)
  await opened.page.evaluate(() => memory.fill(5))
  await isBuilt()
  await opened.page.waitForTimeout(300)
  expect(await opened.page.evaluate(() => chat.shadowRoot!.querySelectorAll('[data-test=message]').length)).toBe(0)
  expect(await opened.page.evaluate(() => told.filter(({ name }) => name === 'im-message'))).toEqual([])
})

test.each([
  ['', ''],
  [', also from right to left', 'dir=rtl'],
])('the composer comes first and stays where it is, then the newest messages, then those above, a screen in a task%s', async (_name, attributes) => {
  opened = await openPage(browser, `${site.url}/?${attributes}`)
  const { page, cdp } = opened
  await page.evaluate(() => memory.fill(60))
  await isBuilt()
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  const seen = await page.evaluate(async () => {
    const root = chat.shadowRoot!
    const counts = [0]
    const places = new Set<string>()
    const ends = new Set<number>()
    let first: number | undefined
    const rows = () => root.querySelectorAll<HTMLElement>('[data-test=message]')
    new MutationObserver(() => counts.push(rows().length)).observe(root.querySelector('.content')!, { childList: true })
    root.querySelector<HTMLElement>('[data-test=launcher]')!.click()
    const until = performance.now() + 3000
    while (performance.now() < until) {
      await new Promise(requestAnimationFrame)
      const panel = root.querySelector('.panel')!.getBoundingClientRect()
      // in the panel, which slides as a whole
      const { left, top, right, bottom } = root.querySelector('.field')!.getBoundingClientRect()
      places.add([left, top - panel.top, right, bottom - panel.top].map(Math.round).join())
      const all = rows()
      first ??= all.length
      if (all.length > 0) ends.add(Math.round(all[all.length - 1]!.getBoundingClientRect().bottom - panel.top))
    }
    return { counts, first, places: [...places], ends: [...ends] }
  })
  expect(seen.first).toBe(0)
  expect(seen.places).toHaveLength(1)
  expect(seen.ends).toHaveLength(1)
  expect(seen.counts[seen.counts.length - 1]).toBe(60)
  expect(Math.max(...seen.counts.map((count, at) => count - (seen.counts[at - 1] ?? 0)))).toBeLessThanOrEqual(16)
})

interface Frame {
  readonly at: number
  readonly top: number
  readonly left: number
  readonly width: number
  readonly opacity: number
  /** Of the composer inside the panel, before any motion. */
  readonly composer: string
}

/** What each frame shows for half a second after `act`; nothing once the panel is gone. */
const framesAfter = (act: 'show' | 'hide'): Promise<Frame[]> =>
  opened.page.evaluate(async (name) => {
    const root = chat.shadowRoot!
    const panel = root.querySelector<HTMLElement>('.panel')!
    const form = root.querySelector<HTMLElement>('form')!
    const frames: Frame[] = []
    const begin = performance.now()
    chat[name]()
    while (performance.now() < begin + 500) {
      await new Promise(requestAnimationFrame)
      if (panel.getClientRects().length === 0) continue
      const { top, left, width } = panel.getBoundingClientRect()
      const composer = [form.offsetLeft, form.offsetTop, form.offsetWidth, panel.offsetTop + form.offsetTop + form.offsetHeight].join()
      frames.push({ at: performance.now() - begin, top, left, width, opacity: Number(getComputedStyle(panel).opacity), composer })
    }
    return frames
  }, act)

const isOneWay = (values: readonly number[]): boolean => values.every((each, at) => at === 0 || each <= values[at - 1]! + 0.01)

test('on a phone an opaque panel slides up 24 px, once, over a composer that has its place from the first frame; closing goes quicker', async () => {
  opened = await openPage(browser, `${site.url}/`)
  await opened.page.evaluate(() => memory.fill(3))
  await isBuilt()
  const frames = await framesAfter('show')
  const tops = frames.map(({ top }) => top)
  expect(tops[0]).toBeGreaterThan(4)
  expect(Math.max(...tops)).toBeLessThanOrEqual(24)
  expect(isOneWay(tops)).toBe(true)
  expect(tops[tops.length - 1]).toBe(0)
  expect(new Set(frames.map(({ opacity }) => opacity))).toEqual(new Set([1]))
  expect(new Set(frames.map(({ composer }) => composer)).size).toBe(1)
  const closing = await framesAfter('hide')
  expect(isOneWay(closing.map(({ opacity }) => opacity))).toBe(true)
  expect(isOneWay(closing.map(({ top }) => -top))).toBe(true)
  expect(closing.length).toBeGreaterThan(2)
  expect(new Set(closing.map(({ composer }) => composer)).size).toBe(1)
})

test.each([
  ['right', '', 1280 - 20, 800 - 20],
  ['left', 'side=left', 20, 800 - 20],
] as const)('on a desktop it grows out of the launcher’s corner: %s', async (side, attributes, x, y) => {
  opened = await openPage(browser, `${site.url}/?${attributes}`, DESKTOP)
  await isBuilt()
  const frames = await framesAfter('show')
  expect(frames[0]!.width).toBeLessThan(380)
  expect(isOneWay(frames.map(({ width }) => -width))).toBe(true)
  expect(frames[frames.length - 1]!.width).toBe(384)
  const corners = await opened.page.evaluate(() => {
    const { right, left, bottom } = chat.shadowRoot!.querySelector('.panel')!.getBoundingClientRect()
    return { right, left, bottom }
  })
  for (const { left, width } of frames) expect(Math.round(side === 'right' ? left + width : left)).toBe(x)
  expect(corners.bottom).toBe(y)
  const closing = await framesAfter('hide')
  expect(closing.length).toBeGreaterThan(2)
  expect(isOneWay(closing.map(({ width }) => width))).toBe(true)
})

test('nothing moves where the person wants no motion, and a closed panel is gone at once', async () => {
  opened = await openPage(browser, `${site.url}/`, { ...PHONE, reducedMotion: 'reduce' })
  await isBuilt()
  expect(new Set((await framesAfter('show')).map(({ top }) => top))).toEqual(new Set([0]))
  expect(await framesAfter('hide')).toEqual([])
})

test('a panel that is closed and opened again at once stands where it belongs, and takes taps', async () => {
  opened = await openPage(browser, `${site.url}/`)
  await isBuilt()
  await framesAfter('show')
  await opened.page.evaluate(async () => {
    for (let at = 0; at < 5; at++) {
      chat.hide()
      await new Promise(requestAnimationFrame)
      chat.show()
    }
  })
  await hook(opened.page, 'close').tap()
  await expect.poll(() => opened.page.evaluate(() => chat.open)).toBe(false)
  await hook(opened.page, 'panel').waitFor({ state: 'hidden' })
})

test('a panel that is closing over the page takes no tap', async () => {
  opened = await openPage(browser, `${site.url}/`)
  await isBuilt()
  await framesAfter('show')
  const under = await opened.page.evaluate(async () => {
    chat.hide()
    await chat.updateComplete
    return document.elementFromPoint(195, 400)?.localName
  })
  expect(under).not.toBe('im-chat')
})

test('what the panel’s script imports is asked for beside it', async () => {
  opened = await openPage(browser, 'about:blank')
  const { page } = opened
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url().replace(/.*\/|\.\w{8}(?=\.js)/g, '')))
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/chat-panel-1.js', (route) => held.then(() => route.continue()))
  await page.goto(`${site.url}/`)
  await hook(page, 'launcher').tap()
  await expect.poll(() => asked).toEqual(expect.arrayContaining(['chat-panel-1.js', 'timeline-style.js']))
  release()
  await hook(page, 'panel').waitFor()
})

test('logout() before the element has made its client deletes what the person left on the device', async () => {
  opened = await openPage(browser, `${site.url}/by-loader.html`, { ...PHONE, expected: /WebSocket|\/im\/|\/v1\/|Failed to load/ })
  const left = await opened.page.evaluate(async () => {
    const { origin } = location
    localStorage.setItem(`im-chat~${origin}~guest`, '{}')
    localStorage.setItem(`im-chat~${origin}~guest~draft~shop:9`, '"half a sentence"')
    const tag = document.createElement('im-chat')
    tag.setAttribute('gateway', origin)
    tag.setAttribute('to', 'shop:9')
    document.body.append(tag)
    const { imChat } = window as unknown as { imChat: { load(name: string): void } }
    imChat.load('im-chat')
    await customElements.whenDefined('im-chat')
    tag.logout()
    return Object.keys(localStorage).filter((key) => key.includes('~guest'))
  })
  expect(left).toEqual([])
})
