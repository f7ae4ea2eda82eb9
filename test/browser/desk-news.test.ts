import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchWholeChromium, openPage, type TestPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { person } from './person.ts'

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway()
  browser = await launchWholeChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

const address = (shop: string): string => `${gateway.url}/desk.html?shop=${shop}&agent=ann-${shop}&name=Ann`
const openDesk = (shop: string): Promise<TestPage> => openPage(browser, address(shop), DESKTOP)
const part = (page: Page, name: string) => hook(page, name, 'im-desk')
const ready = (page: Page) => page.locator('im-desk[connection="live"]').waitFor()

/** The person works in another program: the page is visible and has no focus. */
const lookAway = (page: Page): Promise<void> =>
  page.evaluate(() => {
    document.hasFocus = () => false
    window.dispatchEvent(new Event('blur'))
  })

const countSounds = (page: Page): Promise<void> =>
  page.evaluate(() => {
    document.body.dataset.sounds = '0'
    document.addEventListener('im-sound', () => (document.body.dataset.sounds = String(Number(document.body.dataset.sounds) + 1)))
  })
const sounds = (page: Page): Promise<number> => page.evaluate(() => Number(document.body.dataset.sounds))

describe('news on the desk', () => {
  test('one of two windows plays the sound, once; it can be turned off, in both', async () => {
    const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
    const first = await openDesk('n1')
    const second = await first.context.newPage()
    await second.goto(address('n1'))
    for (const page of [first.page, second]) await ready(page)
    for (const page of [first.page, second]) await countSounds(page)
    await kim.say('hello', 'shop:n1')
    for (const page of [first.page, second]) await page.locator('im-desk [data-to="kim"][data-unread="1"]').waitFor()
    await expect.poll(async () => (await sounds(first.page)) + (await sounds(second))).toBe(1)
    await part(second, 'sound').click()
    await expect.poll(() => part(first.page, 'sound').getAttribute('aria-label')).toBe('Turn sound on')
    await kim.say('still there?', 'shop:n1')
    for (const page of [first.page, second]) await page.locator('im-desk [data-to="kim"][data-unread="2"]').waitFor()
    expect((await sounds(first.page)) + (await sounds(second))).toBe(1)
    kim.leave()
    await first.close()
  })

  test('what nobody looks at stays unread, and only then the desk asks about notifications; a no is stored', async () => {
    const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
    await kim.say('one', 'shop:n2')
    const desk = await openDesk('n2')
    await part(desk.page, 'conversation').click()
    await desk.page.locator('im-desk [data-to="kim"][data-unread="0"]').waitFor()
    expect(await part(desk.page, 'question').count()).toBe(0)
    await lookAway(desk.page)
    await kim.say('two', 'shop:n2')
    await desk.page.locator('im-desk [data-to="kim"][data-unread="1"]').waitFor()
    expect(await desk.page.title()).toMatch(/^\(1\) /)
    await part(desk.page, 'question').getByText('Not now').click()
    expect(await part(desk.page, 'question').count()).toBe(0)
    await desk.page.reload()
    await part(desk.page, 'conversation').waitFor()
    await lookAway(desk.page)
    await kim.say('three', 'shop:n2')
    await part(desk.page, 'conversation').getByText('three').waitFor()
    expect(await part(desk.page, 'question').count()).toBe(0)
    kim.leave()
    await desk.close()
  })

  test('rows do not move under a moving pointer, and move when it leaves', async () => {
    const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
    const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
    await lee.say('one', 'shop:n3')
    await kim.say('two', 'shop:n3')
    const desk = await openDesk('n3')
    const order = () => part(desk.page, 'conversation').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-to')))
    await expect.poll(order).toEqual(['kim', 'lee'])
    await part(desk.page, 'conversation').first().hover()
    await lee.say('three', 'shop:n3')
    await desk.page.locator('im-desk [data-to="lee"][data-unread="2"]').waitFor()
    expect(await order()).toEqual(['kim', 'lee'])
    await desk.page.mouse.move(800, 400)
    await expect.poll(order).toEqual(['lee', 'kim'])
    kim.leave()
    lee.leave()
    await desk.close()
  })
})
