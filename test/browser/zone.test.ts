/** In an Angular app zone.js counts timers and requests; the app is stable only while there are none. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type {} from '../../widget/im-chat.ts'
import type {} from '../../widget/im-desk.ts'
import { DESKTOP, launchChromium, openPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'

let browser: Browser
let gateway: SpawnedGateway
let shop: Server

beforeAll(async () => {
  browser = await launchChromium()
  gateway = await spawnGateway()
  const zone = readFileSync('node_modules/zone.js/bundles/zone.umd.js')
  shop = createServer(({ url }, response) => {
    if (url === '/zone.js') return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(zone)
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end('<!doctype html><title>Shop</title><link rel="icon" href="data:,"><script src="/zone.js"></script><main></main>')
  }).listen(0, '127.0.0.1')
  await once(shop, 'listening')
})

afterAll(async () => {
  await browser.close()
  shop.close()
  await gateway.kill()
})

interface Zone {
  fork(spec: object): Zone
  run<T>(work: () => T): T
}

interface App {
  /** Runs as the app's own code does. */
  run<T>(work: () => T): T
  isStable: boolean
}

/** A page whose app is in a zone that is watched as Angular watches its own. */
async function openApp() {
  const opened = await openPage(browser, `http://127.0.0.1:${(shop.address() as AddressInfo).port}/`, DESKTOP)
  const { page } = opened
  await page.evaluate(() => {
    const { Zone } = window as unknown as { Zone: { current: Zone } }
    const app: App = { run: (work) => zone.run(work), isStable: true }
    const zone = Zone.current.fork({
      name: 'angular',
      onHasTask: (
        delegate: { hasTask(target: Zone, state: object): void },
        current: Zone,
        target: Zone,
        state: { change: string; macroTask: boolean },
      ) => {
        delegate.hasTask(target, state)
        if (current === target && state.change === 'macroTask') app.isStable = !state.macroTask
      },
    })
    Object.assign(window, { app })
  })
  await page.addScriptTag({ url: gateway.url + '/im-chat.js' })
  return opened
}

const add = (page: Page, html: string): Promise<void> =>
  page.evaluate((tag) => (window as unknown as { app: App }).app.run(() => void (document.querySelector('main')!.innerHTML = tag)), html)

/** Stable, and still so after whatever comes again and again has come once more. */
async function expectStable(page: Page): Promise<void> {
  const isStable = (): Promise<boolean> => page.evaluate(() => (window as unknown as { app: App }).app.isStable)
  await expect.poll(isStable, { timeout: 15_000 }).toBe(true)
  await page.waitForTimeout(1200)
  expect(await isStable()).toBe(true)
}

test('the app sees what zone.js counts', async () => {
  const { page, close } = await openApp()
  await page.evaluate(() => (window as unknown as { app: App }).app.run(() => void setInterval(() => {}, 1000)))
  expect(await page.evaluate(() => (window as unknown as { app: App }).app.isStable)).toBe(false)
  await close()
})

test.each(['websocket', 'polling'])('an app with a chat over %s becomes stable, whatever its code does with the chat', async (transport) => {
  const { page, close } = await openApp()
  if (transport === 'polling') await page.evaluate(() => Object.assign(window, { imChatPollingOnly: true }))
  await page.evaluate(() => customElements.whenDefined('im-chat').then(() => undefined))
  const token = await gateway.pass({ sub: `zone-${transport}` })
  await add(page, `<im-chat gateway="${gateway.url}" to="shop:42" token="${token}"></im-chat>`)
  await page.locator(`im-chat[connection=live][transport=${transport}]`).waitFor({ state: 'attached' })
  await expectStable(page)
  await page.evaluate(() =>
    (window as unknown as { app: App }).app.run(() => {
      const chat = document.querySelector('im-chat')!
      chat.setOnline(true)
      chat.setVisible(true)
      chat.send('hello')
      chat.show()
    }),
  )
  await page.locator('im-chat [data-test=composer]').fill('more')
  await page.locator('im-chat [data-test=send]').click()
  await page.locator('im-chat [data-test=message]').nth(1).waitFor()
  await expectStable(page)
  await close()
})

test('an app with a desk and an inbox becomes stable', async () => {
  const { page, close } = await openApp()
  await page.addScriptTag({ url: gateway.url + '/im-desk.js' })
  await page.addScriptTag({ url: gateway.url + '/im-inbox.js' })
  // defined before they are made, so that they are made in the app's zone
  await page.evaluate(() => Promise.all(['im-desk', 'im-inbox'].map((tag) => customElements.whenDefined(tag))).then(() => undefined))
  const [agent, buyer] = [await gateway.pass({ sub: 'ann', role: 'agent', shop: '42' }), await gateway.pass({ sub: 'zone-buyer' })]
  await add(page, `<im-desk gateway="${gateway.url}" token="${agent}"></im-desk><im-inbox gateway="${gateway.url}" token="${buyer}"></im-inbox>`)
  for (const tag of ['im-desk', 'im-inbox']) await page.locator(`${tag}[connection=live]`).waitFor({ state: 'attached' })
  await expectStable(page)
  await close()
})
