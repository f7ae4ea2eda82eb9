/** The addresses of a product that a page shows, as they are told and sent to others. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { hook, openPage, PHONE } from '../kit/browser.ts'
import { cardsOf, CardScene, productOf, showPictures } from './card-scene.ts'

const LONG = 'Kumo pour-over kettle, 0.9 l, matt green, with a beech handle and a counterweighted spout'
const KETTLE = { id: 'k1', title: LONG, price: '¥ 468', url: '/product.html', image: 'art/kettle.png' }

let scene: CardScene
beforeAll(async () => {
  scene = await CardScene.start()
})
afterAll(() => scene.stop())
beforeEach(() => scene.reset())

test.each([
  ['attribute', (page: Page) => page.evaluate((json) => document.querySelector('im-chat')!.setAttribute('product', json), JSON.stringify(KETTLE))],
  ['property', (page: Page) => page.evaluate((product) => void Object.assign(document.querySelector('im-chat')!, { product }), KETTLE)],
])('relative addresses of a product are those of the page: as an %s, in what the agent is told and in what is sent', async (_way, set) => {
  const shop = scene.newShop()
  const { bodies, viewed } = await scene.agentOf(shop)
  const { page, close } = await scene.openChat(shop)
  await set(page)
  await hook(page, 'offer-send').tap()
  const addresses = { url: `${scene.gateway.url}/product.html`, image: `${scene.gateway.url}/shop/art/kettle.png` }
  await expect.poll(() => bodies).toMatchObject([{ id: 'k1', title: LONG, price: '¥ 468', ...addresses }])
  await expect.poll(() => viewed.at(-1)).toEqual({ id: 'k1', title: LONG, price: '¥ 468', ...addresses })
  expect(bodies[0]!.text).toBe(`${LONG} · ¥ 468 · ${addresses.url}`)
  const own = cardsOf(page)
  expect(await own.getAttribute('href')).toBe(addresses.url)
  await expect.poll(() => own.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0)
  await close()
})

const ADDRESSES: readonly (readonly [given: unknown, sent: string | undefined])[] = [
  ['//cdn.example/a', 'http://cdn.example/a'],
  ['?id=5', '{page}?id=5'],
  ['#colours', '{page}#colours'],
  ['../a b', '{origin}/a%20b'],
  ['HTTPS://Shop.example/x', 'https://shop.example/x'],
  ['javascript:alert(1)', undefined],
  ['java\nscript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['file:///etc/passwd', undefined],
  ['intent://x#Intent;end', undefined],
  ['https://[', undefined],
  ['/' + 'x'.repeat(600), undefined],
  ['', undefined],
  [7, undefined],
]

test('addresses of every form are sent as others can follow them, or not at all', async () => {
  const shop = scene.newShop()
  const { bodies } = await scene.agentOf(shop)
  const { page, close } = await scene.openChat(shop, { options: { ...PHONE, expected: /ERR_|Failed to load/ } })
  for (const [n, [url, expected]] of ADDRESSES.entries()) {
    const product = { title: `Kettle ${n}`, url, image: url }
    await page.evaluate((next) => void Object.assign(document.querySelector('im-chat')!, { product: next }), product)
    await hook(page, 'offer').getByText(product.title, { exact: true }).waitFor()
    await hook(page, 'offer-send').tap()
    await expect.poll(() => bodies.length).toBe(n + 1)
    const address = expected?.replace('{page}', `${scene.gateway.url}/shop/chat.html`).replace('{origin}', scene.gateway.url)
    expect([url, bodies[n]!.url, bodies[n]!.image]).toEqual([url, address, address])
  }
  await close()
})

test('a base element counts, and a later change of address does not', async () => {
  const shop = scene.newShop()
  const { bodies } = await scene.agentOf(shop)
  const { page, close } = await scene.openChat(shop, { head: '<base href="https://shop.example/de/">', attributes: productOf(KETTLE) })
  await page.evaluate(() => document.querySelector('base')!.setAttribute('href', 'https://other.example/'))
  await hook(page, 'offer-send').tap()
  await expect.poll(() => bodies).toMatchObject([{ url: 'https://shop.example/product.html', image: 'https://shop.example/de/art/kettle.png' }])
  await close()
})

test('in a page without an address of its own, as an app loads one, absolute addresses are sent and relative ones left out', async () => {
  const shop = scene.newShop()
  const { bodies } = await scene.agentOf(shop)
  const { page, close } = await openPage(scene.browser, 'about:blank', { bypassCSP: true, ...PHONE })
  await showPictures(page)
  await page.setContent(
    `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>App</title><body>
    <im-chat gateway="${scene.gateway.url}" to="shop:${shop}" lang="en" open ${productOf({ ...KETTLE, image: 'https://shop.example/k.png' })}></im-chat>
    <script src="${scene.gateway.url}/im-chat.js"></script>`,
  )
  expect(await page.evaluate(() => document.baseURI)).toBe('about:blank')
  await hook(page, 'offer-send').tap()
  await expect.poll(() => bodies).toMatchObject([{ title: LONG, image: 'https://shop.example/k.png' }])
  expect('url' in bodies[0]!).toBe(false)
  await close()
})
