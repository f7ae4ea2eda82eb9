/** What `<im-chat>`'s head says: whether the shop is there and how available, while the own line is. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hook, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { spawnGateway, startGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { person } from './person.ts'

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway()
  browser = await launchChromium(['--disable-features=LocalNetworkAccessChecks'])
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

test("the shop's presence in words, in both languages; a lost connection of one's own is shown first", async () => {
  const { page, close } = await openPage(browser, 'about:blank', { ...PHONE, expected: /Failed to load resource|WebSocket|ERR_/ })
  await page.route(`${gateway.url}/shop.html`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><meta name="viewport" content="width=device-width"><im-chat gateway="${gateway.url}" to="shop:s7" lang="en" open></im-chat>
      <script src="${gateway.url}/im-chat.js"></script>`,
    }),
  )
  await page.goto(`${gateway.url}/shop.html`)
  const status = page.locator('im-chat .status')
  const says = (word: string, state: string): Promise<void> =>
    expect.poll(async () => [await status.textContent(), await status.getAttribute('data-state')], { timeout: 20_000 }).toEqual([word, state])
  await says('Offline', 'offline')
  const ann = await person(gateway, { sub: 'ann', name: 'Ann', role: 'agent', shop: 's7' })
  await says('Ann is online', 'live')
  await ann.ask('changeStatus', { status: 'busy' })
  await says('Busy', 'busy')
  await ann.ask('changeStatus', { status: 'away' })
  await says('Away', 'away')
  await page.evaluate(() => document.querySelector('im-chat')!.setAttribute('lang', 'zh-CN'))
  await says('离开', 'away')
  await ann.ask('changeStatus', { status: 'online' })
  await says('Ann 在线', 'live')
  await page.context().setOffline(true)
  await says('已离线', 'waiting')
  await hook(page, 'banner').waitFor()
  await page.context().setOffline(false)
  await says('Ann 在线', 'live')
  ann.leave()
  await close()
})

test('whoever asked too often is told later', async () => {
  const strict = await startGateway({}, { rates: { presence: { participant: { perMinute: 60, burst: 2 } } } })
  const ann = await person(strict, { sub: 'ann', name: 'Ann', role: 'agent', shop: 's8' })
  const { page, close } = await openPage(browser, 'about:blank', PHONE)
  await page.route(`${strict.url}/shop.html`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><im-chat gateway="${strict.url}" to="shop:s8" lang="en" open></im-chat><script src="${strict.url}/im-chat.js"></script>`,
    }),
  )
  const isOnline = (): Promise<void> => expect.poll(() => page.locator('im-chat .status').textContent(), { timeout: 20_000 }).toBe('Ann is online')
  await page.goto(`${strict.url}/shop.html`)
  await isOnline()
  const answers: string[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => answers.push(String(payload))))
  await page.reload()
  await isOnline()
  expect(answers.join()).toContain('rate_limited')
  ann.leave()
  await close()
  await strict.stop()
})
