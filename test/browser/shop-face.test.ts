/** The shop's name and face in `<im-chat>`: head, first screen, hours, and what a page says in its place. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, settled, type PageOptions, type TestPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { PICTURES } from '../kit/pictures.ts'
import { axeComplaints } from './axe.ts'
import { person } from './person.ts'

const DAY_MS = 86_400_000
const DAYS = ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa']
const LOGO = 'https://shop.example/logo.png'
const KETTLES = {
  name: 'Kettle House',
  logo: LOGO,
  greeting: { en: 'Hello! How can we help?', 'zh-CN': '您好，有什么可以帮您？', ar: 'مرحبا! كيف يمكننا مساعدتك؟' },
  questions: {
    en: ['Where is my order?', 'Do you deliver abroad?', 'May I return it?', 'A fourth one'],
    'zh-CN': ['我的订单到哪里了？'],
    ar: ['أين طلبي؟'],
  },
  replyMinutes: 5,
}
/** Open on the day after tomorrow alone, so it is closed now whenever this runs. */
const LATER = { timeZone: 'UTC', open: [`${DAYS[new Date(Date.now() + 2 * DAY_MS).getUTCDay()]} 09:00-18:00`] }
const ALWAYS = { timeZone: 'UTC', open: ['Mo-Su 00:00-24:00'] }

let gateway: SpawnedGateway
let browser: Browser
let shopCount = 0

