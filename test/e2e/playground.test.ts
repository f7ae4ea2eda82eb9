/** The playground and the docs as people use them: everything in the table can be changed, both pages change, and the snippet says what was changed. */
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chatDoc, CSS_VARIABLES } from '../../widget/reference/element-docs.ts'
import { attributesOf } from '../../widget/reference/reference-files.ts'
import { axeComplaints } from '../browser/axe.ts'
import { DESKTOP, launchChromium, openPage, PHONE, type PageOptions, type TestPage } from '../kit/browser.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'

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

const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000, interval: 50 })
const phone = (page: Page): FrameLocator => page.frameLocator('#phone')
const plain = (page: Page): FrameLocator => page.frameLocator('#page')
const chats = (page: Page) => [phone(page), plain(page)].map((frame) => frame.locator('im-chat'))
const snippet = (page: Page): Promise<string | null> => page.locator('#snippet').textContent()
/** A phone's window grows with a page that is too wide. */
const wider = async (page: Page): Promise<number> => (await page.evaluate(() => document.documentElement.scrollWidth)) - page.viewportSize()!.width

async function playground(options: PageOptions = DESKTOP): Promise<TestPage> {
  const opened = await openPage(browser, `${gateway.url}/playground.html`, options)
  for (const chat of chats(opened.page)) await eventually(() => chat.getAttribute('connection')).toBe('live')
  return opened
}

const unfold = (page: Page): Promise<void> => page.evaluate(() => document.querySelectorAll('details').forEach((each) => void (each.open = true)))

test('there is a control for every attribute, css variable and part, each with its label', async () => {
  const { page, close } = await playground()
  await unfold(page)
  const names = (list: string): Promise<(string | undefined)[]> =>
    page.locator(`#${list} .control`).evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset.control))
  expect(await names('attributes')).toEqual(attributesOf(chatDoc).map(({ name }) => name))
  expect(await names('variables')).toEqual(Object.keys(CSS_VARIABLES))
  expect(await names('parts')).toEqual(Object.keys(chatDoc.parts))
  for (const name of await names('attributes')) await page.getByLabel(name!, { exact: true }).waitFor()
  await close()
})

test('what is chosen is in both pages at once and in the snippet, and goes with the defaults', async () => {
  const { page, close } = await playground()
  await unfold(page)
  const bare = await snippet(page)
  expect(bare).toBe(`<script async src="${gateway.url}/im-chat.js"></script>\n<im-chat gateway="${gateway.url}" to="shop:42"></im-chat>`)
  await page.getByLabel('name', { exact: true }).fill('Kettle House')
  await page.getByLabel('side', { exact: true }).selectOption('start')
  await page.getByLabel('muted', { exact: true }).check()
  await page.getByRole('button', { name: 'An example for product' }).click()
  await page.getByLabel('--im-accent', { exact: true }).fill('rgb(1, 2, 3)')
  await page.getByLabel('send', { exact: true }).fill('border-radius: 4px; } body { nonsense')
  for (const chat of chats(page)) {
    expect(await chat.evaluate((each) => [each.getAttribute('name'), each.getAttribute('side'), each.hasAttribute('muted')])).toEqual([
      'Kettle House',
      'start',
      true,
    ])
    expect(await chat.evaluate((each) => getComputedStyle(each).getPropertyValue('--im-accent').trim())).toBe('rgb(1, 2, 3)')
  }
  await phone(page).getByText('Kettle House').first().waitFor()
  await phone(page).getByText('Kumo pour-over kettle', { exact: true }).last().waitFor()
  expect(
    await phone(page)
      .locator('[data-test=send]')
      .evaluate((button) => getComputedStyle(button).borderRadius),
  ).toBe('4px')
  const text = await snippet(page)
  for (const piece of [
    'name="Kettle House"',
    ' muted',
    `product='{"id":"kumo"`,
    '--im-accent: rgb(1, 2, 3);',
    'im-chat::part(send) { border-radius: 4px; }',
  ])
    expect(text).toContain(piece)
  expect(text).not.toContain('nonsense')
  await page.getByRole('button', { name: 'Back to the defaults' }).click()
  expect(await snippet(page)).toBe(bare)
  expect(await chats(page)[1]!.getAttribute('name')).toBeNull()
  await close()
})

test('what is no value is said beside its field, and changes nothing', async () => {
  const { page, close } = await playground()
  await unfold(page)
  const bare = await snippet(page)
  const problem = (name: string): Promise<string | null> => page.locator(`[data-control="${name}"] .problem`).textContent()
  await page.getByLabel('hours', { exact: true }).fill('{"timeZone":')
  await page.getByLabel('--im-radius', { exact: true }).fill('round')
  await page.getByLabel('bubble', { exact: true }).fill('glitter: much')
  expect(await Promise.all(['hours', '--im-radius', 'bubble'].map(problem))).toEqual([
    'This is no JSON yet.',
    'Not a length that this browser knows.',
    'No declaration that this browser knows yet.',
  ])
  expect(await snippet(page)).toBe(bare)
  await close()
})

