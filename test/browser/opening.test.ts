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
      const { left, top, right, bottom } = root.querySelector('.field')!.getBoundingClientRect()
      places.add([left, top, right, bottom].map(Math.round).join())
      const all = rows()
      first ??= all.length
      if (all.length > 0) ends.add(Math.round(all[all.length - 1]!.getBoundingClientRect().bottom))
    }
    return { counts, first, places: [...places], ends: [...ends] }
  })
  expect(seen.first).toBe(0)
  expect(seen.places).toHaveLength(1)
  expect(seen.ends).toHaveLength(1)
  expect(seen.counts[seen.counts.length - 1]).toBe(60)
  expect(Math.max(...seen.counts.map((count, at) => count - (seen.counts[at - 1] ?? 0)))).toBeLessThanOrEqual(16)
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
