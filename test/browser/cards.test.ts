/** Products and orders in the chat of a phone and on the desk. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DESKTOP, hook, PHONE } from '../kit/browser.ts'
import { json } from '../kit/customer-server.ts'
import { axeComplaints } from './axe.ts'
import { cardsOf, CardScene, productOf, shot, showPictures, write } from './card-scene.ts'
import { deskPage } from './desk-page.ts'
import { person, type Person } from './person.ts'

const LONG = 'Kumo pour-over kettle, 0.9 l, matt green, with a beech handle and a counterweighted spout'
const ORDER = { number: 'MG-7', title: LONG, status: 'Packed', total: '¥ 468', count: 3, image: 'https://shop.example/art/kettle.png' }

const KETTLE = { id: 'k1', title: LONG, price: '¥ 468', url: '/product.html', image: 'art/kettle.png' }

let scene: CardScene
beforeAll(async () => {
  scene = await CardScene.start()
})
afterAll(() => scene.stop())
beforeEach(() => scene.reset())

const box = async (page: Page, selector: string) => (await page.locator(selector).boundingBox())!

test('the product is pinned under the head: 56 px, two lines, Send; a chip once something was sent, which brings it back; gone when it is sent', async () => {
  const { page, close } = await scene.openChat(scene.newShop(), { attributes: productOf(KETTLE) })
  const offer = hook(page, 'offer')
  await offer.waitFor()
  const head = await box(page, 'im-chat .header')
  expect(await offer.boundingBox()).toMatchObject({ y: head.y + head.height, height: 56 })
  const title = offer.locator('.title')
  expect(await title.evaluate((node) => node.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(node).lineHeight))).toBe(2)
  expect(await hook(page, 'offer-send').boundingBox()).toMatchObject({ height: 44 })
  await shot(page, 'pinned')
  expect(await axeComplaints(page)).toEqual([])
  await write(page, 'Does it whistle?')
  await expect.poll(() => offer.count()).toBe(0)
  const chip = hook(page, 'offer-chip')
  expect((await chip.boundingBox())!.height).toBeGreaterThanOrEqual(44)
  await shot(page, 'chip')
  expect(await axeComplaints(page)).toEqual([])
  // the room is the messages': the head ends where they begin
  expect((await box(page, 'im-chat .timeline')).y).toBe(head.y + head.height)
  await chip.tap()
  await offer.waitFor()
  await hook(page, 'offer-send').tap()
  await expect.poll(() => cardsOf(page).count()).toBe(1)
  expect([await offer.count(), await chip.count()]).toEqual([0, 0])
  await page.reload()
  await page.locator('im-chat [data-test=message]').nth(1).waitFor()
  // it stands in the conversation already
  await chip.waitFor()
  await close()
})

test('what is put away stays away, also where a framework sets the same product again; another product is shown', async () => {
  const { page, close } = await scene.openChat(scene.newShop(), { attributes: productOf(KETTLE) })
  await hook(page, 'offer-away').tap()
  await expect.poll(() => hook(page, 'offer').count()).toBe(0)
  const set = (product: object): Promise<void> =>
    page.evaluate((next) => void Object.assign(document.querySelector('im-chat')!, { product: next }), product)
  await set(KETTLE)
  await page.evaluate(() => (document.querySelector('im-chat') as unknown as { updateComplete: Promise<unknown> }).updateComplete)
  expect(await hook(page, 'offer').count()).toBe(0)
  await set({ title: 'Cup' })
  await hook(page, 'offer').getByText('Cup').waitFor()
  await close()
})

test('a keyboard has the room of the product: in landscape the messages have more than half of what is left', async () => {
  const { page, close } = await scene.openChat(scene.newShop(), {
    attributes: productOf(KETTLE),
    options: { ...PHONE, viewport: { width: 844, height: 390 } },
  })
  await page.locator('im-chat textarea').focus()
  const cover = (bottom: number): Promise<void> =>
    page.evaluate(
      (px) => (document.querySelector('im-chat') as unknown as { setViewportInset(inset: object): void }).setViewportInset({ bottom: px }),
      bottom,
    )
  const messages = async (): Promise<number> => (await box(page, 'im-chat .timeline')).height
  await cover(100)
  await expect.poll(() => page.locator('im-chat [data-frame][data-keyboard]').count()).toBe(1)
  await expect.poll(() => hook(page, 'offer').isVisible()).toBe(false)
  await expect.poll(messages).toBeGreaterThan(290 / 2)
  await shot(page, 'landscape-keyboard')
  await cover(0)
  await expect.poll(() => hook(page, 'offer').isVisible()).toBe(true)
  await close()
})

test('an order card says what was ordered, in 240 px with a picture of 64', async () => {
  const { page, agent, close } = await scene.withCards(scene.newShop(), [['order', ORDER]])
  const card = cardsOf(page)
  expect(await card.evaluate((node) => node.getBoundingClientRect().width)).toBe(240)
  expect(await card.locator('img').boundingBox()).toMatchObject({ width: 64, height: 64 })
  expect(await card.locator('.facts > *').allTextContents()).toEqual([LONG, 'Order MG-7', 'Packed', '¥ 468 · 3 items'])
  expect(await card.locator('.title').evaluate((node) => node.getBoundingClientRect().height)).toBe(40)
  await shot(page, 'order')
  expect(await axeComplaints(page)).toEqual([])
  agent.leave()
  await close()
})

test('a card that lacks something, or has what no card may have, shows what is left of it', async () => {
  const { page, agent, close } = await scene.withCards(scene.newShop(), [
    ['order', { number: 'MG-8', count: 1 }],
    ['order', { number: 17, title: { x: 1 }, count: 2.5, url: 'javascript:alert(1)', image: 'data:image/png,x' }],
    ['product', { title: 'x'.repeat(3000), price: '9'.repeat(500), url: 'java\tscript:alert(1)' }],
    ['order', { title: 'No number' }],
    ['product', { price: 'No title', url: 'javascript:alert(2)' }],
  ])
  const cards = cardsOf(page)
  expect(await cards.nth(0).locator('.facts > *').allTextContents()).toEqual(['Order MG-8', '1 item'])
  expect(await cards.nth(1).locator('.facts > *').allTextContents()).toEqual(['Order 17', ''])
  expect((await cards.nth(2).locator('.facts .title').textContent())!.length).toBe('Product: '.length + 200)
  expect(await cards.count()).toBe(3)
  expect(await page.locator('im-chat .bubble a').count()).toBe(0)
  const texts = page.locator('im-chat [data-test=message] .text')
  await expect.poll(() => texts.allTextContents()).toEqual(['Hello', 'A card', 'A card'])
  agent.leave()
  await close()
})

test('a tap on a card is an event that the page may take; else its address opens, as does one with a key held down', async () => {
  const { page, context, agent, close } = await scene.withCards(
    scene.newShop(),
    [['product', { id: 'k1', title: 'Kettle', url: 'https://shop.example/k' }]],
    {
      options: DESKTOP,
    },
  )
  await context.route(/shop\.example/, (route) => route.fulfill({ contentType: 'text/html', body: 'Shop' }))
  await page.evaluate(() => {
    const taps: unknown[] = ((globalThis as unknown as { taps: unknown[] }).taps = [])
    document.querySelector('im-chat')!.addEventListener('im-card', (event) => {
      taps.push((event as CustomEvent).detail)
      if (taps.length === 1) event.preventDefault()
    })
  })
  const card = cardsOf(page)
  await card.click()
  const taps = (): Promise<unknown[]> => page.evaluate(() => (globalThis as unknown as { taps: unknown[] }).taps)
  await expect.poll(taps).toMatchObject([{ kind: 'product', id: 'k1', title: 'Kettle', url: 'https://shop.example/k', seq: 2, isOwn: false }])
  expect(context.pages()).toHaveLength(1)
  const opened = context.waitForEvent('page')
  await card.click()
  await opened
  const isLeft = await card.evaluate((node) => node.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true })))
  expect(isLeft).toBe(true)
  expect(await taps()).toHaveLength(2)
  agent.leave()
  await close()
})

test('a card says what the shop says now, with the time of the answer, and was not asked about before it was seen', async () => {
  const shop = scene.newShop()
  scene.backend.answering = json({ price: '¥ 428', status: 'Only 2 left' })
  const sent = { id: 'k1', title: 'Kettle', price: '¥ 468', url: 'https://shop.example/k' }
  const { page, agent, guest, close } = await scene.withCards(shop, [['product', sent]])
  const card = cardsOf(page)
  await hook(page, 'card-now').waitFor()
  expect(await hook(page, 'card-now').textContent()).toMatch(/^As of \d?\d:\d\d/)
  expect(await card.locator('s').textContent()).toBe('¥ 468')
  expect(await hook(page, 'card-cost').textContent()).toBe('¥ 468 ¥ 428')
  expect(await hook(page, 'card-state').textContent()).toBe('Only 2 left')
  await shot(page, 'now')
  expect(await axeComplaints(page)).toEqual([])
  const asked = (): readonly string[] => scene.backend.requests.map(({ path }) => path).filter((path) => path.startsWith('/cards'))
  expect(asked()).toEqual([`/cards?kind=product&id=k1&customer=${guest}&shop=${shop}`])
  // far above what is on the screen nothing is asked
  await agent.say('B', guest, 'product', { ...sent, id: 'k2' })
  await expect.poll(() => asked().length).toBe(2)
  for (let n = 0; n < 12; n++) await agent.say(`Line ${n}\nand\nmore\nof\nit`, guest)
  await agent.say('C', guest, 'order', { number: 'MG-9' })
  await expect.poll(() => asked().at(-1)).toContain('kind=order&id=MG-9')
  await page.reload()
  await expect.poll(() => page.locator('im-chat [data-test=message]').count()).toBeGreaterThan(14)
  await hook(page, 'card-now').first().waitFor()
  expect(await page.locator('im-chat [data-test=card-now]').count()).toBe(1)
  agent.leave()
  await close()
})

test('while the backend is down a card is as it was sent; its late answer comes by itself', async () => {
  scene.backend.withhold(json({ status: 'On its way', total: '¥ 400', count: 2 }))
  const { page, agent, close } = await scene.withCards(scene.newShop(), [['order', ORDER]])
  await expect.poll(() => hook(page, 'card-state').textContent()).toBe('Packed')
  await expect.poll(() => scene.backend.requests.length).toBeGreaterThan(0)
  scene.backend.release()
  await expect.poll(() => hook(page, 'card-state').textContent(), { timeout: 10_000 }).toBe('On its way')
  expect(await hook(page, 'card-cost').textContent()).toBe('¥ 468 ¥ 400 · 2 items')
  scene.backend.answering = json({}, 500)
  const other = await scene.withCards(scene.newShop(), [['order', ORDER]])
  await expect.poll(() => scene.backend.requests.length).toBeGreaterThan(1)
  expect(await hook(other.page, 'card-state').textContent()).toBe('Packed')
  expect(await hook(other.page, 'card-now').count()).toBe(0)
  for (const each of [agent, other.agent] as Person[]) each.leave()
  await other.close()
  await close()
})

test('dark, narrow, in Chinese and from right to left a card and the product are complete', async () => {
  scene.backend.answering = json({ status: 'Only 2 left', price: '¥ 428' })
  const cards = [
    ['order', ORDER],
    ['product', { ...KETTLE, url: 'https://shop.example/k', image: ORDER.image }],
  ] as const
  for (const [name, attributes, options, html] of [
    ['narrow', '', { ...PHONE, viewport: { width: 320, height: 568 } }, ''],
    ['dark', 'theme="dark"', PHONE, ''],
    ['zh', 'lang="zh-CN"', PHONE, ''],
    ['rtl', 'lang="ar"', PHONE, 'dir="rtl"'],
    ['desktop', '', DESKTOP, ''],
    ['forced', '', { ...PHONE, forcedColors: 'active' as const }, ''],
  ] as const) {
    const product = productOf({ title: '手冲壶 Kettle', price: '¥ 9', image: 'art/x.png' })
    const { page, agent, close } = await scene.withCards(scene.newShop(), cards, {
      attributes: `${attributes} ${product}`.replace('lang="en"', ''),
      options,
      html,
    })
    await hook(page, 'card-now').nth(1).waitFor()
    await shot(page, `card-${name}`)
    for (const card of await cardsOf(page).all()) {
      const [inner, outer] = await Promise.all([card.boundingBox(), page.locator('im-chat .timeline').boundingBox()])
      expect([name, inner!.x >= outer!.x, inner!.x + inner!.width <= outer!.x + outer!.width]).toEqual([name, true, true])
    }
    expect([name, await axeComplaints(page)]).toEqual([name, []])
    await hook(page, 'offer-chip').click()
    await hook(page, 'offer').waitFor()
    await shot(page, `pinned-${name}`)
    agent.leave()
    await close()
  }
})

test('on the desk orders are headed by number and status; their relative addresses are those of the desk, and what is sent has absolute ones', async () => {
  const shop = scene.newShop()
  scene.backend.answering = (response, request) => {
    const isCustomer = request.url!.startsWith('/customers')
    const info = { orders: [{ ...ORDER, url: '/orders/7', image: '/art/kettle.png', at: 1_700_000_000_000 }] }
    json(isCustomer ? info : { status: 'Delivered' })(response, request)
  }
  const kim = await person(scene.gateway, { sub: `kim-${shop}`, name: 'Kim' })
  const bodies: Record<string, unknown>[] = []
  kim.socket.on('messagePush', ({ kind, body }: { kind: string; body: Record<string, unknown> }) => void (kind === 'order' && bodies.push(body)))
  await kim.say('Where is it?', `shop:${shop}`)
  const desk = await deskPage(scene.browser, scene.gateway, { agent: 'ann', shop })
  await showPictures(desk.page)
  await desk.open(`kim-${shop}`)
  const order = desk.part('order')
  await order.waitFor()
  expect(await order.locator('.thing-line').textContent()).toMatch(/^\s*MG-7\s+Packed\s*$/)
  expect(await order.textContent()).not.toContain('Product')
  expect(await order.locator('a.card').getAttribute('href')).toBe(`${scene.gateway.url}/orders/7`)
  await shot(desk.page, 'desk-order')
  expect(await axeComplaints(desk.page)).toEqual([])
  await desk.part('send-order').click()
  await expect
    .poll(() => bodies)
    .toEqual([
      { ...ORDER, url: `${scene.gateway.url}/orders/7`, image: `${scene.gateway.url}/art/kettle.png`, text: `Order MG-7 · ${LONG} · Packed · ¥ 468` },
    ])
  // the agent looks at the card, too
  await expect.poll(() => desk.page.locator('im-desk .bubble [data-test=card-state]').textContent()).toBe('Delivered')
  // nobody asks the shop whether it trusts its own picture
  await desk.page.locator('im-desk section[aria-label="In this conversation"] .card').waitFor()
  expect(await desk.page.locator('im-desk [data-test=show-picture]').count()).toBe(0)
  const taps = desk.page.evaluate(
    () =>
      new Promise((resolve) => {
        document.querySelector('im-desk')!.addEventListener('im-card', (event) => {
          event.preventDefault()
          resolve((event as CustomEvent).detail)
        })
      }),
  )
  await order.locator('a.card').click()
  expect(await taps).toMatchObject({ kind: 'order', number: 'MG-7', url: `${scene.gateway.url}/orders/7` })
  await shot(desk.page, 'desk-card')
  kim.leave()
  await desk.close()
})
