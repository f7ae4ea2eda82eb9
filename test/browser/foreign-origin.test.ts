/** A page whose origin is not in ORIGINS, in a real browser: the person, the page, its author and the operator each hear why, once. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { hook, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'

let browser: Browser
let gateway: SpawnedGateway
let shop: Server
let tag: string

beforeAll(async () => {
  browser = await launchChromium()
  shop = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html><html lang="en"><meta charset="utf-8">
<title>Shop</title><script>refused = []; addEventListener('im-refused', ({ detail }) => refused.push(detail.code), true)</script>${tag}
<script src="${gateway.url}/im-chat.js"></script></html>`)
  }).listen(0, '127.0.0.1')
  await once(shop, 'listening')
})
afterAll(async () => {
  await browser.close()
  shop.close()
})
beforeEach(async () => {
  gateway = await spawnGateway({ ORIGINS: 'https://shop.example', LOG_LEVEL: 'warn' })
})
afterEach(() => gateway.kill())

test.each(['a guest', 'a person with a pass'])('%s', async (who) => {
  const pass = who === 'a guest' ? '' : `token="${await gateway.pass({ sub: 'c1' })}"`
  tag = `<im-chat gateway="${gateway.url}" to="shop:42" lang="en" open ${pass}></im-chat>`
  const origin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
  const { page, close } = await openPage(browser, 'about:blank', { ...PHONE, expected: /Failed to load resource|WebSocket connection|CORS/ })
  const warnings: string[] = []
  // the browser's own say that a connection was given up while it opened
  page.on('console', (message) => message.type() === 'warning' && message.text().startsWith('<im-chat>') && warnings.push(message.text()))
  await page.goto(origin)
  const banner = hook(page, 'banner')
  await expect.poll(() => banner.innerText(), { timeout: 20_000 }).toBe('Chat isn’t available on this page.')
  // some time for whoever would try again
  await page.evaluate(
    () =>
      new Promise((done) => {
        setTimeout(done, 1500)
      }),
  )
  expect(await page.evaluate(() => (window as unknown as { refused: string[] }).refused)).toEqual(['origin_forbidden'])
  await expect.poll(() => warnings).toEqual([expect.stringContaining(`Add ${origin} to the setting ORIGINS`)])
  expect(warnings[0]).toContain(gateway.url)
  const lines = gateway
    .output()
    .split('\n')
    .filter((line) => line.includes('origin_forbidden') || line.includes('ORIGINS'))
  const sentence = `The page is from ${origin}, this gateway is ${new URL(gateway.url).host}. If the page is yours, add its origin to ORIGINS.`
  expect(lines).toEqual([expect.stringContaining(sentence)])
  await close()
})
