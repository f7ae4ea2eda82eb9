/** A frame with `sandbox="allow-scripts"`: an opaque origin, no storage, and no form is ever submitted. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContextOptions, FrameLocator, Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createClient } from '../../widget/client/client.ts'
import { DESKTOP, launchChromium, openPage, PHONE } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'

let browser: Browser
let gateway: SpawnedGateway
let shop: Server
let element = ''

beforeAll(async () => {
  browser = await launchChromium()
  gateway = await spawnGateway()
  shop = createServer(({ url }, response) => {
    const body =
      url === '/frame'
        ? `${element}<script src="${gateway.url}/im-chat.js"></script><script src="${gateway.url}/im-desk.js"></script>`
        : '<iframe sandbox="allow-scripts" src="/frame" width="100%" height="700"></iframe>'
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html><html lang="en">
<meta name="viewport" content="width=device-width"><title>Shop</title>${body}</html>`)
  }).listen(0, '127.0.0.1')
  await once(shop, 'listening')
})

afterAll(async () => {
  await browser.close()
  shop.close()
  await gateway.kill()
})

async function openFrame(options: BrowserContextOptions, html: string) {
  element = html
  const { page, close } = await openPage(browser, `http://127.0.0.1:${(shop.address() as AddressInfo).port}/`, options)
  const frame: FrameLocator = page.frameLocator('iframe')
  const part = (name: string): Locator => frame.locator(`[data-test="${name}"]`)
  return { page, frame, part, close }
}

const chat = async (sub: string): Promise<string> =>
  `<im-chat mode="inline" gateway="${gateway.url}" to="shop:42" token="${await gateway.pass({ sub })}"></im-chat>`

/** What the shop has of a customer. */
async function reader(sub: string) {
  const token = await gateway.pass({ sub: 'ann', role: 'agent', shop: '42' })
  const client = createClient({ gateway: gateway.url, token, to: sub, storage: null })
  client.connect()
  return { client, texts: () => client.conversation(sub).timeline.value.messages.map(({ body }) => body.text) }
}

test('a click, Enter, a tap and a key on the button send there, each once', async () => {
  const { client, texts } = await reader('boxed')
  const { part, page, close } = await openFrame({ ...DESKTOP, hasTouch: true }, await chat('boxed'))
  await part('composer').fill('by click')
  await part('send').click()
  await part('composer').fill('by Enter')
  await page.keyboard.press('Enter')
  await part('composer').fill('by tap')
  await part('send').tap()
  await part('composer').fill('by key')
  await part('send').focus()
  await page.keyboard.press('Space')
  await vi.waitUntil(() => texts().length >= 4, { timeout: 20_000 })
  await part('composer').fill('last')
  await page.keyboard.press('Enter')
  await vi.waitUntil(() => texts().includes('last'), { timeout: 20_000 })
  expect(texts()).toEqual(['by click', 'by Enter', 'by tap', 'by key', 'last'])
  await close()
  client.close()
})

test('a note is saved on a desk in such a frame', async () => {
  const { client } = await reader('noted')
  client.conversation('noted').send('hello')
  await vi.waitUntil(() => client.conversation('noted').outbox.value.length === 0, { timeout: 20_000 })
  const token = await gateway.pass({ sub: 'bea', role: 'agent', shop: '42', name: 'Bea' })
  const { frame, part, page, close } = await openFrame(DESKTOP, `<im-desk gateway="${gateway.url}" token="${token}"></im-desk>`)
  await frame.locator('im-desk [data-to="noted"]').first().click()
  await part('message').first().waitFor()
  await page.keyboard.press('Alt+n')
  await part('note-field').fill('Asks often')
  await part('save-note').click()
  await part('note').getByText('Asks often').waitFor()
  await close()
  client.close()
})

test('a click and a tap send once where forms are allowed', async () => {
  const { client, texts } = await reader('free')
  const { page, close } = await openPage(browser, `${gateway.url}/`, PHONE)
  await page.setContent(`${await chat('free')}<script src="${gateway.url}/im-chat.js"></script>`)
  const part = (name: string): Locator => page.locator(`[data-test="${name}"]`)
  for (const text of ['by click', 'by tap', 'last']) {
    await part('composer').fill(text)
    await (text === 'by tap' ? part('send').tap() : part('send').click())
  }
  await vi.waitUntil(() => texts().includes('last'), { timeout: 20_000 })
  expect(texts()).toEqual(['by click', 'by tap', 'last'])
  await close()
  client.close()
})
