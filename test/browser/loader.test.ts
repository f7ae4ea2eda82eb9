/** The page's first kilobyte, under a strict CSP and Trusted Types. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hook, launchChromium, openPage, PHONE } from '../kit/browser.ts'
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

test('a click on [data-im-open] fetches the chat once and opens it with the clicked product', async () => {
  // The site has no gateway; that the chat looks for one and is told no is not what this is about.
  const opened = await openPage(browser, `${site.url}/by-loader.html`, { ...PHONE, expected: /WebSocket|\/im\/|\/v1\/|Failed to load/ })
  const fetched: string[] = []
  opened.page.on('request', (request) => request.url().endsWith('/modern/im-chat.js') && fetched.push(request.url()))
  expect(await opened.page.locator('im-chat').count()).toBe(0)
  await opened.page.locator('[data-im-open]').tap()
  await hook(opened.page, 'panel').waitFor()
  await hook(opened.page, 'close').tap()
  await opened.page.locator('[data-im-open]').tap()
  await hook(opened.page, 'panel').waitFor()
  expect(await opened.page.evaluate(() => document.querySelector('im-chat')!.to)).toBe('shop:9')
  expect(fetched).toEqual([`${site.url}/modern/im-chat.js`])
  await opened.close()
})

test('all files of a chat that begins open are asked for before one of them has come, each once, also where the tag comes after the loader', async () => {
  const opened = await openPage(browser, 'about:blank', { ...PHONE, locale: 'zh-CN', expected: /WebSocket|\/im\/|\/v1\/|Failed to load/ })
  const { page } = opened
  const asked: string[] = []
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/modern/*', async (route) => {
    asked.push(
      route
        .request()
        .url()
        .replace(/.*\/|\.\w{8}(?=\.js)/g, ''),
    )
    await held
    await route.continue()
  })
  const body = '<!doctype html><title>Shop</title><script src="/im-chat.js"></script><p>Kettle</p><im-chat open gateway="/" to="shop:9"></im-chat>'
  await page.route('**/late-tag.html', (route) => route.fulfill({ contentType: 'text/html', body }))
  await page.goto(`${site.url}/late-tag.html`, { waitUntil: 'domcontentloaded' })
  const files = [
    'add-styles.js',
    'chat-panel-1.js',
    'im-chat.js',
    'languages.js',
    'person-client.js',
    'queue-note.js',
    'register-language.js',
    'timeline-style.js',
    'zh-cn.js',
  ]
  await expect.poll(() => [...asked].sort()).toEqual(files)
  release()
  await hook(page, 'panel').waitFor()
  expect(asked.filter((name) => files.includes(name))).toHaveLength(files.length)
  await opened.close()
})

/** What a captive portal answers to everything until somebody has signed in. */
const portal = { status: 200, contentType: 'text/html', body: '<!doctype html><title>Sign in to Wi-Fi</title>' }

test.each([
  ['the entry', /\/(modern|es2017)\/im-chat\.js/],
  ['a file that the entry imports', /\/(modern|es2017)\/[\w-]+\.[a-z0-9]{8}\.js/],
])('a captive portal that answered for %s is forgotten when it is gone', async (_name, files) => {
  const opened = await openPage(browser, 'about:blank', { ...PHONE, expected: /./ })
  let isShut = true
  await opened.page.route(files, (route) => (isShut ? route.fulfill(portal) : route.continue()))
  await opened.page.goto(`${site.url}/by-loader.html`)
  await opened.page.locator('[data-im-open]').tap()
  await opened.page.waitForTimeout(1000)
  expect(await opened.page.evaluate(() => customElements.get('im-chat') === undefined)).toBe(true)
  isShut = false
  await opened.page.evaluate(() => dispatchEvent(new Event('online')))
  await hook(opened.page, 'panel').waitFor()
  // attempts that failed leave no tag behind
  expect(await opened.page.evaluate(() => document.head.querySelectorAll('script[type=module]').length)).toBe(1)
  await opened.close()
})

test.each([
  ['another body, as Turbo does', () => document.documentElement.replaceChild(document.createElement('body'), document.body)],
  ['other children, as pjax and view transitions do', () => document.body.replaceChildren(document.createElement('h1'), document.createElement('p'))],
])('the chat that the loader put up stays over %s', async (_name, visit) => {
  const opened = await openPage(browser, 'about:blank', { ...PHONE, expected: /./ })
  await opened.page.goto(`${site.url}/by-loader.html`)
  await opened.page.locator('[data-im-open]').tap()
  await hook(opened.page, 'composer').fill('half a sentence')
  await opened.page.evaluate(visit as () => void)
  await expect.poll(() => hook(opened.page, 'composer').inputValue()).toBe('half a sentence')
  expect(await opened.page.locator('im-chat').count()).toBe(1)
  await opened.close()
})

test('a chat that its page removes stays removed, and a tag that comes with another page works', async () => {
  const opened = await openPage(browser, 'about:blank', { ...PHONE, expected: /./ })
  await opened.page.goto(`${site.url}/by-loader.html`)
  await opened.page.locator('[data-im-open]').tap()
  await hook(opened.page, 'panel').waitFor()
  await opened.page.evaluate(() => document.querySelector('im-chat')!.remove())
  await opened.page.waitForTimeout(200)
  expect(await opened.page.locator('im-chat').count()).toBe(0)
  await opened.close()

  const other = await openPage(browser, 'about:blank', { ...PHONE, expected: /./ })
  await other.page.goto(`${site.url}/by-loader.html`)
  await other.page.evaluate(() => {
    const body = document.createElement('body')
    const tag = document.createElement('im-chat')
    tag.setAttribute('to', 'shop:9')
    tag.setAttribute('gateway', location.origin)
    body.append(tag)
    document.documentElement.replaceChild(body, document.body)
  })
  await hook(other.page, 'launcher').waitFor()
  await other.close()
})