test('a look is a press, a language too, and both pages turn round', async () => {
  const { page, close } = await playground()
  await page.getByRole('button', { name: 'Midnight' }).click()
  expect(await page.getByRole('button', { name: 'Midnight' }).getAttribute('aria-pressed')).toBe('true')
  expect(await page.getByRole('button', { name: 'System' }).getAttribute('aria-pressed')).toBe('false')
  expect(await snippet(page)).toContain('theme="dark"')
  await page.getByLabel('Language of the chat').selectOption('ar')
  expect(await page.getByLabel('lang', { exact: true }).inputValue()).toBe('ar')
  await eventually(() => phone(page).locator('.root').first().getAttribute('dir')).toBe('rtl')
  await page.getByLabel('The page reads from right to left').check()
  expect(await plain(page).locator('html').getAttribute('dir')).toBe('rtl')
  await close()
})

test('the keyboard of the phone comes with the field, and the field stands above it', async () => {
  const { page, close } = await playground()
  expect(await page.evaluate(() => document.activeElement!.tagName), 'the page has its focus for itself').toBe('BODY')
  const field = phone(page).locator('[data-test=composer]')
  await field.click()
  await page.locator('#keyboard').waitFor()
  const gap = async (): Promise<number> => {
    const [box, keys] = [(await field.boundingBox())!, (await page.locator('#keyboard').boundingBox())!]
    return keys.y - (box.y + box.height)
  }
  await eventually(gap).toBeGreaterThanOrEqual(0)
  await eventually(gap).toBeLessThan(30)
  await page.getByRole('button', { name: 'Hide the keyboard' }).click()
  await page.locator('#keyboard').waitFor({ state: 'hidden' })
  await close()
})

test('what is written while the gateway is away waits, and is sent when it is back; without WebSocket it polls', async () => {
  const { page, close, problems } = await playground({ ...DESKTOP, expected: /WebSocket|Failed to load|refused-by/ })
  const [chat] = chats(page)
  await page.getByRole('button', { name: 'Gateway away' }).click()
  await eventually(() => chat!.getAttribute('connection')).not.toBe('live')
  await phone(page).locator('[data-test=composer]').fill('Are you there?')
  await phone(page).locator('[data-test=composer]').press('Enter')
  await phone(page).locator('[data-test=message][data-state=waiting]').waitFor()
  await page.getByRole('button', { name: 'No WebSocket' }).click()
  await phone(page).locator('[data-test=message][data-seq="1"]').waitFor({ timeout: 40_000 })
  await eventually(() => chat!.getAttribute('transport')).toBe('polling')
  await eventually(() => page.locator('#state').textContent()).toContain('phone: live, polling')
  await page.locator('summary', { hasText: 'Events' }).click()
  await page.locator('#events b', { hasText: 'im-send' }).waitFor()
  expect(problems).toEqual([])
  await close()
})

test.each([
  ['on a phone', PHONE],
  ['on a small phone', { ...PHONE, viewport: { width: 320, height: 568 } }],
  ['on a computer', DESKTOP],
  ['in the dark', { ...DESKTOP, colorScheme: 'dark' } satisfies PageOptions],
] as const)('%s nothing is wider than the screen, and axe has no complaint', async (_where, options) => {
  for (const path of [
    '/',
    '/playground.html',
    '/docs/',
    '/docs/start.html',
    '/docs/gateway.html',
    '/docs/theming.html',
    '/docs/repository/README.html',
  ]) {
    const { page, close } = await openPage(browser, gateway.url + path, { ...options, bypassCSP: true })
    if (path === '/playground.html') await unfold(page)
    expect([path, await wider(page)]).toEqual([path, 0])
    expect([path, await axeComplaints(page)]).toEqual([path, []])
    await close()
  }
})

test('the start page has the snippet on the first screen, also of a small phone, and a press copies it', async () => {
  const small = { ...PHONE, viewport: { width: 320, height: 568 } }
  const { page, context, close } = await openPage(browser, `${gateway.url}/`, small)
  const { y, height } = (await page.locator('.snippet').boundingBox())!
  expect(y + height).toBeLessThan(568)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Copy' }).tap()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await snippet(page))
  await close()
})

test('the docs are searched by keys alone', async () => {
  const { page, close } = await openPage(browser, `${gateway.url}/docs/`, DESKTOP)
  await page.keyboard.press('/')
  await page.keyboard.type('second secret rotation zebra')
  await page.getByText('Nothing has').waitFor({ state: 'attached' })
  await page.locator('#search').fill('doctor')
  await page.locator('#search-results a').first().waitFor()
  await page.keyboard.press('ArrowDown')
  expect(await page.evaluate(() => document.activeElement!.textContent)).toContain('The doctor')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${gateway.url}/docs/operate.html#the-doctor`)
  await page.locator('#the-doctor').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('backup')
  await page.locator('#search-results a').first().waitFor()
  await page.keyboard.press('Escape')
  await page.locator('#search-results').waitFor({ state: 'hidden' })
  await close()
})

test('llms.txt and the Markdown of a page are served as text', async () => {
  for (const [path, type] of [
    ['/llms.txt', 'text/plain; charset=utf-8'],
    ['/docs/start.md', 'text/markdown; charset=utf-8'],
  ] as const) {
    const response = await fetch(gateway.url + path)
    expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 200, type])
  }
})
