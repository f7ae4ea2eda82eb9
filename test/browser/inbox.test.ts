import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESKTOP, hook, launchChromium, openPage } from '../kit/browser.ts'
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

const row = (page: Page, to: string) => page.locator(`im-inbox [role=option][data-to="${to}"]`)
const panel = (page: Page, to: string) => page.locator(`im-inbox [data-test=panel][data-to="${to}"]`)
const address = (customer: string): string => `${gateway.url}/inbox.html?customer=${customer}&name=${customer}`

describe('the inbox', () => {
  test('a buyer chats with shops and with people; the list keeps up', async () => {
    const inbox = await openPage(browser, address('kim'), DESKTOP)
    await inbox.page.locator('im-inbox[connection="live"]').waitFor()
    const ann = await person(gateway, { sub: 'ann', role: 'agent', shop: '42', name: 'Ann' })
    const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
    await ann.say('Your parcel is on its way', 'kim')
    await lee.say('Which kettle did you buy?', 'kim')
    await row(inbox.page, 'shop:42').click()
    await hook(inbox.page, 'message', 'im-inbox').getByText('Your parcel is on its way').waitFor()
    await row(inbox.page, 'lee').click()
    const answer = new Promise<{ body: { text: string } }>((resolve) => lee.socket.once('messagePush', resolve))
    await hook(inbox.page, 'composer', 'im-inbox').fill('The green one')
    await inbox.page.keyboard.press('Enter')
    expect((await answer).body.text).toBe('The green one')
    await row(inbox.page, 'lee').getByText('The green one').waitFor()
    expect(await row(inbox.page, 'lee').getAttribute('data-unread')).toBe('0')
    ann.leave()
    lee.leave()
    await inbox.close()
  })

  test('three windows of one buyer switch together; drafts stay with their conversation', async () => {
    const ann = await person(gateway, { sub: 'ann', role: 'agent', shop: '42', name: 'Ann' })
    const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
    await ann.say('one', 'ida')
    await lee.say('two', 'ida')
    const first = await openPage(browser, address('ida'), DESKTOP)
    const second = await first.context.newPage()
    const third = await first.context.newPage()
    await second.goto(address('ida'))
    await third.goto(address('ida'))
    const windows = [first.page, second, third]
    for (const page of windows) await page.locator('im-inbox[connection="live"]').waitFor()
    await row(second, 'shop:42').click()
    for (const page of windows) await panel(page, 'shop:42').waitFor()
    await hook(second, 'composer', 'im-inbox').fill('half a sen')
    await expect.poll(() => hook(third, 'composer', 'im-inbox').inputValue()).toBe('half a sen')
    // the person turns to another window; here every page believes to have the focus
    await hook(second, 'composer', 'im-inbox').blur()
    await row(third, 'lee').click()
    for (const page of windows) await panel(page, 'lee').waitFor()
    expect(await hook(first.page, 'composer', 'im-inbox').inputValue()).toBe('')
    await row(first.page, 'shop:42').click()
    for (const page of windows) await expect.poll(() => hook(page, 'composer', 'im-inbox').inputValue()).toBe('half a sen')
    ann.leave()
    lee.leave()
    await first.close()
  })

  test('a window in which an input method is composing is not switched, nor when the word is finished; once it is sent, the next switch is followed', async () => {
    const ann = await person(gateway, { sub: 'ann', role: 'agent', shop: '42', name: 'Ann' })
    const lee = await person(gateway, { sub: 'lee', name: 'Lee' })
    await ann.say('one', 'uma')
    await lee.say('two', 'uma')
    const here = await openPage(browser, address('uma'), DESKTOP)
    const there = await here.context.newPage()
    await there.goto(address('uma'))
    await row(here.page, 'shop:42').click()
    await panel(there, 'shop:42').waitFor()
    await hook(here.page, 'composer', 'im-inbox').focus()
    await here.cdp.send('Input.imeSetComposition', { text: 'ni', selectionStart: 2, selectionEnd: 2 })
    await row(there, 'lee').click()
    await panel(there, 'lee').waitFor()
    await there.locator('im-inbox [role=option][data-to="lee"][data-unread="0"]').waitFor()
    expect(await panel(here.page, 'shop:42').count()).toBe(1)
    await here.cdp.send('Input.insertText', { text: '你' })
    await expect.poll(() => hook(here.page, 'composer', 'im-inbox').inputValue()).toBe('你')
    expect(await panel(here.page, 'shop:42').count()).toBe(1)
    await here.page.keyboard.press('Enter')
    await hook(here.page, 'message', 'im-inbox').getByText('你').waitFor()
    await row(there, 'shop:42').click()
    await panel(there, 'shop:42').waitFor()
    await row(there, 'lee').click()
    await panel(here.page, 'lee').waitFor()
    expect(await hook(here.page, 'composer', 'im-inbox').inputValue()).toBe('')
    ann.leave()
    lee.leave()
    await here.close()
  })
})
