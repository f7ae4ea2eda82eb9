import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, type TestPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { person } from './person.ts'

let gateway: SpawnedGateway
let browser: Browser
let desk: TestPage

const part = (name: string) => hook(desk.page, name, 'im-desk')

beforeAll(async () => {
  gateway = await spawnGateway()
  browser = await launchChromium()
  const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
  await kim.say('Order 1187', 'shop:q1', 'order', { number: '1187', status: 'Shipped' })
  kim.leave()
  desk = await openPage(browser, `${gateway.url}/desk.html?shop=q1&agent=ann&name=Ann`, DESKTOP)
  await part('conversation').click()
  await part('message').waitFor()
})

afterAll(async () => {
  await desk.close()
  await browser.close()
  await gateway.stop()
})

test('without any, a slash is a character like others', async () => {
  await part('composer').fill('')
  await desk.page.keyboard.type('/')
  expect(await part('quick-replies').count()).toBe(0)
})

test('a slash opens them at the caret, letters search, Enter inserts one with its names filled in, and does not send', async () => {
  await desk.page.evaluate(() => {
    document.querySelector('im-desk')!.quickReplies = [
      { id: 'hi', title: 'Hello', text: 'Hello {customer}, how can I help?' },
      { id: 'ship', title: 'Shipped', text: 'Order {order} is on its way.', folder: 'Delivery' },
      { id: 'time', title: 'Shipping times', text: 'Orders before noon leave the same day.', folder: 'Delivery' },
    ]
  })
  await part('composer').fill('')
  await desk.page.keyboard.type('Yes. /ship')
  await expect.poll(() => part('quick-reply').evaluateAll((all) => all.map((each) => each.getAttribute('data-id')))).toEqual(['ship', 'time'])
  await desk.page.keyboard.press('ArrowDown')
  await desk.page.keyboard.press('ArrowUp')
  await desk.page.keyboard.press('Enter')
  expect(await part('composer').inputValue()).toBe('Yes. Order 1187 is on its way.')
  expect(await part('quick-replies').count()).toBe(0)
  expect(await part('message').count()).toBe(1)
})

test('Escape leaves the slash as text; the shortcut and a click work too', async () => {
  await part('composer').fill('')
  await desk.page.keyboard.type('/he')
  await part('quick-reply').first().waitFor()
  await desk.page.keyboard.press('Escape')
  expect(await part('quick-replies').count()).toBe(0)
  await desk.page.keyboard.type('llo')
  expect(await part('quick-replies').count()).toBe(0)
  expect(await part('composer').inputValue()).toBe('/hello')
  await part('composer').fill('')
  await desk.page.keyboard.press('Alt+q')
  await part('quick-reply').first().click()
  expect(await part('composer').inputValue()).toBe('Hello Kim, how can I help?')
  expect(await part('composer').evaluate((field) => field.matches(':focus'))).toBe(true)
})

test('an input method keeps its arrows and its Enter', async () => {
  await part('composer').fill('')
  await desk.page.keyboard.type('/')
  await part('quick-reply').first().waitFor()
  await desk.cdp.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 })
  await desk.cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229 })
  await desk.cdp.send('Input.insertText', { text: '你' })
  expect(await part('composer').inputValue()).toBe('/你')
})
