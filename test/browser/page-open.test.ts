import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'

let gateway: SpawnedGateway
let browser: Browser
let shop: Server
let url: string
let token: string

/** A shop on an origin of its own: a product page with the loader, and its page of conversations. */
beforeAll(async () => {
  shop = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://shop')
    // the shop serves the widget's folder itself: the tag's script fetches the build for its engine beside it
    if (/^\/(\w+\/)?[\w.-]+\.js$/.test(pathname) && existsSync(`dist/widget${pathname}`)) {
      return response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(`dist/widget${pathname}`))
    }
    const body =
      pathname === '/chats.html'
        ? `<im-inbox gateway="${gateway.url}" token="${token}"></im-inbox><script src="/im-inbox.js"></script>`
        : `<button data-im-open data-to="shop:42" data-product='{"title":"Kettle","price":"€ 89","url":"?sku=1"}'>Ask</button>
         <script src="/loader.js" data-page="/chats.html"></script>`
    response.writeHead(200, { 'content-type': 'text/html' })
    return response.end(`<!doctype html><html lang="en"><title>${pathname}</title><link rel="icon" href="data:,"><body>${body}`)
  })
  shop.listen(0, '127.0.0.1')
  await once(shop, 'listening')
  url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
  gateway = await spawnGateway({ ORIGINS: url })
  token = await gateway.pass({ sub: 'mia' })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
  shop.closeAllConnections()
  shop.close()
})

const panel = (page: Page) => page.locator('im-inbox [data-test=panel][data-to="shop:42"]')

test('a click on a product page opens the inbox once; the next one goes to the open window', async () => {
  const product = await openPage(browser, `${url}/product.html`, DESKTOP)
  const opened = product.context.waitForEvent('page')
  await product.page.click('[data-im-open]')
  const chats = await opened
  await panel(chats).waitFor()
  await hook(chats, 'offer', 'im-inbox').getByText('Kettle').waitFor()
  await hook(chats, 'offer-send', 'im-inbox').click()
  await chats.locator('im-inbox [data-test=message][data-state=sent]').waitFor()
  expect(await hook(chats, 'offer', 'im-inbox').count()).toBe(0)
  // relative to the page of the product, not to that of the conversations
  expect(await chats.locator('im-inbox .bubble a.card').getAttribute('href')).toBe(`${url}/product.html?sku=1`)
  const second = await product.context.newPage()
  await second.goto(`${url}/product.html`)
  await second.evaluate(() => {
    const { imChat } = window as unknown as { imChat: { open(wish: object): void } }
    imChat.open({ to: 'shop:7', product: { title: 'Cup' } })
  })
  await chats.locator('im-inbox [data-test=panel][data-to="shop:7"]').waitFor()
  await hook(chats, 'offer', 'im-inbox').getByText('Cup').waitFor()
  expect(product.context.pages()).toHaveLength(3)
  await product.close()
})
