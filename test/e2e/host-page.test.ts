/** The page that plays an app around the chat: every kind of app, every message of the bridge, a real chat and a real gateway. */
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TO_PAGE } from '../../widget/bridge/contract.ts'
import { DESKTOP, launchChromium, openPage } from '../kit/browser.ts'
import { DEMO_WORD, startGateway, type StartedGateway } from '../kit/gateway.ts'
import { PLATFORMS } from '../../demo/pages/host-platforms.js'

interface Simulator {
  readonly page: Page
  readonly chat: FrameLocator
  close(): Promise<void>
}

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

async function openSimulator(app: string, mode: 'inline' | 'launcher'): Promise<Simulator> {
  const { page, close } = await openPage(browser, `${gateway.url}/host.html?word=${DEMO_WORD}&app=${app}&mode=${mode}`, DESKTOP)
  await expect.poll(() => log(page)).toContain('{"type":"host","opens":["link","image"]')
  return { page, chat: page.frameLocator('iframe'), close }
}

const log = (page: Page): Promise<string> => page.locator('#log').innerText()
const say = (page: Page, type: string, more = ''): Promise<void> => page.locator(`[data-say=${type}]${more}`).first().click()
/** What the app has learned of its last message, by a returned value or by an answer. */
const answered = (page: Page, type: string, answer: string) =>
  expect
    .poll(() => page.locator('#log li.down', { hasText: `"type":"${type}"` }).first().locator('code').nth(1).innerText())
    .toContain(answer)

describe.each(Object.entries(PLATFORMS))('an app of the kind %s', (app, { hasBack }) => {
  test('hears that the page is ready, what is unread and what is open, and its own messages do what they say', async () => {
    const { page, chat, close } = await openSimulator(app, 'launcher')
    expect(await log(page)).toContain('"type":"ready","version":1')
    await say(page, 'open', ':not([data-product])')
    await answered(page, 'open', '"ok":true')
    await chat.locator('textarea').waitFor()
    await expect.poll(() => log(page)).toContain('"type":"opened"')
    await say(page, hasBack ? 'back' : 'close')
    await answered(page, hasBack ? 'back' : 'close', hasBack ? '"consumed":true' : '"ok":true')
    await expect.poll(() => log(page)).toContain('"type":"closed"')
    await page.locator('#raw button').click()
    await expect.poll(() => log(page)).toContain('There is no such type.')
    await close()
  })
})

test('there is a button for each message of the contract', async () => {
  const { page, close } = await openSimulator('android-interface', 'inline')
  const types = await page.locator('[data-say]').evaluateAll((all) => all.map((button) => (button as HTMLElement).dataset.say!))
  expect(new Set(types)).toEqual(new Set(Object.keys(TO_PAGE)))
  await close()
})

describe.each(['resize', 'inset', 'both'])('an app that for the keyboard does: %s', (strategy) => {
  test('sees the composer on the keyboard, and where it was once the keyboard is gone', async () => {
    const { page, chat, close } = await openSimulator('android-interface', 'inline')
    await page.locator('#strategy').selectOption(strategy)
    const field = chat.locator('textarea')
    const screen = (await page.locator('.screen').boundingBox())!
    /** Px between the composer's lower edge and the screen's. */
    const gap = async (): Promise<number> => {
      const box = (await chat.locator('im-chat form').boundingBox())!
      return Math.round(screen.y + screen.height - (box.y + box.height))
    }
    await field.click()
    await expect.poll(gap).toBeGreaterThanOrEqual(299)
    expect(await gap()).toBeLessThanOrEqual(302)
    await page.locator('#keyboard').click()
    await expect.poll(gap).toBeLessThanOrEqual(2)
    await close()
  })
})

test('a pass of the app makes the chat that person’s, and what is no pass is refused', async () => {
  const { page, chat, close } = await openSimulator('ios', 'inline')
  await say(page, 'pass', ':not([data-guest])')
  await answered(page, 'pass', '"ok":true')
  const side = (): Promise<string | undefined> =>
    chat.locator('im-chat').evaluate((element) => (element as HTMLElement & { client?: { who: { sub: string } } }).getAttribute('connection') ?? undefined)
  await expect.poll(side).toBe('live')
  await page.locator('#raw input').fill('{"type":"pass","token":"rubbish"}')
  await page.locator('#raw button').click()
  await expect.poll(() => log(page)).toContain('"ok":false')
  await close()
})