beforeAll(async () => {
  gateway = await spawnGateway({ API_KEY: 'key' })
  browser = await launchChromium(['--disable-features=LocalNetworkAccessChecks'])
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

/** Of a shop that says this about itself. */
async function newShop(record: object): Promise<string> {
  const shop = `f${++shopCount}`
  const headers = { authorization: 'Bearer key', 'content-type': 'application/json' }
  const { status } = await fetch(`${gateway.url}/v1/shops/${shop}`, { method: 'PUT', headers, body: JSON.stringify(record) })
  expect(status).toBe(200)
  return shop
}

async function openChat(shop: string, attributes = 'lang="en" open', options: PageOptions = PHONE, head = ''): Promise<TestPage> {
  const opened = await openPage(browser, 'about:blank', { bypassCSP: true, ...options })
  const { page } = opened
  await page.route(LOGO, (route) => route.fulfill({ contentType: 'image/png', body: PICTURES.png }))
  await page.route(`${gateway.url}/chat.html`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><html lang="en" ${head}><meta name="viewport" content="width=device-width"><title>Shop</title><main><h1>Shop</h1>
      <im-chat gateway="${gateway.url}" to="shop:${shop}" ${attributes}></im-chat></main><script src="${gateway.url}/im-chat.js"></script>`,
    }),
  )
  await page.addInitScript(() => {
    const shifts: number[] = ((globalThis as unknown as { shifts: number[] }).shifts = [])
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value)
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(`${gateway.url}/chat.html`)
  return opened
}

const title = (page: Page): Promise<string | null> => page.locator('im-chat .who .title').textContent()
const status = (page: Page): Promise<string | null> => page.locator('im-chat .who .status').textContent()
const greeting = (page: Page): Promise<string | null> => hook(page, 'greeting').textContent()
const questions = (page: Page): Promise<string[]> => hook(page, 'question').allTextContents()

test('the head has the name, the logo of 40 px and when an answer comes; the first screen greets and asks', async () => {
  const { page, close } = await openChat(await newShop(KETTLES))
  await expect.poll(() => title(page)).toBe('Kettle House')
  await expect.poll(() => status(page)).toBe('Usually answers in 5 minutes')
  expect(await greeting(page)).toBe('Hello! How can we help?')
  expect(await questions(page)).toEqual(['Where is my order?', 'Do you deliver abroad?', 'May I return it?'])
  const logo = page.locator('im-chat .avatar img')
  await expect.poll(() => logo.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0)
  await settled(page)
  expect(await logo.boundingBox()).toMatchObject({ width: 40, height: 40 })
  expect(await hook(page, 'note').textContent()).toBe('Nobody is here right now. Your message is kept, and the answer comes here.')
  expect(await axeComplaints(page)).toEqual([])
  await close()
})

test('one tap on a question asks it as a message, and the first screen is gone', async () => {
  const { page, close } = await openChat(await newShop(KETTLES))
  await hook(page, 'question').first().tap()
  await expect.poll(() => hook(page, 'message').locator('.text').allTextContents()).toEqual(['Where is my order?'])
  await expect.poll(() => hook(page, 'message').getAttribute('data-state')).toBe('sent')
  expect(await hook(page, 'empty').count()).toBe(0)
  await close()
})

test('who is there is named, and outside of hours it says when somebody is', async () => {
  const shop = await newShop({ ...KETTLES, hours: ALWAYS })
  const { page, close } = await openChat(shop)
  await expect.poll(() => status(page)).toBe('Usually answers in 5 minutes')
  const ann = await person(gateway, { sub: 'ann', name: 'Ann', role: 'agent', shop })
  await expect.poll(() => status(page)).toBe('Ann is online')
  expect(await hook(page, 'note').count()).toBe(0)
  await ann.ask('changeStatus', { status: 'away' })
  await expect.poll(() => status(page)).toBe('Usually answers in 5 minutes')
  ann.leave()
  await close()
  const closed = await openChat(await newShop({ ...KETTLES, hours: LATER }))
  await expect.poll(() => status(closed.page)).toMatch(/^Closed, back \w{3} at 0?9:00$/)
  expect(await hook(closed.page, 'note').textContent()).toMatch(/^Closed, back \w{3} at 0?9:00\. Your message is kept/)
  await closed.close()
  const never = await openChat(await newShop({ name: 'Kettle House', hours: { timeZone: 'UTC', open: [] } }))
  await expect.poll(() => status(never.page)).toBe('Closed')
  await never.close()
})

test('opening moves nothing, and the status has one word only', async () => {
  for (const record of [KETTLES, { ...KETTLES, hours: LATER }]) {
    const shop = await newShop(record)
    const { page, close } = await openChat(shop, 'lang="en"')
    await page.waitForFunction(() => document.querySelector('im-chat')?.getAttribute('connection') === 'live')
    await page.evaluate(() => {
      const root = document.querySelector('im-chat')!.shadowRoot!
      const words: string[] = ((globalThis as unknown as { words: string[] }).words = [])
      new MutationObserver(() => {
        const word = root.querySelector('.who .status')?.textContent?.trim()
        if (word && word !== words.at(-1)) words.push(word)
      }).observe(root, { subtree: true, childList: true, characterData: true })
    })
    await hook(page, 'launcher').tap()
    await expect.poll(() => status(page)).toMatch(/answers|Closed/)
    await page.waitForTimeout(300)
    expect(await page.evaluate(() => (globalThis as unknown as { words: string[] }).words)).toHaveLength(1)
    expect(await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts)).toEqual([])
    await close()
  }
})

test("the page's own words count before the shop's, and a wrong one does no harm", async () => {
  const shop = await newShop(KETTLES)
  const own = `lang="en" open name="My Kettles" greeting="Hi &lt;b&gt;you&lt;/b&gt;" hours='${JSON.stringify(LATER)}'`
  const { page, problems, close } = await openChat(shop, own)
  await expect.poll(() => title(page)).toBe('My Kettles')
  await expect.poll(() => status(page)).toMatch(/^Closed, back \w{3}/)
  expect(await greeting(page)).toBe('Hi <b>you</b>')
  const set = (name: string, value: string): Promise<void> =>
    page.evaluate(([key, to]) => void document.querySelector('im-chat')!.setAttribute(key!, to!), [name, value])
  await set('logo', 'javascript:alert(1)')
  await set('hours', '{"timeZone":"Mars/Olympus","open":["Mo 09:00-10:00"]}')
  await expect.poll(() => status(page)).toBe('Usually answers in 5 minutes')
  await set('hours', '{"timeZone":1}')
  await set('side', 'top')
  await set('name', '')
  await expect.poll(() => title(page)).toBe('Kettle House')
  expect(await page.locator('im-chat .avatar img').getAttribute('src')).toBe(LOGO)
  expect(problems).toEqual([])
  await close()
})

test('the launcher and the panel stand at the side that the page wants, also where it reads from right to left', async () => {
  const shop = await newShop(KETTLES)
  for (const [attributes, head, expected] of [
    ['', '', 'right'],
    ['side="start"', '', 'left'],
    ['side="left"', '', 'left'],
    ['', 'dir="rtl"', 'left'],
    ['side="start"', 'dir="rtl"', 'right'],
    ['side="right"', 'dir="rtl"', 'right'],
  ] as const) {
    const { page, close } = await openChat(shop, `lang="en" ${attributes}`, DESKTOP, head)
    const sideOf = async (name: string): Promise<string> => {
      const { x, width } = (await hook(page, name).boundingBox())!
      return x + width / 2 < 640 ? 'left' : 'right'
    }
    await hook(page, 'launcher').waitFor()
    expect([attributes, head, await sideOf('launcher')]).toEqual([attributes, head, expected])
    await hook(page, 'launcher').click()
    await hook(page, 'panel').waitFor()
    expect([attributes, head, await sideOf('panel')]).toEqual([attributes, head, expected])
    await close()
  }
})

test('a logo that cannot be loaded leaves a letter', async () => {
  const { page, close } = await openChat(await newShop({ name: 'Kettle House', logo: 'http://127.0.0.1:1/logo.png' }), 'lang="en" open', {
    ...PHONE,
    expected: /Failed to load resource|ERR_/,
  })
  await page.locator('im-chat .avatar img[hidden]').waitFor({ state: 'attached' })
  expect((await page.locator('im-chat .avatar').textContent())?.trim()).toBe('K')
  await close()
})

test('in the reader’s language, dark, narrow and from right to left it is complete', async () => {
  const shop = await newShop({ ...KETTLES, hours: LATER })
  for (const [name, attributes, options, head] of [
    ['phone-320', 'lang="en" open', { ...PHONE, viewport: { width: 320, height: 568 } }, ''],
    ['desktop', 'lang="en" open', DESKTOP, ''],
    ['dark', 'lang="en" open theme="dark"', PHONE, ''],
    ['rtl', 'lang="ar" open', PHONE, 'dir="rtl"'],
    ['zh', 'lang="zh-CN" open', PHONE, ''],
  ] as const) {
    const { page, close } = await openChat(shop, attributes, options, head)
    await hook(page, 'greeting').waitFor()
    await expect.poll(() => status(page)).not.toBe('')
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` })
    if (name === 'zh') expect([await greeting(page), await status(page)]).toEqual([KETTLES.greeting['zh-CN'], expect.stringContaining('已打烊')])
    expect([name, await axeComplaints(page)]).toEqual([name, []])
    await close()
  }
})

test('on the narrowest phone one reads the whole of when an answer comes, beside the button for the sound; in forced colours questions have an edge', async () => {
  const { page, close } = await openChat(await newShop(KETTLES), 'lang="en" open', { ...PHONE, viewport: { width: 320, height: 568 } })
  await expect.poll(() => status(page)).toBe('Usually answers in 5 minutes')
  await page.emulateMedia({ forcedColors: 'active' })
  expect(
    await hook(page, 'question')
      .first()
      .evaluate((node) => getComputedStyle(node).borderTopWidth),
  ).toBe('1px')
  await hook(page, 'question').first().tap()
  await hook(page, 'sound').waitFor()
  expect(
    await page.locator('im-chat .who .status').evaluate((node) => [node.scrollWidth <= node.clientWidth, node.scrollHeight <= node.clientHeight]),
  ).toEqual([true, true])
  await close()
})
