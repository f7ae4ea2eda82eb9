/** A fresh pass that a real gateway refuses: the element, the page and the app around it hear why, and the next pass goes on. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type {} from '../../widget/im-chat.ts'
import { launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'

let browser: Browser
let gateway: SpawnedGateway

beforeAll(async () => {
  browser = await launchChromium()
  gateway = await spawnGateway()
})

afterAll(async () => {
  await browser.close()
  await gateway.kill()
})

interface AppWindow {
  readonly heard: { readonly type: string; readonly code?: string }[]
  readonly refused: string[]
  readonly imChatBridge: { receive(message: unknown): unknown }
}

test.each(['bridge', 'property'] as const)('a pass that comes by the %s and is refused is told, and the next one is taken', async (way) => {
  const { page, close } = await openPage(browser, 'about:blank', { ...PHONE, expected: /Failed to load resource/ })
  await page.addInitScript(() => {
    const heard: unknown[] = []
    Object.assign(window, { heard, refused: [], ImChatHost: { postMessage: (json: string) => heard.push(JSON.parse(json)) } })
  })
  await page.goto(`${gateway.url}/`)
  const token = await gateway.pass({ sub: `renews-by-${way}` })
  await page.setContent(`<im-chat gateway="${gateway.url}" to="shop:42" token="${token}"></im-chat><script src="${gateway.url}/im-chat.js"></script>`)
  const live = page.locator('im-chat[connection=live]')
  await live.waitFor({ state: 'attached' })
  await expect.poll(() => page.evaluate(() => 'imChatBridge' in window)).toBe(true)
  await page.evaluate(() => {
    const { refused } = window as unknown as AppWindow
    document.querySelector('im-chat')!.addEventListener('im-refused', ({ detail }) => refused.push(detail.code))
  })
  const set = (pass: string): Promise<void> =>
    page.evaluate(
      ([by, each]) => {
        if (by === 'bridge') (window as unknown as AppWindow).imChatBridge.receive({ type: 'pass', token: each })
        else document.querySelector('im-chat')!.token = each!
      },
      [way, pass],
    )
  // signed by somebody else: the claims are the person's, so only the gateway can tell
  const forged = token.slice(0, token.lastIndexOf('.') + 1) + 'AAAA' + token.slice(token.lastIndexOf('.') + 5)
  await set(forged)
  await page.locator('im-chat[connection=refused]').waitFor({ state: 'attached' })
  const told = () =>
    page.evaluate(() => {
      const { heard, refused } = window as unknown as AppWindow
      return { codes: heard.filter(({ type }) => type === 'passNeeded').map(({ code }) => code), refused }
    })
  await expect.poll(told).toEqual({ codes: ['pass_invalid'], refused: ['pass_invalid'] })
  await set(await gateway.pass({ sub: `renews-by-${way}`, ttlMs: 3_600_000 }))
  await live.waitFor({ state: 'attached' })
  expect(await told()).toEqual({ codes: ['pass_invalid'], refused: ['pass_invalid'] })
  await close()
})
