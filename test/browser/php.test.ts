/** A PHP backend speaks to a person's pages: real php-cli with phpredis, a ring of Redis servers, a gateway, Chromium. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, launchChromium, openPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { startRing, type RedisGroup } from '../kit/redis.ts'

let ring: RedisGroup
let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  ring = await startRing(3)
  gateway = await spawnGateway({ REDIS_URL: ring.url })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await ring.stop()
})

/** The script picks the server; resolves with the number of gateways that heard it. */
async function publish(sourceid: string, fromid: string, json: unknown): Promise<string> {
  const ports = ring.servers.map(({ port }) => port).join(',')
  const { stdout } = await promisify(execFile)('php', ['test/gateway/publish.php', ports, sourceid, fromid, JSON.stringify(json)])
  return stdout.trim()
}

/** What the page is told from now on. */
async function listen(page: Page, tag: string): Promise<() => Promise<unknown[]>> {
  await page.locator(tag).evaluate((element) => {
    const told: unknown[] = []
    Object.assign(window, { told })
    element.addEventListener('im-notice', (event) => told.push((event as CustomEvent<unknown>).detail))
  })
  return () => page.evaluate(() => (window as unknown as { told: unknown[] }).told)
}

const COUPON = { type: 'coupon', text: '满100减5 / 5 off', shop: 42 }

test.each([
  ['wx', '10086'],
  ['m.', '张三'],
])('the inbox of %s%s follows what PHP says, and hears its notice', async (src, sub) => {
  const token = await gateway.pass({ src, sub })
  const inbox = await openPage(browser, `${gateway.url}/inbox.html?token=${token}`, DESKTOP)
  const { page } = inbox
  await page.locator('im-inbox[connection="live"]').waitFor()
  const notices = await listen(page, 'im-inbox')
  expect(await publish(src, sub, { type: 'syncChangeUser', uid: 'shop:42', socketid: 'php', changeUserData: { from: '首页' } })).toBe('1')
  await page.locator('im-inbox [data-test=panel][data-to="shop:42"]').waitFor()
  expect(await page.locator('im-inbox').evaluate((element) => (element as unknown as { to: string }).to)).toBe('shop:42')
  await publish(src, sub, COUPON)
  await expect.poll(notices).toEqual([COUPON])
  await inbox.close()
})

test('the chat on a product page gets a notice, too, and stays with its shop', async () => {
  const token = await gateway.pass({ src: 'wx', sub: '7' })
  const product = await openPage(browser, `${gateway.url}/product.html`, DESKTOP)
  const { page } = product
  await page.locator('im-chat[connection="live"]').waitFor({ state: 'attached' })
  const to = await page.locator('im-chat').evaluate((element, pass) => {
    const chat = element as HTMLElementTagNameMap['im-chat']
    const { gateway: address } = chat
    const mine = document.createElement('im-chat')
    Object.assign(mine, { gateway: address, token: pass, to: chat.to })
    chat.replaceWith(mine)
    return mine.to
  }, token)
  await page.locator('im-chat[connection="live"]').waitFor({ state: 'attached' })
  const notices = await listen(page, 'im-chat')
  await publish('wx', '7', { type: 'syncChangeUser', uid: 'shop:99', socketid: 'php', changeUserData: { toid: 'shop:99' } })
  await publish('wx', '7', COUPON)
  await expect.poll(notices).toEqual([COUPON])
  expect(await page.locator('im-chat').evaluate((element) => (element as HTMLElementTagNameMap['im-chat']).to)).toBe(to)
  await product.close()
})
