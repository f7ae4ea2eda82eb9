import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage, PHONE, type TestPage } from '../kit/browser.ts'
import { spawnGateway, type SpawnedGateway } from '../kit/gateway.ts'
import { person } from './person.ts'

let gateway: SpawnedGateway
let browser: Browser

beforeAll(async () => {
  gateway = await spawnGateway()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await gateway.stop()
})

const openDesk = (shop: string, options = DESKTOP): Promise<TestPage> =>
  openPage(browser, `${gateway.url}/desk.html?shop=${shop}&agent=ann-${shop}&name=Ann`, options)

describe('the desk', () => {
  test('a conversation appears by itself, is opened, answered and read, with ticks and typing in both directions', async () => {
    const desk = await openDesk('s1')
    const part = (name: string) => hook(desk.page, name, 'im-desk')
    await desk.page.locator('im-desk[connection="live"]').waitFor()
    await desk.page.getByText('No conversations yet').waitFor()
    const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
    await kim.say('Is it in stock?', 'shop:s1')
    const row = desk.page.locator('im-desk [data-to="kim"][role=option]')
    await row.waitFor()
    expect(await row.textContent()).toMatch(/Kim.*Is it in stock\?.*1/s)
    expect(await row.getAttribute('data-unread')).toBe('1')
    expect(await desk.page.title()).toMatch(/^\(1\) /)
    await row.click()
    await part('message').getByText('Is it in stock?').waitFor()
    await desk.page.locator('im-desk [data-to="kim"][data-unread="0"]').waitFor()
    expect(await desk.page.title()).not.toMatch(/^\(/)
    const typing = new Promise((resolve) => kim.socket.once('typingPush', resolve))
    await part('composer').fill('Yes, three')
    await typing
    const pushed = new Promise<{ id: string; seq: number; conversation: string }>((resolve) => kim.socket.once('messagePush', resolve))
    await desk.page.keyboard.press('Enter')
    const { seq } = await pushed
    const own = desk.page.locator('im-desk [data-test=message][data-seq="2"]')
    await own.waitFor()
    expect(seq).toBe(2)
    await kim.ask('read', { to: 'shop:s1', seq })
    await desk.page.locator('im-desk [data-test=message][data-seq="2"][data-state=read]').waitFor()
    expect(await row.textContent()).toContain('Yes, three')
    await kim.ask('typing', { to: 'shop:s1' })
    await part('typing').waitFor()
    kim.leave()
    await desk.close()
  })

  test('two windows of one agent show the same conversation; what one reads is read in both', async () => {
    const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
    const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
    await kim.say('one', 'shop:s2')
    await lee.say('two', 'shop:s2')
    const first = await openDesk('s2')
    const second = await openDesk('s2')
    await first.page.locator('im-desk [data-to="kim"][role=option]').click()
    await second.page.locator('im-desk [data-test=panel][data-to="kim"]').waitFor()
    await second.page.locator('im-desk [data-to="lee"][role=option]').click()
    await first.page.locator('im-desk [data-test=panel][data-to="lee"]').waitFor()
    await first.page.locator('im-desk [data-to="lee"][data-unread="0"]').waitFor()
    await first.page.locator('im-desk [data-to="kim"][data-unread="0"]').waitFor()
    kim.leave()
    lee.leave()
    await first.close()
    await second.close()
  })

  test('at phone width one column at a time, with a way back', async () => {
    const kim = await person(gateway, { sub: 'kim', name: 'Kim' })
    await kim.say('hello', 'shop:s3')
    const desk = await openDesk('s3', PHONE)
    const part = (name: string) => hook(desk.page, name, 'im-desk')
    await part('conversation').tap()
    await part('message').waitFor()
    expect(await part('conversations').isVisible()).toBe(false)
    await part('toggle-details').tap()
    await part('details').waitFor()
    expect(await part('message').isVisible()).toBe(false)
    await part('details').locator('.back').tap()
    await part('back').tap()
    expect(await part('conversations').isVisible()).toBe(true)
    kim.leave()
    await desk.close()
  })
})
