/** Pictures that wait for a connection, and what pictures look like: a real browser, a real gateway behind a connection that can be cut. */
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type PageOptions, type TestPage } from '../kit/browser.ts'
import { openFaultProxy, type FaultProxy } from '../kit/fault-proxy.ts'
import { startGateway, type StartedGateway } from '../kit/gateway.ts'
import { pastePicture as paste } from './paste-picture.ts'
import { person, type Person } from './person.ts'

interface Logged {
  readonly kind: string
  readonly body: { readonly text: string; readonly url: string; readonly width: number; readonly height: number }
}

let browser: Browser
let gateway: StartedGateway
let proxy: FaultProxy
let site: Server
let agent: Person
let token: string
let opened: TestPage

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser.close())

beforeEach(async () => {
  gateway = await startGateway({ IMAGES_PER_MINUTE: '0' })
  proxy = await openFaultProxy(gateway.port)
  agent = await person(gateway, { sub: 'a1', role: 'agent', shop: '42' })
  token = await gateway.pass({ sub: 'c1', name: 'Mia' })
  const deskToken = await gateway.pass({ sub: 'a2', role: 'agent', shop: '42' })
  site = createServer(({ url }, response) => {
    const tag =
      url === '/desk'
        ? `im-desk gateway="${proxy.url}" token="${deskToken}" to="c1"`
        : `im-chat gateway="${proxy.url}" token="${token}" to="shop:42" open`
    const name = tag.split(' ')[0]!
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy(proxy.url) })
      .end(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Shop</title><${tag}></${name}>
<script src="${proxy.url}/${name}.js"></script></html>`)
  })
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
})

afterEach(async () => {
  await opened.close()
  agent.leave()
  site.closeAllConnections()
  site.close()
  await proxy.close()
  await gateway.stop()
})

/** What a page must allow: the gateway, and previews. */
const policy = (address: string): string =>
  [
    `default-src 'none'`,
    `script-src ${address}`,
    `style-src ${address}`,
    `img-src ${address} data:`,
    `connect-src ${address} ${address.replace('http', 'ws')}`,
    `require-trusted-types-for 'script'`,
  ].join('; ')

const open = async (device: PageOptions): Promise<Page> => {
  opened = await openPage(browser, 'about:blank', { ...device, expected: /Failed to load resource|net::ERR|WebSocket connection/ })
  await opened.page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
  await opened.page.locator('im-chat[connection="live"]').waitFor({ state: 'attached' })
  await hook(opened.page, 'more').waitFor()
  return opened.page
}

const log = async (): Promise<readonly Logged[]> => ((await agent.ask('history', { to: 'c1', limit: 50 })) as { messages: Logged[] }).messages

const sources = (page: Page): Promise<(string | null)[]> =>
  page.locator('im-chat .picture img').evaluateAll((all) => all.map((each) => each.getAttribute('src')))
describe('pictures sent without a connection', () => {
  const goOffline = async (page: Page): Promise<void> => {
    proxy.isRefusing = true
    proxy.cut()
    await page.locator('im-chat:not([connection="live"])').waitFor({ state: 'attached' })
  }
  const sizes = [1500, 1501, 1502, 1503, 1504, 1505]
  const choose = async (page: Page): Promise<void> => {
    const files = await page.evaluate(async (widths) => {
      const drawn: string[] = []
      for (const width of widths) {
        const canvas = new OffscreenCanvas(width, 1000)
        const context = canvas.getContext('2d')!
        const noise = context.createImageData(width, 1000)
        for (let at = 0; at < noise.data.length; at += 65_536) crypto.getRandomValues(noise.data.subarray(at, at + 65_536))
        for (let at = 3; at < noise.data.length; at += 4) noise.data[at] = 255
        context.putImageData(noise, 0, 0)
        const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })).arrayBuffer())
        drawn.push(Array.from(bytes, (each) => String.fromCharCode(each)).join(''))
      }
      return drawn.map(btoa)
    }, sizes)
    await hook(page, 'file').setInputFiles(
      files.map((base64, n) => ({ name: `${n}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(base64, 'base64') })),
    )
    await expect.poll(async () => (await sources(page)).length, { timeout: 60_000 }).toBe(sizes.length)
  }
  const kept = (page: Page): Promise<number> => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('~out~')).length)

  test('six large ones survive the tab: the next one sends all of them once, in order, and the text behind them', async () => {
    const page = await open(PHONE)
    await goOffline(page)
    await choose(page)
    await hook(page, 'composer').fill('these')
    await hook(page, 'send').tap()
    await expect.poll(() => hook(page, 'put-off').allTextContents()).toEqual(['Waiting for the picture above.'])
    await expect.poll(() => kept(page), { timeout: 15_000 }).toBe(7)
    expect(await hook(page, 'banner').textContent()).not.toContain('Keep this page open')
    await page.close()
    proxy.isRefusing = false
    const next = await opened.context.newPage()
    await next.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
    await expect.poll(async () => (await log()).length, { timeout: 60_000 }).toBe(7)
    expect((await log()).map(({ body: { text, width } }) => width ?? text)).toEqual([...sizes, 'these'])
    await expect.poll(() => kept(next)).toBe(0)
    const left = (): Promise<number> =>
      next.evaluate(
        () =>
          new Promise<number>((done) => {
            const opening = indexedDB.open('im-chat pictures')
            opening.onsuccess = () => {
              const counting = opening.result.transaction('pictures').objectStore('pictures').count()
              counting.onsuccess = () => done(counting.result)
            }
          }),
      )
    await expect.poll(left).toBe(0)
  })

  test('where no database may be used, those without room say that the page must stay open', async () => {
    const page = await open(PHONE)
    await page.evaluate(() => Object.defineProperty(window, 'indexedDB', { value: undefined }))
    await goOffline(page)
    await choose(page)
    const said = hook(page, 'put-off').filter({ hasText: 'Keep this page open until it is sent.' })
    await expect.poll(() => said.count()).toBeGreaterThan(0)
    await expect.poll(async () => (await kept(page)) + (await said.count())).toBe(sizes.length)
    expect(await hook(page, 'banner').textContent()).toContain(
      'No connection. 6 messages will be sent once you’re back online. Keep this page open until then.',
    )
    await hook(page, 'cancel').first().tap()
    await expect.poll(async () => (await sources(page)).length).toBe(sizes.length - 1)
    proxy.isRefusing = false
    await expect.poll(async () => (await log()).length, { timeout: 60_000 }).toBe(sizes.length - 1)
  })
})

test.each([
  ['wide', 1000, 500, 280, 140],
  ['tall', 400, 1600, 80, 320],
  ['small', 60, 50, 60, 50],
  ['thin', 3000, 30, 280, 44],
])('a %s picture is shown whole in its own shape', async (_name, width, height, w, h) => {
  const page = await open(DESKTOP)
  await paste(page, { width, height })
  await expect.poll(() => sources(page)).toEqual([expect.stringContaining('/v1/images/')])
  const shape = (): Promise<(string | number)[]> =>
    page.locator('im-chat .picture img').evaluate((each) => [each.clientWidth, each.clientHeight, getComputedStyle(each).objectFit])
  await expect.poll(shape).toEqual([w, h, 'contain'])
})
