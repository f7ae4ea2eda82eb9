/** The page that plays an app around the chat: every kind of app, every message of the bridge, a real chat and a real gateway. */
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TO_PAGE } from '../../widget/bridge/contract.ts'
import { DESKTOP, launchChromium, openPage } from '../kit/browser.ts'
import { DEMO_WORD, startGateway, type StartedGateway } from '../kit/gateway.ts'

/** The kinds of app that the page plays → whether the phone has a back button. */
const APPS = {
  'android-interface': true,
  'android-listener': true,
  ios: false,
  'ios-reply': false,
  'react-native': true,
  flutter: true,
  'flutter-inappwebview': true,
  harmony: true,
}

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
    .poll(() =>
      page
        .locator('#log li.down', { hasText: `"type":"${type}"` })
        .first()
        .locator('code')
        .nth(1)
        .innerText(),
    )
    .toContain(answer)

describe.each(Object.entries(APPS))('an app of the kind %s', (app, hasBack) => {
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
  const apps = await page.locator('#platform option').evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value))
  expect(apps).toEqual(Object.keys(APPS))
  await close()
})

describe.each(['resize', 'inset', 'both'])('an app that for the keyboard does: %s', (strategy) => {
  test('sees the composer above the keyboard, and where it was when the keyboard is gone', async () => {
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

test('a pass makes the chat that person’s, another text is refused, and the page asks again after an invalid pass', async () => {
  const { page, chat, close } = await openSimulator('ios', 'inline')
  const role = (): Promise<string | undefined> =>
    chat.locator('im-chat').evaluate((element) => (element as HTMLElement & { token: string }).token.split('.').length.toString())
  await page.locator('[data-say=pass]:not([data-guest])').click()
  await answered(page, 'pass', '"ok":true')
  await expect.poll(role).toBe('3')
  await expect.poll(() => chat.locator('im-chat').getAttribute('connection')).toBe('live')
  const sayRaw = async (message: object): Promise<void> => {
    await page.locator('#raw input').fill(JSON.stringify(message))
    await page.locator('#raw button').click()
  }
  await sayRaw({ type: 'pass', token: 'rubbish' })
  await expect.poll(() => log(page)).toContain('pass.token is missing or not a pass.')
  await expect.poll(() => chat.locator('im-chat').getAttribute('connection')).toBe('live')
  expect(await log(page)).not.toContain('passNeeded')
  await sayRaw({ type: 'pass', token: 'bad.bad.bad' })
  await expect.poll(() => log(page)).toContain('"type":"passNeeded","code":"pass_invalid"')
  await page.locator('[data-say=pass]:not([data-guest])').click()
  await expect.poll(() => chat.locator('im-chat').getAttribute('connection')).toBe('live')
  await close()
})
